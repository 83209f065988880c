// npm, the compiler and the bundler, run where they are installed: in the work folder, so that nothing is written beside the
// sources.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sources } from "./key.mjs";

function run(what, command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.error) throw new Error(`${what}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${what} failed:\n${`${done.stdout}${done.stderr}`.trim()}`);
}

export function placeSources(source, work) {
  for (const name of sources) {
    rmSync(join(work, name), { recursive: true, force: true });
    cpSync(join(source, name), join(work, name), { recursive: true });
  }
}

/** Once for each lock file and version of node. */
export function install(work) {
  const wanted = createHash("sha256").update(process.version).update(readFileSync(join(work, "package-lock.json"))).digest("hex");
  const stamp = join(work, "installed");
  if (existsSync(join(work, "node_modules")) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(stamp, { force: true });
  run("npm ci", "npm", ["ci", "--prefer-offline"], work);
  writeFileSync(stamp, wanted);
}

export function bundle(work, site) {
  const modules = join(work, "node_modules");
  run("tsc", process.execPath, [join(modules, "typescript/bin/tsc"), "--noEmit"], work);
  const vite = [join(modules, "vite/bin/vite.js"), "build", "--logLevel", "warn", "--outDir", site, "--emptyOutDir"];
  run("vite", process.execPath, vite, work);
}
