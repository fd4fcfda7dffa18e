import { strict as assert } from "node:assert";
import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { LiveDisplay } from "./live_display.ts";

/** A terminal that understands what the display writes. */
function terminal(rows = 24, columns = 80) {
  let nowMs = 0;
  const lines: string[] = [];
  const write = (text: string): void => {
    const [, up = "0"] = /^␛\[(\d+)A␛\[0J/.exec(text.replaceAll("\x1b", "␛")) ?? [];
    if (up !== "0") lines.splice(lines.length - Number(up));
    lines.push(...stripVTControlCharacters(text).split("\n").slice(0, -1));
  };
  const display = new LiveDisplay(() => nowMs, write, () => ({ rows, columns }));
  return {
    lines,
    note(...events: RunEvent[]) {
      for (const event of events) {
        nowMs += 1000;
        display.note(event);
      }
    },
    tick: () => display.tick(),
  };
}

const runStarted = (stages: Record<string, number>): RunEvent => ({
  event: "runStarted",
  run: "r",
  pipeline: "p",
  profile: "default",
  stages,
  jobs: 2,
  durations: {},
});
const started = (instance: string): RunEvent => ({
  event: "instanceStarted",
  instance,
  fingerprint: "f",
  verdicts: [],
});
const done = (instance: string, seconds = 1): RunEvent => ({
  event: "instanceDone",
  instance,
  fingerprint: "f",
  seconds,
});
const fresh = (instance: string, shared = false): RunEvent => ({
  event: "instanceFresh",
  instance,
  fingerprint: "f",
  shared,
});
const failed = (instance: string): RunEvent => ({
  event: "instanceFailed",
  instance,
  fingerprint: "f",
  class: "stage",
  message: "boom",
  seconds: 2,
  attemptFolder: "/a",
  log: [],
});
const ended = (counts: object): RunEvent => ({
  event: "runEnded",
  summary: {
    ran: 0,
    fresh: 0,
    failed: 0,
    stopped: 0,
    skipped: 0,
    seconds: 12,
    interrupted: false,
    ...counts,
  },
});

Deno.test("instances fold into one line for each stage", () => {
  const { lines, note } = terminal();
  note(runStarted({ tokens: 2, evaluate: 1, old: 3 }));
  note(started("tokens[l=a]"), started("tokens[l=b]"), done("tokens[l=a]"));
  assert.deepEqual(lines, [
    "· tokens    1 of 2, 2.0 s",
    "  tokens[l=b]  for 1.0 s",
    "33 % · 1 of 6, 1 running",
  ]);
  note(done("tokens[l=b]"), fresh("old[n=1]"), fresh("old[n=2]"), fresh("old[n=3]"));
  assert.equal(lines[0], "✓ tokens    2 of 2, 3.0 s");
  assert.equal(lines.length, 2);
  note(started("evaluate"), done("evaluate"), ended({ ran: 3, fresh: 3 }));
  assert.deepEqual(lines, [
    "✓ tokens    2 of 2, 3.0 s",
    "✓ evaluate  1 of 1, 1.0 s",
    "3 ran, 3 fresh, 0 failed in 12 s",
  ]);
});

Deno.test("failures keep their lines, and what was not reached is told at the end", () => {
  const { lines, note } = terminal();
  note(runStarted({ train: 3, evaluate: 3, report: 1 }));
  note(started("train[s=1]"), failed("train[s=1]"));
  note({ event: "instanceSkipped", instance: "evaluate[s=1]", because: "train[s=1]" });
  note(fresh("train[s=2]"), fresh("train[s=3]", true), started("evaluate[s=2]"));
  note(
    done("evaluate[s=2]"),
    ended({ ran: 1, fresh: 2, failed: 1, skipped: 3, interrupted: true }),
  );
  assert.deepEqual(lines, [
    "✗ train[s=1] 2.0 s: boom",
    "    its log is /a.log",
    "✗ train     2 of 3, 1 fresh, 1 failed, 4.0 s",
    "· evaluate  1 of 3, 1.0 s",
    "interrupted: 1 ran, 2 fresh, 1 failed, 3 not started in 12 s",
  ]);
});

Deno.test("the display fits a small terminal", () => {
  const { lines, note, tick } = terminal(8, 30);
  note(
    runStarted({ train: 20 }),
    ...Array.from({ length: 20 }, (_, i) => started(`train[s=${i}]`)),
  );
  tick();
  assert.equal(lines.length, 6);
  assert.equal(lines[4], "  and 16 more");
  assert.ok(lines.every((line) => line.length < 30));
});

Deno.test("nothing is drawn before a run has begun", () => {
  const { lines, tick } = terminal();
  tick();
  assert.deepEqual(lines, []);
});
