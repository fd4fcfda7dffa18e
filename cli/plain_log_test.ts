import { strict as assert } from "node:assert";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { PlainLog, tickMs } from "./plain_log.ts";

const started = (instance: string): RunEvent => ({
  event: "instanceStarted",
  instance,
  fingerprint: "f",
  verdicts: [],
});
const runStarted = (stages: Record<string, number>, durations = {}): RunEvent => ({
  event: "runStarted",
  run: "r",
  pipeline: "p",
  profile: "default",
  stages,
  jobs: 2,
  durations,
});
const steps = (instance: string, done: number, total = 1200): RunEvent => ({
  event: "instanceProgress",
  instance,
  progress: { done, total, unit: "steps", detail: "loss 0.500" },
});

/** A log with a clock that is moved by hand; lines begin with the second at which they came. */
function logged() {
  let nowMs = 0;
  const lines: string[] = [];
  const log = new PlainLog(() => nowMs, (line) => lines.push(`${nowMs / 1000}: ${line}`));
  return {
    lines,
    note: (event: RunEvent) => log.note(event),
    /** Lets time pass, with something done every second. */
    pass(seconds: number, each: (second: number) => void = () => {}) {
      for (let i = 0; i < seconds; i++) {
        nowMs += tickMs;
        each(nowMs / 1000);
        log.tick();
      }
    },
  };
}

Deno.test("a training of 20 minutes is heard of every 30 s, with its share and time left", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 1 }));
  note(started("train"));
  pass(1200, (second) => note(steps("train", second)));
  const times = [0, ...lines.map((line) => parseInt(line)), 1200];
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  assert.ok(Math.max(...gaps) <= 30, `${gaps}`);
  assert.ok(lines.length <= 1200 / 25, "and not much more often");
  assert.equal(
    lines[9],
    "280: … train  280 of 1200 steps, 23 %, loss 0.500, for 4 min 40 s, about 15 min 20 s left",
  );
  note({ event: "instanceDone", instance: "train", fingerprint: "f", seconds: 1200 });
  assert.equal(lines.at(-1), "1200: ✓ train 20 min 0 s");
});

Deno.test("each instance at work has lines of its own, from when it started", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 2 }));
  note(started("train[seed=1]"));
  pass(10);
  note(started("train[seed=2]"));
  pass(30);
  note({ event: "instanceDone", instance: "train[seed=1]", fingerprint: "f", seconds: 40 });
  pass(27);
  assert.deepEqual(lines, [
    "28: … train[seed=1]  for 28 s",
    "38: … train[seed=2]  for 28 s",
    "40: ✓ train[seed=1] 40 s",
    // The other took 40 s: this one takes longer already.
    "66: … train[seed=2]  for 56 s",
  ]);
});

Deno.test("time left is told by earlier runs where a stage does not say how far it is", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 1 }, { train: 300 }));
  note(started("train"));
  pass(30);
  assert.deepEqual(lines, ["28: … train  for 28 s, about 4 min 32 s left"]);
});

Deno.test("a training that goes on from its half does not promise too much", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 1 }));
  note(started("train"));
  pass(8); // loading
  note(steps("train", 600));
  pass(20, (second) => note(steps("train", 600 + second - 8)));
  assert.deepEqual(lines, [
    "28: … train  620 of 1200 steps, 51 %, loss 0.500, for 28 s, about 9 min 40 s left",
  ]);
});

Deno.test("what waits in a queue is counted, seldom", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 3 }));
  for (const seed of [1, 2, 3]) {
    const instance = `train[seed=${seed}]`;
    note(started(instance));
    note({ event: "instancePlaced", instance, place: `Slurm job 7_${seed}, pending` });
  }
  pass(700);
  assert.deepEqual(lines, [
    "300: 0 % · 0 of 3, 0 running, 3 pending",
    "600: 0 % · 0 of 3, 0 running, 3 pending",
  ]);
  note({ event: "instancePlaced", instance: "train[seed=2]", place: "Slurm job 7_2, running" });
  pass(30);
  assert.equal(lines.at(-1), "728: … train[seed=2]  Slurm job 7_2, running, for 28 s");
});

Deno.test("no control of a stage reaches the log", () => {
  const { lines, note, pass } = logged();
  note(runStarted({ train: 1 }));
  note(started("train"));
  note({
    event: "instanceProgress",
    instance: "train",
    progress: { done: 1, unit: "steps", detail: "\x1b[2J" },
  });
  pass(28);
  assert.deepEqual(lines, ["28: … train  1 steps, ␛[2J, for 28 s"]);
});
