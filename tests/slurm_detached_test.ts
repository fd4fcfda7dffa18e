import { strict as assert } from "node:assert";
import { resultOf } from "../lib/pipeline/testdata/laboratory.ts";
import { tablesOf } from "../lib/pipeline/testdata/slow_laboratory.ts";
import { noCluster, SlurmCluster } from "../lib/slurm/testdata/cluster.ts";
import { laboratory, pipeline, runs, slurm } from "./testdata/slurm_laboratory.ts";

Deno.test({
  name: `Slurm runs tasks that have no engine (${noCluster ?? "on a cluster of one node"})`,
  ignore: noCluster !== undefined,
  fn: async (t) => {
    await using cluster = await SlurmCluster.start({ maxArraySize: 101 });
    const { env } = cluster;

    await t.step("a detached graph runs by itself, with dependencies", async () => {
      await using lab = await laboratory(pipeline(1500, "[ape, bee]"));
      await using local = await laboratory(pipeline(1500, "[ape, bee]"));
      const { errors, code } = await resultOf(lab.spawn({ slurm, detach: true }, env));
      assert.equal(errors, "");
      assert.equal(code, 0);
      const again = await resultOf(lab.spawn({ slurm, detach: true }, env));
      assert.match(
        again.errors,
        /Cannot submit this graph: 5 of its instances are in Slurm already/,
      );
      await cluster.until(async () =>
        Object.values(await lab.states()).every((s) => s === "fresh")
      );
      const { ran, summary } = await lab.run();
      assert.deepEqual([ran, summary?.fresh], [[], 5]);
      await local.run();
      assert.deepEqual(await tablesOf(lab), await tablesOf(local));
      assert.deepEqual(await lab.files("store/attempts"), []);
    });

    const once = ["ape", "bee", "words[word=ape]", "words[word=bee]"];
    const patient = { heartbeatMs: 5_000, staleMs: 30_000 };
    const idle = async () =>
      (await cluster.run("squeue", "-h", "--states=PENDING,RUNNING,COMPLETING")) === "";

    await t.step("an engine here waits for the detached tasks that run", async () => {
      await using lab = await laboratory(pipeline(4000, "[ape, bee]"));
      await resultOf(lab.spawn({ slurm, detach: true }, env));
      await cluster.until(async () => (await runs(lab)).length === 2);
      const { errors, summary, events } = await lab.run({ claimTimes: patient });
      assert.equal(errors, "");
      assert.equal(summary!.ran + summary!.fresh, 5);
      const shared = events.flatMap((each) =>
        each.event === "instanceFresh" && each.shared ? [each.instance] : []
      );
      assert.ok(shared.includes("words[word=ape]") && shared.includes("words[word=bee]"));
      await cluster.until(idle);
      assert.deepEqual(await runs(lab), once, "each ran once");
      assert.deepEqual(await lab.files("store/claims"), []);
    });

    await t.step("detached tasks wait for what an engine runs here", async () => {
      await using lab = await laboratory(pipeline(4000, "[ape, bee]"));
      const engine = resultOf(lab.spawn({ claimTimes: patient }));
      await cluster.until(async () => (await runs(lab)).length === 2);
      const { errors } = await resultOf(lab.spawn({ slurm, detach: true }, env));
      assert.equal(errors, "");
      assert.equal((await engine).errors, "");
      await cluster.until(idle);
      assert.deepEqual(await runs(lab), once, "each ran once");
      assert.deepEqual(new Set(Object.values(await lab.states())), new Set(["fresh"]));
      const ends = (await lab.files("store/slurm")).filter((path) => path.includes("/ends/"));
      const kinds = await Promise.all(ends.map(async (path) => JSON.parse(await lab.read(path))));
      assert.deepEqual(kinds.map(({ kind }) => kind), Array(5).fill("done"));
    });

    await t.step("an engine of Slurm waits for the detached tasks that run", async () => {
      await using lab = await laboratory(pipeline(4000, "[ape, bee]"));
      await resultOf(lab.spawn({ slurm, detach: true }, env));
      await cluster.until(async () => (await runs(lab)).length === 2);
      const { errors, summary } = await resultOf(lab.spawn({ slurm, claimTimes: patient }, env));
      assert.equal(errors, "");
      assert.equal(summary!.ran + summary!.fresh, 5);
      await cluster.until(idle);
      assert.deepEqual(await runs(lab), once, "each ran once");
    });

    await t.step("an engine here leaves the tasks of a dead engine to Slurm", async () => {
      await using lab = await laboratory(pipeline(4000, "[ape, bee]"));
      const engine = lab.spawn({ slurm }, env);
      await cluster.until(async () => (await runs(lab)).length === 2);
      engine.kill("SIGKILL");
      await engine.output();
      const { errors, summary } = await lab.run({ claimTimes: patient });
      assert.equal(errors, "");
      assert.equal(summary!.ran + summary!.fresh, 5);
      assert.deepEqual(await runs(lab), once, "each ran once");
    });

    await t.step("what follows a failure in a detached graph is not started", async () => {
      await using lab = await laboratory(`
name: lab
stages:
  bad: { use: write, with: { text: bad, fail: throw }, resources: { memory: 64MiB } }
  next: { use: upper, inputs: { text: bad }, resources: { memory: 64MiB } }
`);
      assert.equal((await resultOf(lab.spawn({ slurm, detach: true }, env))).errors, "");
      await cluster.until(async () =>
        (await cluster.run("squeue", "-h", "--states=PENDING,RUNNING,COMPLETING")) === ""
      );
      assert.deepEqual(await lab.states(), { bad: "neverRan", next: "waiting" });
      const logs = (await lab.files("store/attempts")).filter((path) => path.endsWith(".log"));
      assert.equal(logs.length, 1);
      assert.match(await lab.read(logs[0]), /the stage was asked to fail/);
    });
  },
});
