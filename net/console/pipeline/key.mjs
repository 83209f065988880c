// What a build depends on, as one name.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is copied to where it is built. */
const files = ["index.html", "package.json", "package-lock.json", ".npmrc", "tsconfig.json", "vite.config.mjs"];
export const sources = [...files, "src", "tests"];
/** Tests and what runs them change nothing of what is made. */
const judged = [...files, "src", "build.mjs", "pipeline"];

export function filesBelow(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (trouble) {
    if (trouble.code === "ENOTDIR") return [path];
    throw trouble;
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
}

export function keyOf(source) {
  const hash = createHash("sha256").update(process.version);
  for (const name of judged) {
    for (const file of filesBelow(join(source, name))) {
      const bytes = readFileSync(file);
      hash.update(`\0${file.slice(source.length)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex").slice(0, 20);
}
