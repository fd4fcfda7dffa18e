import { strict as assert } from "node:assert";
import { newestRun } from "./report_progress.ts";

const event = (event: string, more: object = {}) => JSON.stringify({ event, ...more }) + "\n";
const started = (run: string, more: object = {}) =>
  event("runStarted", {
    run,
    pipeline: "p",
    profile: "",
    stages: { a: 2 },
    jobs: 1,
    durations: {},
    ...more,
  });

Deno.test({
  name: "of the journals of a store, those that are no files are passed over",
  ignore: Deno.build.os === "windows",
  async fn() {
    const store = await Deno.makeTempDir();
    const at = (name: string) => `${store}/runs/${name}`;
    try {
      assert.equal(await newestRun(store, "p", ""), undefined);
      await Deno.mkdir(at("a folder.jsonl"), { recursive: true });
      await new Deno.Command("mkfifo", { args: [at("pipe.jsonl")] }).output();
      await Deno.symlink("/dev/zero", at("device.jsonl"));
      await Deno.symlink("circle.jsonl", at("circle.jsonl"));
      await Deno.writeTextFile(at("damaged.jsonl"), "{");
      assert.equal(await newestRun(store, "p", ""), undefined);
      await Deno.writeTextFile(at("2026.jsonl"), started("2026"));
      assert.equal((await newestRun(store, "p", ""))?.run, "2026");
      assert.equal(await newestRun(store, "other", ""), undefined);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

/** Lines that somebody else has written into a journal, and how many instances are then done. */
const journals: readonly (readonly [about: string, text: string, done: number | undefined])[] = [
  ["no stages", event("runStarted", { run: "r", pipeline: "p", profile: "" }), undefined],
  ["stages that are no numbers", started("r", { stages: { a: "2" } }), undefined],
  ["stages by inheritance", started("r", { stages: JSON.parse('{"__proto__": {}}') }), undefined],
  ["a count below 0", started("r", { stages: { a: -1 } }), undefined],
  ["an end alone", event("runEnded"), undefined],
  ["nothing", "", undefined],
  ["100,000 nested lists", "[".repeat(1e5), undefined],
  ["an instance of no stage", started("r") + event("instanceDone", { instance: "b" }), 0],
  [
    "one named by inheritance",
    started("r") + event("instanceDone", { instance: "constructor" }),
    0,
  ],
  ["an instance that is a number", started("r") + event("instanceDone", { instance: 1 }), 0],
  ["an event that is not known", started("r") + event("explode", { instance: "a" }), 0],
  ["progress of nothing", started("r") + event("instanceProgress", { instance: "a" }), 0],
  ["half a line", started("r") + event("instanceDone", { instance: "a[x=1]" }).slice(0, -9), 0],
  [
    "a line that is whole",
    started("r") + event("instanceDone", { instance: "a[x=1]", seconds: 1 }),
    1,
  ],
];

Deno.test("what is no event of a run is left out of its journal", async () => {
  const store = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${store}/runs`);
    for (const [about, text, done] of journals) {
      await Deno.writeTextFile(`${store}/runs/r.jsonl`, text);
      const run = await newestRun(store, "p", "");
      assert.equal(run?.stages[0]?.done, done, about);
    }
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
