// Installs the packages into a work folder, puts the tests there and runs them.
//
//   node tests/browser/run.mjs WORK PYTHON BIN

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../../net/console/pipeline/lock.mjs";
import { install } from "../../net/console/pipeline/tools.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [work, python, binaries] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(work, { recursive: true });
const files = readdirSync(here).filter((name) => /\.mjs$|^package|^\.npmrc$/.test(name) && name !== "run.mjs");
await withLock(join(work, "lock"), () => {
  for (const name of files) cpSync(join(here, name), join(work, name));
  install(work);
  const tests = files.filter((name) => name.endsWith(".test.mjs")).map((name) => join(work, name));
  // One after the other: they share an engine's orders and a machine's patience.
  const done = spawnSync(process.execPath, ["--test", ...tests], {
    stdio: "inherit",
    env: { ...process.env, ORDERLY_STAGE_COMMAND: JSON.stringify([python, join(here, "stage.py"), binaries]) },
  });
  process.exitCode = done.status ?? 1;
});
