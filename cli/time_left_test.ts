import { strict as assert } from "node:assert";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { TimeLeft } from "./time_left.ts";

const started = (durations: Record<string, number>, jobs = 1): RunEvent => ({
  event: "runStarted",
  run: "r",
  pipeline: "p",
  profile: "default",
  stages: { words: 4, all: 1 },
  jobs,
  durations,
});
const done = (instance: string, seconds: number): RunEvent => ({
  event: "instanceDone",
  instance,
  fingerprint: "",
  seconds,
});

function after(...events: RunEvent[]): { share: number; seconds?: number } {
  const estimate = new TimeLeft();
  events.forEach((event) => estimate.note(event));
  return estimate.estimate(new Map());
}

Deno.test("time left comes from earlier runs, and is shared by those who work", () => {
  assert.deepEqual(after(started({ words: 10, all: 60 })), { share: 0, seconds: 100 });
  assert.deepEqual(after(started({ words: 10, all: 60 }, 4)), { share: 0, seconds: 25 });
});

Deno.test("what this run took counts for more", () => {
  const { share, seconds } = after(started({ words: 10, all: 60 }), done("words[word=ape]", 20));
  assert.equal(seconds, 120);
  assert.ok(Math.abs(share - 20 / 140) < 1e-12);
});

Deno.test("what is fresh is done, and nothing is foretold of a stage that never ran", () => {
  const fresh = (instance: string): RunEvent => ({
    event: "instanceFresh",
    instance,
    fingerprint: "",
    shared: false,
  });
  const none = after(started({ words: 10 }), fresh("words[word=ape]"), fresh("words[word=bee]"));
  assert.equal(none.seconds, undefined);
  assert.ok(none.share > 0.4 && none.share < 0.5);
  const end = after(started({ words: 10 }), fresh("all"));
  assert.equal(end.seconds, 40);
});

Deno.test("an instance that runs counts for how far it is", () => {
  const estimate = new TimeLeft();
  estimate.note(started({ words: 10, all: 60 }));
  const startedAt = performance.now() - 5_000;
  const running = new Map([["words[word=ape]", {
    startedAt,
    progress: { done: 1, total: 4, unit: "steps" },
  }]]);
  const { seconds } = estimate.estimate(running);
  // 5 s for a quarter: 20 s each, of which 5 are over.
  assert.ok(Math.abs(seconds! - (4 * 20 + 60 - 5)) < 0.5, `${seconds}`);
});

Deno.test("what runs at once on a cluster shares the time left", () => {
  const estimate = new TimeLeft();
  estimate.note(started({ words: 10, all: 10 }, 2));
  const startedAt = performance.now();
  const instances = ["words[word=ape]", "words[word=bee]", "words[word=cat]", "words[word=dog]"];
  const { seconds } = estimate.estimate(new Map(instances.map((each) => [each, { startedAt }])));
  assert.ok(Math.abs(seconds! - 50 / 4) < 0.1, `${seconds}`);
});
