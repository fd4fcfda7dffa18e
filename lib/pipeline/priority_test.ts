import { strict as assert } from "node:assert";
import { makePlan } from "../plan/plan.ts";
import { rankByCriticalPath } from "./priority.ts";
import { Laboratory } from "./testdata/laboratory.ts";
import { stages } from "./testdata/registry.ts";

const pipeline = `
name: priority
params: { words: [ape, bee] }
stages:
  lone:
    use: write
    matrix: { word: $words }
    with: { text: $word, extra: { deep: 1 } }
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word }
  first:
    use: upper
    matrix: { word: $words }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
`;

async function order(durations: Record<string, number>): Promise<string[]> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, pipeline);
  const { plan } = await makePlan({ file }, stages);
  await Deno.remove(file);
  const ranks = rankByCriticalPath(plan.instances, new Map(Object.entries(durations)));
  return [...ranks].sort(([, a], [, b]) => a - b).map(([id]) => id);
}

Deno.test("the longest path goes first; equal ones keep the order of the plan", async () => {
  assert.deepEqual(await order({}), [
    "words[word=ape]",
    "words[word=bee]",
    "first[word=ape]",
    "first[word=bee]",
    "lone[word=ape]",
    "lone[word=bee]",
    "all",
  ]);
});

Deno.test("a stage that took long before goes before a longer chain of quick ones", async () => {
  assert.deepEqual((await order({ lone: 60, words: 1, first: 1, all: 1 })).slice(0, 3), [
    "lone[word=ape]",
    "lone[word=bee]",
    "words[word=ape]",
  ]);
});

Deno.test("a run learns how long stages took, and tells the next one", async () => {
  await using lab = await Laboratory.create(
    pipeline.replace("text: $word, extra: { deep: 1 }", "text: $word, sleepMs: 300"),
  );
  const durationsOf = async () => {
    const { events, errors } = await lab.run({
      jobs: 1,
      force: true,
      targets: ["lone", "words", "all"],
    });
    assert.equal(errors, "");
    const [start] = events;
    assert.ok(start.event === "runStarted");
    const order = events.flatMap((each) => each.event === "instanceStarted" ? [each.instance] : []);
    // The very first is whoever is judged first: nothing else asks yet.
    const places = ["lone[word=bee]", "words[word=bee]"].map((id) => order.indexOf(id));
    return { durations: start.durations, loneFirst: places[0] < places[1] };
  };
  const cold = await durationsOf();
  assert.deepEqual(cold, { durations: {}, loneFirst: false });
  await lab.edit("pipeline.yaml", "sleepMs: 300", "sleepMs: 320");
  const warm = await durationsOf();
  assert.ok(warm.durations.lone > 0.25 && warm.durations.words < warm.durations.lone);
  assert.equal(warm.loneFirst, true);
});
