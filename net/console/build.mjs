// Makes the console: what the browser gets, and the C++ that holds it (docs/architecture.md, "The console").
//
//   node net/console/build.mjs --work DIR --emit DIR
//
// --work: shared by all presets and by builds that run side by side. What is made there stands under a key, the hash of the
//         sources, the lock file and node's version, and is made once.
// --emit: gets assets.S and assets.cpp.

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { judgeBudget, measured, showSizes } from "./pipeline/budget.mjs";
import { compressAll } from "./pipeline/compress.mjs";
import { writeTable } from "./pipeline/embed.mjs";
import { keyOf } from "./pipeline/key.mjs";
import { withLock } from "./pipeline/lock.mjs";
import { bundle, install, placeSources } from "./pipeline/tools.mjs";

const source = dirname(fileURLToPath(import.meta.url));
/** Of finished builds, besides the one that was asked for. */
const kept = 3;

function make(work, made) {
  const unfinished = `${made}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  placeSources(source, work);
  install(work);
  bundle(work, join(unfinished, "site"));
  const assets = compressAll(join(unfinished, "site"));
  const sizes = measured(assets);
  showSizes(sizes);
  judgeBudget(sizes);
  writeTable(unfinished, made, assets);
  renameSync(unfinished, made);
}

/** The youngest stay: other presets may still assemble from them. */
function forgetOthers(work, made) {
  const others = readdirSync(work)
    .filter((name) => /^[0-9a-f]{20}(\.unfinished)?$/.test(name))
    .map((name) => join(work, name))
    .filter((path) => path !== made)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const path of others.slice(kept)) rmSync(path, { recursive: true, force: true });
}

const { values } = parseArgs({ options: { work: { type: "string" }, emit: { type: "string" } } });
if (!values.work || !values.emit) {
  console.error("usage: node build.mjs --work DIR --emit DIR");
  process.exit(64);
}
const work = resolve(values.work);
const emit = resolve(values.emit);
try {
  mkdirSync(work, { recursive: true });
  mkdirSync(emit, { recursive: true });
  const made = join(work, keyOf(source));
  await withLock(join(work, "lock"), () => {
    if (!existsSync(made)) make(work, made);
    forgetOthers(work, made);
  });
  for (const name of ["assets.S", "assets.cpp"]) copyFileSync(join(made, name), join(emit, name));
  writeFileSync(join(emit, "made-in"), `${made}\n`);
} catch (trouble) {
  console.error(`console: ${trouble.message}`);
  process.exit(1);
}
