import { strict as assert } from "node:assert";
import { displayWidth } from "../lib/core/display_width.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Verdict } from "../lib/pipeline/verdict.ts";
import { explanations, type Known } from "./explain_text.ts";
import { instanceLines } from "./status_text.ts";
import { verdictLines } from "./verdict_text.ts";

const long: Verdict = {
  name: "paramChanged",
  about: "params.languages",
  before: "abcdefghij".repeat(12),
  after: "klmnopqrst".repeat(12),
};

Deno.test("a verdict takes one line where it fits, and three where it does not", () => {
  assert.deepEqual(verdictLines({ name: "paramChanged", about: "p", before: 1, after: 2 }, 40), [
    "paramChanged p: 1 → 2",
  ]);
  assert.deepEqual(verdictLines(long, 40), [
    "paramChanged params.languages",
    '  before "abcdefghijabcd…ghijabcdefghij"',
    '  after  "klmnopqrstklmn…qrstklmnopqrst"',
  ]);
});

const stale = (...verdicts: Verdict[]) => ({ kind: "stale", fingerprint: "f", verdicts });
const states = new Map(
  Object.entries({
    "corpus[x=1]": stale(long),
    "corpus[x=2]": stale(long),
    "corpus[x=3]": stale(long),
    "corpus[x=4]": stale(long),
    "corpus[x=5]": stale({ name: "neverRan" }),
    ...Object.fromEntries(["1", "2", "3", "4"].map((x) => [
      `train[x=${x}]`,
      { kind: "waiting", on: [`corpus[x=${x}]`] },
    ])),
    report: { kind: "waiting", on: ["train[x=1]", "train[x=2]", "train[x=3]", "train[x=4]"] },
  }),
) as unknown as Map<string, Freshness>;
const known: Known = {
  lastOf: () => undefined,
  pathOf: (digest) => `objects/${digest}`,
  wasTried: () => false,
};

Deno.test("status counts the instances of a stage that have one reason, unless they are few", () => {
  assert.deepEqual(instanceLines("stale", states, false, 80), [
    "  corpus × 4  paramChanged params.languages",
    "  corpus[x=5]  neverRan",
  ]);
  assert.deepEqual(instanceLines("waiting", states, false, 40), [
    "  train × 4  on corpus",
    "  report  on train[x=1], and 3 more",
  ]);
  assert.equal(instanceLines("waiting", states, true, 40).length, 5);
});

Deno.test("explain tells what is the same for many instances once, in 80 columns", () => {
  const told = explanations([...states.keys()], states, known, false, 80);
  assert.deepEqual(told.slice(1), [
    "corpus[x=5]: stale\n  neverRan",
    [
      "train × 4: waiting",
      "  waits for corpus × 4",
      "  because corpus × 4 are stale: paramChanged params.languages",
      "  name one for more, such as train[x=1]",
    ].join("\n"),
    [
      "report: waiting",
      "  waits for train × 4",
      "  because corpus × 4 are stale: paramChanged params.languages",
    ].join("\n"),
  ]);
  assert.match(
    told[0],
    /^corpus × 4: stale\n {2}paramChanged params\.languages\n {4}before "abc.*…/,
  );
  for (const line of told.join("\n").split("\n")) assert.ok(displayWidth(line) <= 80, line);
  assert.equal(explanations([...states.keys()], states, known, true, 80).length, 10);
});

Deno.test("in 40 columns a reason stands below what it explains", () => {
  assert.deepEqual(explanations(["report"], states, known, false, 40), [
    [
      "report: waiting",
      "  waits for train × 4",
      "  because corpus × 4 are stale:",
      "    paramChanged params.languages",
    ].join("\n"),
  ]);
});

Deno.test("an attempt that left a log is told, and a fingerprint that is the same is not", () => {
  const tried = {
    ...known,
    lastOf: () => "f",
    wasTried: (fingerprint: string) => fingerprint === "f",
  };
  assert.deepEqual(explanations(["corpus[x=5]"], states, tried, false, 80), [
    "corpus[x=5]: stale\n  neverRan\n  tried, without a result so far: crosstie logs says more",
  ]);
});
