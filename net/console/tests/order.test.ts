import assert from "node:assert/strict";
import test from "node:test";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { judge } from "../src/api/commands.ts";
import { ApiError, problemOf } from "../src/api/problem.ts";
import type { Order } from "../src/api/types.ts";
import { lastStep, lastVisit, pathOf } from "../src/order/path.ts";
import { differences, refusalText } from "../src/order/refusal.ts";
import type { ShipForm } from "../src/order/ship_form.ts";
import { missingIn, shipBody, trackingDoubt } from "../src/order/ship_form.ts";
import { usedProviders } from "../src/order/used_providers.ts";
import { mergedTimeline, readAgain, withRow } from "../src/order/use_order.ts";
import { at, happened, noon, order, row } from "./support.ts";

test("the path is read from the timeline, in whatever order it comes", () => {
  const timeline = [
    happened(4, "transitioned", { from: "processing", to: "shipped", detail: { inferred: true } }),
    happened(2, "fact_updated"),
    happened(5, "transitioned", { from: "shipped", to: "delivered" }),
    happened(1, "created"),
    happened(3, "transitioned", { from: "received", to: "processing", actor: "ani" }),
  ];
  const path = pathOf(timeline, "delivered");
  assert.equal(path.partial, false);
  assert.deepEqual(
    path.visits.map((visit) => [visit.state, visit.enteredAt - noon, visit.leftAt === null ? null : visit.leftAt - noon]),
    [
      ["received", 1000, 3000],
      ["processing", 3000, 4000],
      ["shipped", 4000, 5000],
      ["delivered", 5000, null],
    ],
  );
  assert.equal(lastStep(path, "processing", "shipped")?.inferred, true);
  assert.equal(lastStep(path, "received", "processing")?.inferred, false);
  assert.equal(lastStep(path, "processing", "failed"), undefined);
});

test("an order that failed and was retried has its last stay in each state", () => {
  const path = pathOf(
    [
      happened(1, "created"),
      happened(2, "transitioned", { from: "received", to: "processing" }),
      happened(3, "transitioned", { from: "processing", to: "failed" }),
      happened(4, "transitioned", { from: "failed", to: "processing" }),
    ],
    "processing",
  );
  assert.deepEqual(lastVisit(path, "processing"), { state: "processing", enteredAt: noon + 4000, leftAt: null });
  assert.deepEqual(lastVisit(path, "failed"), { state: "failed", enteredAt: noon + 3000, leftAt: noon + 4000 });
});

test("a timeline that lags behind the order draws no stay, one without its beginning is partial", () => {
  assert.deepEqual(pathOf([happened(1, "created")], "processing").visits, []);
  assert.equal(pathOf([happened(9, "transitioned", { from: "received", to: "processing" })], "processing").partial, true);
});

test("pages of the timeline that overlap show each entry once", () => {
  const pages = [
    { events: [happened(3, "note"), happened(2, "note")], next_cursor: "c" },
    { events: [happened(2, "note"), happened(1, "created")], next_cursor: null },
  ];
  assert.deepEqual(mergedTimeline(pages).map((entry) => entry.kind === "event" && entry.seq), [3, 2, 1]);
});

test("a row of the stream moves an order on, never back", () => {
  const held = order({ version: 5 });
  assert.equal(withRow(held, row("01", { version: 6, held: true })).held, true);
  assert.equal(withRow(held, row("01", { version: 5, held: true })), held);
});

const twoLines = order({
  version: 14,
  order_data: { line_items: [{ id: "1" }, { id: "2" }, { id: "3", display_status: "CANCELLED" }] },
});
const form: ShipForm = { provider: "7117", tracking: " 1Z999AA10123456784 ", left: new Set(), tell: true, reason: "" };

test("a shipment of all lines names none, a part of them is named, cancelled ones never", () => {
  assert.deepEqual(shipBody(twoLines, form, 14), {
    to: "shipped",
    expected_version: 14,
    report: true,
    tracking_number: "1Z999AA10123456784",
    shipping_provider_id: "7117",
  });
  assert.deepEqual(shipBody(twoLines, { ...form, left: new Set(["2"]) }, 14).line_item_ids, ["1"]);
});

test("TikTok Shop is not told only with a reason", () => {
  const quiet = { ...form, tell: false, tracking: "", provider: "" };
  assert.deepEqual(missingIn(twoLines, quiet), ["reason"]);
  const body = shipBody(twoLines, { ...quiet, reason: "told by phone" }, 14);
  assert.deepEqual(body, { to: "shipped", expected_version: 14, report: false, reason: "told by phone" });
});

test("the form says what it still needs", () => {
  assert.deepEqual(missingIn(twoLines, form), []);
  assert.deepEqual(missingIn(twoLines, { ...form, tracking: " ", provider: "" }), ["tracking", "provider"]);
  assert.deepEqual(missingIn(twoLines, { ...form, left: new Set(["1", "2"]) }), ["line"]);
  assert.deepEqual(missingIn(order(), form), [], "lines that are not known are not asked for");
});

test("an unusual tracking number is doubted, never refused", () => {
  assert.equal(trackingDoubt("1Z999AA10123456784"), null);
  assert.equal(trackingDoubt(""), null);
  assert.equal(trackingDoubt("12 3456789"), "blanks");
  assert.equal(trackingDoubt("123"), "odd");
  assert.deepEqual(missingIn(twoLines, { ...form, tracking: "123" }), []);
});

test("providers are remembered as ids only", () => assert.deepEqual(usedProviders("7117 x 12<b> 9"), ["7117", "9"]));

const problem = (status: number, body: object, retryAfter: number | null = null): ApiError =>
  new ApiError(problemOf(status, body), retryAfter);

test("an error says whether the command was done", () => {
  assert.deepEqual(judge(problem(0, { code: "no_answer" })), { kind: "unknown" });
  assert.deepEqual(judge(problem(503, { code: "outcome_unknown" })), { kind: "unknown" });
  assert.deepEqual(judge(problem(502, {})), { kind: "unknown" });
  assert.deepEqual(judge(problem(503, { code: "overloaded" }, 2)), { kind: "busy", seconds: 2 });
  assert.deepEqual(judge(problem(503, { code: "storage_unavailable" })), { kind: "busy", seconds: 5 });
  assert.deepEqual(judge(problem(401, { code: "unauthorized" })), { kind: "expired" });
  for (const code of ["guard_refused", "held", "version_conflict", "illegal_transition"])
    assert.deepEqual(judge(problem(409, { code })), { kind: "refused" });
});

const refused = (code: string, change: object = {}, now: Order = order(), to: Order["state"] | null = "shipped"): string =>
  refusalText(problemOf(409, { code, detail: "TikTok Shop wants a tracking number", ...change }), {
    to,
    before: order(),
    now,
    heldText: "On hold by budi since 08:10. Release it first.",
  });

test("a refusal says what happened and what can be done", () => {
  assert.equal(refused("guard_refused"), "Not shipped: TikTok Shop wants a tracking number.");
  assert.equal(
    refused("illegal_transition", { allowed: ["processing", "failed"] }, order({ state: "received" })),
    "A received order cannot become shipped. It can become: processing, failed.",
  );
  assert.equal(
    refused("illegal_transition", { allowed: [] }, order({ state: "delivered" })),
    "A delivered order cannot become shipped. No move leads out of delivered.",
  );
  assert.equal(refused("held"), "On hold by budi since 08:10. Release it first.");
  assert.match(refused("version_conflict", {}, order({ held: true })), /^This order changed while .* looking: put on hold\./);
  assert.equal(refused("shop_mismatch", {}, order(), null), "Not done: TikTok Shop wants a tracking number.");
});

test("no text of a refusal exclaims", () => {
  for (const code of ["guard_refused", "held", "version_conflict", "quarantined", "illegal_transition", "internal"])
    assert.doesNotMatch(refused(code), /!|Oops|Sorry/i);
});

test("what changed between two looks is named", () => {
  const before = order();
  const found = (change: Partial<Order>): string[] => differences(before, order(change));
  assert.deepEqual(found({ state: "failed" }), ["state (processing to failed)"]);
  assert.deepEqual(found({ order_data: { recipient_address: { full_address: "elsewhere" } } }), ["address"]);
  assert.deepEqual(found({ due_at: at(9) }), ["deadline"]);
  assert.deepEqual(found({ version: 9 }), ["its history, version 9"]);
});

test("what is heard while an order is read for the first time is read after it", async () => {
  const queries = new QueryClient();
  const answers: ((version: number) => void)[] = [];
  const observer = new QueryObserver(queries, {
    queryKey: ["order", "51"],
    queryFn: () => new Promise<number>((resolve) => answers.push(resolve)),
  });
  const end = observer.subscribe(() => {});
  readAgain(queries, ["order", "51"]);
  answers[0]?.(1); // as it was before the change
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(answers.length, 2);
  answers[1]?.(2);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(queries.getQueryData(["order", "51"]), 2);
  end();
  queries.clear();
});
