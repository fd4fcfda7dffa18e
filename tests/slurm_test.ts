import { strict as assert } from "node:assert";
import { Laboratory, resultOf } from "../lib/pipeline/testdata/laboratory.ts";
import { noCluster, SlurmCluster } from "./slurm_cluster.ts";

/** Patience of a test: a cluster of one node answers at once. */
const slurm = {
  pollMs: 100,
  slowestPollMs: 200,
  queueMs: 300,
  slowestQueueMs: 500,
  graceMs: 500,
  lostMs: 2_000,
};

const pipeline = (sleepMs: number, words = "[ape, bee, cat, dog]") => `
name: lab
params: { words: ${words}, tally: FOLDER/tally }
slurm: { limit: 20 }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, sleepMs: ${sleepMs}, tally: $tally }
    resources: { memory: 64MiB }
  first:
    use: upper
    matrix: { word: $words }
    with: { tally: $tally }
    inputs: { text: words }
    resources: { memory: 64MiB }
  all:
    use: concat
    inputs: { texts: first }
    resources: { memory: 64MiB }
`;

async function laboratory(text: string): Promise<Laboratory> {
  const lab = await Laboratory.create("");
  await lab.write("tally", "");
  await lab.write("pipeline.yaml", text.replaceAll("FOLDER", lab.folder));
  return lab;
}

/** Name and content of every table. */
async function tables(lab: Laboratory): Promise<string[]> {
  const paths = await lab.files("results");
  return await Promise.all(
    paths.filter((path) => path.endsWith(".parquet")).map(async (path) =>
      `${path}: ${await lab.read(path)}`
    ),
  );
}

async function runs(lab: Laboratory): Promise<string[]> {
  return (await lab.read("tally")).trimEnd().split("\n").sort();
}

Deno.test({
  name: `Slurm runs a pipeline as here (${noCluster ?? "on a cluster of one node"})`,
  ignore: noCluster !== undefined,
  fn: async (t) => {
    await using cluster = await SlurmCluster.start();
    const { env } = cluster;

    await t.step("one array for each ready set, the same bytes as a local run", async () => {
      await using lab = await laboratory(pipeline(0));
      await using local = await laboratory(pipeline(0));
      const spies = await cluster.spies();
      const result = await resultOf(lab.spawn({ slurm }, { ...env, PATH: spies.path }));
      assert.equal(result.errors, "");
      assert.equal(result.ran.length, 9);
      assert.equal((await local.run()).ran.length, 9);
      assert.deepEqual(await tables(lab), await tables(local));
      const arrays = spies.calls("sbatch").map((call) => /--array=(\S+)/.exec(call)![1]);
      assert.equal(arrays[0], "0-3%20");
      assert.ok(arrays.length <= 6, `${arrays.length} submissions`);
      assert.equal(spies.calls("scancel").length, 0);
      assert.deepEqual(await lab.files("store/slurm"), []);
    });
  },
});
