// Opens the live list of an engine that runs, says so on a line, and watches until its input ends. For measurements.
//
//   ORDERLY_BROWSER_STAGE=FILE node watch.mjs       FILE: {"console": URL, "password": ..., "token": ...}

import { openLoggedIn, startStage } from "./stage.mjs";

const stage = await startStage();
const page = await openLoggedIn(stage, "/orders");
console.log("watching");
process.stdin.resume();
await new Promise((resolve) => process.stdin.once("end", resolve));
console.log(JSON.stringify({ live: await page.getByTestId("live").textContent(), complaints: page.complaints }));
await stage.close();
