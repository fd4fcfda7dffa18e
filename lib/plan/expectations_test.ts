import { strict as assert } from "node:assert";
import { formatProblem } from "../core/errors.ts";
import { stages } from "../pipeline/testdata/registry.ts";
import { makePlan } from "./plan.ts";
import { memoryText } from "./resources.ts";
import type { Estimate, StageRegistry } from "./stage.ts";

/** `write` tells how many copies it makes; `concat` takes 100 MiB for each, `upper` says nothing. */
const asked: Parameters<Estimate>[0][] = [];
const registry: StageRegistry = {
  ...stages,
  write: {
    ...stages.write,
    estimate: () => Promise.resolve(({ params }) => ({ known: Object(params).copies })),
  },
  concat: {
    ...stages.concat,
    estimate: () =>
      Promise.resolve((instance) => {
        asked.push(instance);
        const copies = instance.inputs.texts.filter((each) => typeof each === "number");
        return copies.length === 0 ? undefined : { memoryMib: 100 * Math.max(...copies) };
      }),
  },
};

async function planOf(lines: string, device?: "cpu" | "cuda") {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, `name: p\nstages:\n${lines}`);
  const { plan, warnings } = await makePlan({ file, device }, registry);
  await Deno.remove(file);
  return {
    memory: Object.fromEntries(
      plan.instances.map(({ id, expectedMib, resources }) => [id, { expectedMib, ...resources }]),
    ),
    warnings: warnings.map((each) =>
      formatProblem({ ...each, range: { ...each.range!, file: "p" } })
    ),
  };
}

const plain = { cores: 1, gpus: 0 };

Deno.test("what is known goes downstream, and an estimate is what an instance takes", async () => {
  const { memory, warnings } = await planOf(
    "  words: { use: write, matrix: { n: [3, 20] }, with: { text: a, copies: $n } }\n" +
      "  all: { use: concat, inputs: { texts: words } }\n" +
      "  mine: { use: concat, matrix: { n: [3, 20] }, inputs: { texts: words } }\n",
  );
  const expected = (mib: number) => ({
    ...plain,
    expectedMib: mib,
    memoryMib: mib,
    estimatesMemory: true,
  });
  assert.deepEqual(memory, {
    "words[n=3]": { ...plain, expectedMib: undefined, memoryMib: 1024 },
    "words[n=20]": { ...plain, expectedMib: undefined, memoryMib: 1024 },
    "all": expected(2016), // rounded up
    "mine[n=3]": expected(320),
    "mine[n=20]": expected(2016),
  });
  assert.deepEqual(warnings, []);
});

Deno.test("an input of which nothing is known is told as undefined, equal ones once", async () => {
  asked.length = 0;
  const { memory } = await planOf(
    "  words: { use: write, matrix: { n: [a, b] }, with: { text: $n, copies: 4 } }\n" +
      "  upper: { use: upper, matrix: { n: [a, b] }, inputs: { text: words } }\n" +
      "  all: { use: concat, inputs: { texts: [words, upper] } }\n" +
      "  none: { use: concat, inputs: { texts: upper } }\n",
  );
  assert.deepEqual(asked.map(({ inputs }) => inputs), [
    { texts: [4, undefined], more: [] },
    { texts: [undefined], more: [] },
  ]);
  assert.equal(memory.all.expectedMib, 416);
  assert.equal(memory.none.expectedMib, undefined);
});

Deno.test("estimates are told the device: that of an instance with graphics processors is none of cpu", async () => {
  asked.length = 0;
  const stage = (name: string, gpus: number) =>
    `  ${name}: { use: concat, inputs: { texts: words }, resources: { gpus: ${gpus} } }\n`;
  const words = "  words: { use: write, with: { text: a } }\n";
  await planOf(words + stage("a", 0) + stage("b", 1));
  await planOf(words + stage("c", 0), "cuda");
  assert.deepEqual(asked.map(({ device }) => device), ["cpu", "cuda", "cuda"]);
});

Deno.test("what is declared stays, and too little is told at its place with both figures", async () => {
  const { memory, warnings } = await planOf(
    "  words: { use: write, matrix: { n: [3, 20, 30] }, with: { text: a, copies: $n } }\n" +
      "  enough: { use: concat, matrix: { n: [3, 20] }, inputs: { texts: words }, resources: { memory: 2016MiB } }\n" +
      "  little:\n    use: concat\n    matrix: { n: [3, 20, 30] }\n    inputs: { texts: words }\n" +
      "    resources: { memory: 1GiB }\n" +
      "  varied:\n    use: concat\n    matrix: { n: [20, 30], m: [500MiB, 3000MiB] }\n" +
      "    inputs: { texts: words }\n    resources: { memory: $m }\n",
  );
  assert.deepEqual(memory["little[n=30]"], {
    ...plain,
    expectedMib: 3008,
    memoryMib: 1024,
    limitsMemory: true,
  });
  assert.deepEqual(warnings, [
    [
      'p:9:26: warning: Stage "little" may take 1024 MiB of memory, and is expected to take about ' +
      "3008",
      "      resources: { memory: 1GiB }",
      "                           ~~~~",
      "  an instance that takes more than it may is ended: give it 4GiB, or make its batches or its " +
      "model smaller",
    ].join("\n"),
    ...[500, 3000].map((declared) =>
      [
        `p:14:26: warning: Stage "varied" may take ${declared} MiB of memory, and is expected to ` +
        "take about 3008",
        "      resources: { memory: $m }",
        "                           ~~",
        "  an instance that takes more than it may is ended: give it 4GiB, or make its batches or " +
        "its model smaller",
      ].join("\n")
    ),
  ]);
});

for (
  const [mib, text] of [[32, "32 MiB"], [992, "992 MiB"], [1024, "1 GiB"], [
    3168,
    "3.1 GiB",
  ]] as const
) {
  Deno.test(`${mib} MiB are ${text} for people`, () => assert.equal(memoryText(mib), text));
}
