// What the lock files promise: only packages of the registry, each with its hash, for the oldest node that is supported.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

declare const SOURCE: string;

interface Locked {
  version?: string;
  integrity?: string;
  engines?: { node?: string };
  link?: boolean;
}

const locks = [`${SOURCE}/package-lock.json`, `${SOURCE}/../../tests/browser/package-lock.json`];
const oldest = [18, 19, 0] as const;

type Version = readonly number[];
const numbers = (text: string): number[] => text.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
function compare(a: Version, b: Version): number {
  for (let i = 0; i < 3; i += 1) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}

/** The part of npm's ranges that `engines` use: "^18.0.0 || >=20", ">= 10", "18 >=18.20", "*". */
function allows(range: string): boolean {
  return range.split("||").some((alternative) =>
    [...alternative.trim().matchAll(/(\^|~|>=|<=|>|<|)\s*v?(\d+(?:\.[\dx*]+){0,2}|\*)/g)].every(([, sign, text]) => {
      if (text === undefined || text === "*") return true;
      const wanted = numbers(text);
      const order = compare(oldest, wanted);
      if (sign === ">=") return order >= 0;
      if (sign === ">") return order > 0;
      if (sign === "<") return order < 0;
      if (sign === "<=") return order <= 0;
      const parts = sign === "^" ? 1 : sign === "~" ? 2 : text.split(".").filter((part) => /^\d+$/.test(part)).length;
      return order >= 0 && wanted.slice(0, parts).every((part, i) => part === oldest[i]);
    }),
  );
}

for (const file of locks) {
  const text = readFileSync(file, "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const named = Object.entries(packages).filter(([name]) => name !== "");

  test(`${file.split("/").slice(-2).join("/")}: no download address, a sha512 of each package`, () => {
    assert.doesNotMatch(text, /"resolved"/);
    for (const [name, { version, integrity, link }] of named) {
      assert.match(version ?? "", /^\d+\.\d+\.\d+[-\w.]*$/, name); // else a repository, an archive or a folder
      assert.match(integrity ?? "", /^sha512-[A-Za-z0-9+/]{86}==$/, name);
      assert.equal(link, undefined, name);
    }
  });

  test(`${file.split("/").slice(-2).join("/")}: every package runs on node ${oldest.join(".")}`, () => {
    for (const [name, { engines }] of named) assert.ok(allows(engines?.node ?? "*"), `${name}: ${engines?.node}`);
  });
}

test("ranges are read as npm reads them", () => {
  for (const good of ["*", ">=18", "^18.0.0 || >=20", ">= 10", "^14.18.0 || >=16.0.0", "18.x", ">=18.16.0 <23"])
    assert.ok(allows(good), good);
  for (const bad of [">=20", "^20.19.0 || >=22.12.0", ">18.19.0", "^17", ">=18.20.0", "<18"]) assert.ok(!allows(bad), bad);
});
