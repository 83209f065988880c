// Bundles each test with esbuild and runs all by node --test.
//
//   node net/console/tests/run.mjs WORK        WORK: where build.mjs has installed the packages

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const work = resolve(process.argv[2] ?? "build/console");
const modules = join(work, "node_modules");
const { build } = createRequire(join(work, "package.json"))("esbuild");
const out = mkdtempSync(join(work, "tests-"));
try {
  const tests = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: tests.map((name) => join(here, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node18",
    format: "esm",
    jsx: "automatic",
    nodePaths: [modules],
    define: { "process.env.NODE_ENV": '"test"', SOURCE: JSON.stringify(dirname(here)) },
    // Packages that are CommonJS ask for node's own modules.
    banner: { js: 'import { createRequire as make } from "node:module"; const require = make(import.meta.url);' },
    logLevel: "warning",
  });
  const bundles = readdirSync(out).map((name) => join(out, name));
  const done = spawnSync(process.execPath, ["--test", ...bundles], { stdio: "inherit" });
  process.exitCode = done.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
