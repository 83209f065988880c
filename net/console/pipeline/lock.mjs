// One builder at a time, whatever preset it builds. A lock whose holder is gone is taken over.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const patience = 20 * 60 * 1000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (trouble) {
    return trouble.code === "EPERM";
  }
}

function take(file) {
  try {
    const held = openSync(file, "wx");
    writeSync(held, String(process.pid));
    closeSync(held);
    return true;
  } catch (trouble) {
    if (trouble.code !== "EEXIST") throw trouble;
    return false;
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, "utf8")) || 0;
  } catch {
    return 0; // let go of just now
  }
}

export async function withLock(file, act) {
  const end = Date.now() + patience;
  let unnamed = 0; // looks in a row at a lock without a holder: it is made and named in two steps
  while (!take(file)) {
    const holder = holderOf(file);
    unnamed = holder === 0 ? unnamed + 1 : 0;
    if (unnamed > 50 || (holder !== 0 && !isAlive(holder))) rmSync(file, { force: true });
    if (Date.now() > end) throw new Error(`waited ${patience / 60_000} minutes for ${file}, which process ${holder} holds`);
    await sleep(100);
  }
  try {
    return act();
  } finally {
    rmSync(file, { force: true });
  }
}
