import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { assertWhole, effort, outcome, published, reset } from "./testdata/aftermath.ts";
import { Laboratory, resultOf } from "./testdata/laboratory.ts";

const words = Array.from({ length: 29 }, (_, i) => `word${i}`);
const kills = effort === "quick" ? 6 : 200;

Deno.test(`an engine of 60 instances killed at ${kills} random instants ends as one left alone`, async () => {
  await using lab = await Laboratory.create("");
  await lab.write(
    "pipeline.yaml",
    `
name: kills
params: { words: [${words.join(", ")}], tally: ${lab.folder}/tally }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, sleepMs: 20, tally: $tally }
  first:
    use: upper
    matrix: { word: $words }
    with: { tally: $tally }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
  last:
    use: upper
    inputs: { text: all }
`,
  );
  await lab.run();
  const expected = await outcome(lab);
  const random = new CounterRandom("kills", Date.now());
  await reset(lab);
  for (let killed = 0; killed < kills;) {
    const before = await published(lab);
    await lab.write("tally", "");
    const engine = lab.spawn();
    const delay = setTimeout(() => engine.kill("SIGKILL"), 80 + random.integer(500));
    const { success } = await engine.output();
    clearTimeout(delay);
    await assertWhole(lab, `kill ${killed}`);
    for (const line of (await lab.read("tally")).split("\n")) {
      const instance = instanceOf(line);
      assert.ok(!before.has(instance), `${instance} ran again`);
    }
    if (success) {
      assert.equal(await outcome(lab), expected);
      await orphansEnd();
      await reset(lab);
    } else killed++;
  }
  await lab.run();
  assert.equal(await outcome(lab), expected);
  await orphansEnd();
});

/** Workers end by themselves soon after their engine was killed. */
async function orphansEnd(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** The instance that left a line in the tally: `write` leaves its word, `upper` what it takes. */
function instanceOf(line: string): string {
  if (line === "all") return "last";
  return line.startsWith("words[") ? line.replace("words", "first") : `words[word=${line}]`;
}

Deno.test("of four engines at once one is killed: the others take over what it was at, and nothing else runs twice", async () => {
  await using lab = await Laboratory.create("");
  await lab.write("tally", "");
  await lab.write("pipeline.yaml", together(lab.folder));
  const engines = [1, 2, 3, 4].map(() => lab.spawn());
  setTimeout(() => engines[0].kill("SIGKILL"), 400);
  const [, ...others] = await Promise.all(engines.map(resultOf));
  for (const { errors, summary } of others) {
    assert.equal(errors, "");
    assert.deepEqual([summary!.ran + summary!.fresh, summary!.failed], [24, 0]);
  }
  // The killed engine's workers were at two instances at most.
  const runs = (await lab.read("tally")).trimEnd().split("\n");
  assert.ok(runs.length <= 24 + 2, `${runs.length} runs`);
  assert.equal(new Set(runs).size, 24);
  await assertWhole(lab, "together");
  assert.deepEqual(await lab.files("store/claims"), []);
});

const together = (folder: string) => `
name: together
params: { words: [${words.slice(0, 24).join(", ")}], tally: ${folder}/tally }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, sleepMs: 100, tally: $tally }
`;
