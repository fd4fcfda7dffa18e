import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";
import { noCluster, SlurmCluster } from "../lib/slurm/testdata/cluster.ts";

Deno.test({
  name: `the sample experiment through sbatch gives the bytes of a local run (${
    noCluster ?? "small, on a cluster of one node"
  })`,
  ignore: noCluster !== undefined,
  fn: async (t) => {
    await using cluster = await SlurmCluster.start();
    await using project = await ProjectCopy.create();
    const small = ["--set", "languages=[eng, swa]", "--set", "seeds=[1]", "--set", "epochs=1"];
    const crosstie = async (store: string, ...args: string[]) => {
      const [command, ...rest] = args;
      const env = { ...cluster.env, CROSSTIE_CACHE: join(project.folder, store) };
      const result = await project.crosstie([command, ...rest, ...small], env);
      assert.equal(result.code, 0, result.stdout + result.stderr);
      return result.stdout;
    };
    const results = async () => {
      const found = await project.digests(
        "results/sample/sample+epochs=1+languages=[eng,swa]+seeds=[1]",
      );
      await Deno.remove(join(project.folder, "results"), { recursive: true });
      return found;
    };
    await crosstie("local", "run");
    const local = await results();
    assert.ok(local.size > 25, `${local.size} files`);

    await t.step("by an engine that waits", async () => {
      assert.match(
        await crosstie("waited", "run", "--executor", "slurm"),
        /20 ran, 0 fresh, 0 failed/,
      );
      assert.deepEqual(await results(), local);
    });

    await t.step("a training that is requeued goes on, and ends with the same bytes", async () => {
      const file = join(project.folder, "long.yaml");
      await Deno.writeTextFile(
        file,
        `
name: long
stages:
  corpus: { use: download, with: { corpus: sample, language: eng, limit: { train: 60 } } }
  tokens: { use: ner.tokenize, inputs: { corpus: corpus } }
  train:
    use: encoder.train
    with:
      { seed: 1, epochs: 80, width: 32, heads: 4, learningRate: 0.001, checkpointMinutes: 0 }
    inputs: { examples: tokens }
`,
      );
      const run = async (store: string, ...args: string[]) => {
        const env = { ...cluster.env, CROSSTIE_CACHE: join(project.folder, store) };
        const result = await project.crosstie([...args, "-f", file], env);
        assert.equal(result.code, 0, result.stdout + result.stderr);
        return result.stdout;
      };
      const disturbed = run("requeued", "run", "--executor", "slurm");
      const [task] = await Promise.race([
        disturbed.then(() => []),
        (async () => {
          for (;;) {
            const paths = (await project.digests("requeued/resume").catch(() => new Map())).keys();
            if ([...paths].some((path) => path.endsWith(".safetensors"))) return cluster.running();
          }
        })(),
      ]);
      assert.ok(task, "the run ended before its training was under way");
      await cluster.requeue(task);
      assert.match(await disturbed, /3 ran, 0 fresh, 0 failed/);
      assert.match(await run("requeued", "logs", "train"), /goes on after step \d+/);
      await Deno.remove(join(project.folder, "results"), { recursive: true });
      await run("undisturbed", "run");
      assert.doesNotMatch(await run("undisturbed", "logs", "train"), /goes on after/);
      const models = await Promise.all(
        ["requeued", "undisturbed"].map((store) => project.digests(`${store}/objects`)),
      );
      const logs = (digests: Map<string, string>) => new Set(digests.values());
      const [one, other] = models.map(logs);
      assert.equal(
        [...one].filter((digest) => !other.has(digest)).length,
        1,
        "only the log differs",
      );
    });

    await t.step("by a detached graph; cancel and status speak of it", async () => {
      await crosstie("detached", "run", "--executor", "slurm", "--detach");
      assert.match(await crosstie("detached", "status"), /in Slurm: [0-9a-z ,]*\d+ pending/);
      assert.match(await crosstie("detached", "cancel", "evaluate"), /^3 cancelled$/m);
      assert.match(await crosstie("detached", "cancel"), /^\d+ cancelled$/m);
      assert.match(await crosstie("detached", "cancel"), /^nothing is in Slurm$/m);
      assert.doesNotMatch(await crosstie("detached", "status"), /in Slurm/);
      await cluster.until(async () => (await cluster.run("squeue", "-h")) === "");
    });
  },
});
