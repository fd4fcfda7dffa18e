import { strict as assert } from "node:assert";
import type { Selection } from "../plan/targets.ts";
import { expectedMemory, memoryWarnings } from "./expected_memory.ts";
import type { Freshness } from "./freshness.ts";
import { Laboratory } from "./testdata/laboratory.ts";
import { thisMachine } from "./machine.ts";

const instances = [
  { id: "words", stage: "words" },
  { id: "train[s=1]", stage: "train", expectedMib: 3008 },
  { id: "train[s=2]", stage: "train", expectedMib: 5024 },
  { id: "predict[s=1]", stage: "predict", expectedMib: 640 },
];
const ids = ["words", "train[s=1]", "train[s=2]", "predict[s=1]"];
const selection: Selection = { targets: new Set(["train[s=2]"]), needed: new Set(ids) };

function states(...kinds: Freshness["kind"][]): Map<string, Freshness> {
  return new Map(kinds.map((kind, i) => [ids[i], { kind } as Freshness]));
}

const rows: [about: string, Parameters<typeof expectedMemory>[2], boolean, object][] = [
  ["stale and waiting ones", states("fresh", "stale", "stale", "waiting"), false, {
    stages: { train: 5024, predict: 640 },
    machineMib: 4000,
  }],
  ["none of those that are fresh", states("fresh", "stale", "fresh", "waiting"), false, {
    stages: { train: 3008, predict: 640 },
    machineMib: 4000,
  }],
  [
    "forced ones, but nothing else that is fresh",
    states("fresh", "fresh", "fresh", "fresh"),
    true,
    {
      stages: { train: 5024 },
      machineMib: 4000,
    },
  ],
  ["none that nobody needs", states("stale"), false, { stages: {}, machineMib: 4000 }],
];
for (const [about, known, force, expected] of rows) {
  Deno.test(`the memory of a run is the most of each stage: ${about}`, () => {
    assert.deepEqual(
      expectedMemory(instances, selection, known, { force, machineMib: 4000 }),
      expected,
    );
  });
}

Deno.test("a stage that takes more than the machine has is warned of, and what to do", () => {
  assert.deepEqual(memoryWarnings({ stages: { train: 5024, predict: 640 }, machineMib: 4000 }), [
    {
      message:
        'Stage "train" is expected to take about 4.9 GiB of memory, and this machine has 3.9 GiB',
      hint: "make batchSize smaller (accumulate keeps the sentences of a step), or maxTokens, or " +
        "use --executor slurm",
      severity: "warning",
    },
  ]);
  assert.deepEqual(memoryWarnings({ stages: { train: 5024 } }), []);
});

/** Runs two instances of `occupy`, each expected to take a share of this machine's memory. */
async function occupyTwice(share: number) {
  await using lab = await Laboratory.create("");
  const expectedMib = Math.floor(share * thisMachine().memoryMib);
  const stage = (name: string) =>
    `  ${name}: { use: occupy, with: { name: ${name}, tally: ${lab.folder}/tally, ` +
    `holdMs: 300, expectedMib: ${expectedMib} } }\n`;
  await lab.write("pipeline.yaml", `name: p\nstages:\n${stage("a")}${stage("b")}`);
  await lab.write("tally", "");
  const { errors, ran, events } = await lab.run({ jobs: 2 });
  assert.equal(errors, "");
  assert.deepEqual(ran, ["a", "b"]);
  const [started] = events.filter(({ event }) => event === "runStarted");
  const tally = (await lab.read("tally")).trim().split("\n").map((line) => line.split(" ")[0]);
  return { tally, started, expectedMib };
}

Deno.test("two that are expected to take more than there is together run one after the other", async () => {
  const { tally, started, expectedMib } = await occupyTwice(0.6);
  assert.deepEqual(tally, ["start", "end", "start", "end"]);
  assert.ok(started.event === "runStarted");
  const rounded = 32 * Math.ceil(expectedMib / 32);
  assert.deepEqual(started.memory, {
    stages: { a: rounded, b: rounded },
    machineMib: thisMachine().memoryMib,
  });
});

Deno.test("one that is expected to take more than the machine has runs, by itself", async () => {
  assert.deepEqual((await occupyTwice(1.5)).tally, ["start", "end", "start", "end"]);
});
