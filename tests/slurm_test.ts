import { strict as assert } from "node:assert";
import { resultOf } from "../lib/pipeline/testdata/laboratory.ts";
import { tablesOf } from "../lib/pipeline/testdata/slow_laboratory.ts";
import { cancelTasks } from "../lib/slurm/jobs.ts";
import { Store } from "../lib/store/store.ts";
import { noCluster, SlurmCluster } from "../lib/slurm/testdata/cluster.ts";
import { laboratory, pipeline, runs, slurm } from "./testdata/slurm_laboratory.ts";

Deno.test({
  name: `Slurm runs a pipeline as here (${noCluster ?? "on a cluster of one node"})`,
  ignore: noCluster !== undefined,
  fn: async (t) => {
    await using cluster = await SlurmCluster.start({ maxArraySize: 101 });
    const { env } = cluster;

    await t.step("one array for each ready set, the same bytes as a local run", async () => {
      await using lab = await laboratory(pipeline(0));
      await using local = await laboratory(pipeline(0));
      const spies = await cluster.spies();
      const result = await resultOf(lab.spawn({ slurm }, { ...env, PATH: spies.path }));
      assert.equal(result.errors, "");
      assert.equal(result.ran.length, 9);
      assert.equal((await local.run()).ran.length, 9);
      assert.deepEqual(await tablesOf(lab), await tablesOf(local));
      const arrays = spies.calls("sbatch").map((call) => /--array=(\S+)/.exec(call)![1]);
      assert.equal(arrays[0], "0-3%20");
      assert.ok(arrays.length <= 6, `${arrays.length} submissions`);
      assert.equal(spies.calls("scancel").length, 0);
      assert.deepEqual(await lab.files("store/slurm"), []);
    });

    await t.step("scancel of one task and a requeue in the middle are survived", async () => {
      await using lab = await laboratory(pipeline(4000, "[ape, bee]"));
      const engine = resultOf(lab.spawn({ slurm }, env));
      const states = async () => await lab.states({});
      await cluster.until(async () => (await runs(lab)).length === 2);
      assert.deepEqual(new Set(Object.values(await states())), new Set(["neverRan", "waiting"]));
      const [requeued, ended] = await cluster.running();
      await cluster.run("scancel", ended);
      await cluster.requeue(requeued);
      const { errors, summary, events } = await engine;
      assert.equal(errors, "");
      assert.deepEqual([summary?.ran, summary?.failed], [5, 0]);
      const retried = events.flatMap((each) => each.event === "instanceRetried" ? [each] : []);
      assert.deepEqual(retried.map((each) => each.class), ["lost"]);
      assert.match(
        retried[0].message,
        /^it was ended from outside \(Slurm job \d+_\d: CANCELLED\)$/,
      );
      const words = (await runs(lab)).filter((line) => !line.startsWith("words["));
      assert.deepEqual(words, ["ape", "ape", "bee", "bee"], "each was started anew once");
      assert.deepEqual(new Set(Object.values(await states())), new Set(["fresh"]));
    });

    await t.step("jobs go on without their engine, and the next one finds them", async () => {
      await using lab = await laboratory(pipeline(5000, "[ape, bee]"));
      const spies = await cluster.spies();
      const engine = lab.spawn({ slurm }, { ...env, PATH: spies.path });
      await cluster.until(async () => (await cluster.running()).length === 2);
      engine.kill("SIGKILL");
      await engine.output();
      const { errors, summary } = await resultOf(
        lab.spawn({ slurm }, { ...env, PATH: spies.path }),
      );
      assert.equal(errors, "");
      assert.deepEqual([summary?.ran, summary?.failed], [5, 0]);
      assert.deepEqual(await runs(lab), ["ape", "bee", "words[word=ape]", "words[word=bee]"]);
      const submitted = spies.calls("sbatch").filter((call) => call.includes("lab.words"));
      assert.equal(submitted.length, 1, "nothing is submitted twice");
    });

    await t.step("a lost answer to sbatch does not submit twice", async () => {
      await using lab = await laboratory(pipeline(0, "[ape, bee]"));
      const spies = await cluster.spies({
        sbatch:
          `$real "$@" >/dev/null; echo "sbatch: error: Socket timed out on send/recv" >&2; exit 1`,
      });
      const { errors, summary } = await resultOf(
        lab.spawn({ slurm }, { ...env, PATH: spies.path }),
      );
      assert.equal(errors, "");
      assert.deepEqual([summary?.ran, summary?.failed], [5, 0]);
      const submitted = spies.calls("sbatch").filter((call) => call.includes("lab.words"));
      assert.equal(submitted.length, 1);
      assert.deepEqual(await runs(lab), ["ape", "bee", "words[word=ape]", "words[word=bee]"]);
    });

    await t.step("where Slurm has no room for all, instances go as it takes them", async () => {
      await using lab = await laboratory(pipeline(0));
      const refuse = "echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1";
      const spies = await cluster.spies({ sbatch: refuse });
      const { errors, summary } = await resultOf(
        lab.spawn({ slurm }, { ...env, PATH: spies.path }),
      );
      assert.equal(errors, "");
      assert.deepEqual([summary?.ran, summary?.failed], [9, 0]);
      const words = spies.calls("sbatch").filter((call) => call.includes("lab.words"));
      assert.deepEqual(
        words.map((call) => /--array=(\S+)/.exec(call)![1]),
        ["0-3%20", "0-1%20", "0-1%20"],
      );
      const one = await cluster.spies({ sbatch: refuse });
      const again = await resultOf(
        lab.spawn({ slurm, targets: ["all"], force: true }, { ...env, PATH: one.path }),
      );
      assert.deepEqual([again.ran, again.errors], [["all"], ""]);
      const places = again.events.flatMap((each) =>
        each.event === "instancePlaced" ? [each.place] : []
      );
      assert.equal(places[0], "waits for room in Slurm's queue");
      assert.equal(one.calls("sbatch").length, 2);
    });

    await t.step("an interruption cancels the jobs, and leaves nothing", async () => {
      await using lab = await laboratory(pipeline(60_000));
      const engine = lab.spawn({ slurm }, env);
      await cluster.until(async () => (await runs(lab)).length === 2);
      const ended = resultOf(engine);
      await cluster.until(async () =>
        (await lab.files("store/slurm")).filter((path) => /progress.\d\.json$/.test(path))
          .length === 2
      );
      await new Promise((resolve) => setTimeout(resolve, 2 * slurm.slowestPollMs));
      engine.kill("SIGINT");
      const { errors, summary, events } = await ended;
      assert.equal(errors, "");
      assert.equal(summary?.interrupted, true);
      const told = events.flatMap((each) => each.event === "instanceProgress" ? [each] : []);
      assert.equal(new Set(told.map(({ instance }) => instance)).size, 2, "of those that run");
      for (const { progress: { done, total, unit } } of told) {
        assert.deepEqual([total, unit, done > 0 && done < 60_000], [60_000, "ms", true]);
      }
      await cluster.until(async () => (await cluster.run("squeue", "-h")) === "");
      assert.deepEqual(await lab.files("store/slurm"), []);
      assert.deepEqual(await lab.files("store/claims"), []);
    });

    await t.step(
      "an engine learns what another process cancels, and does not try again",
      async () => {
        await using lab = await laboratory(pipeline(60_000, "[ape, bee]"));
        const engine = resultOf(lab.spawn({ slurm, keepGoing: true }, env));
        await cluster.until(async () => (await runs(lab)).length === 2);
        Deno.env.set("SLURM_CONF", cluster.conf);
        const store = new Store(`${lab.folder}/store`);
        const one = new Set(["words[word=ape]"]);
        assert.deepEqual(await cancelTasks(store, "lab", "default", one), ["words[word=ape]"]);
        assert.deepEqual(await cancelTasks(store, "lab", "default"), ["words[word=bee]"]);
        assert.deepEqual(await cancelTasks(store, "lab", "default"), []);
        Deno.env.delete("SLURM_CONF");
        const { errors, summary, events } = await engine;
        assert.equal(errors, "");
        assert.deepEqual([summary?.ran, summary?.failed, summary?.interrupted], [0, 0, false]);
        assert.equal(events.filter(({ event }) => event === "instanceRetried").length, 0);
        assert.deepEqual(await lab.files("store/slurm"), []);
      },
    );

    await t.step("what Slurm refuses is told in its words, and nothing runs", async () => {
      await using lab = await laboratory(
        pipeline(0).replace("limit: 20", "partition: nowhere"),
      );
      const { errors, code, ran } = await resultOf(lab.spawn({ slurm }, env));
      assert.notEqual(code, 0);
      assert.match(errors, /Cannot submit lab\.words to Slurm: .*invalid partition/);
      assert.deepEqual(ran, []);
      assert.deepEqual(await lab.files("store/slurm"), []);
    });

    await t.step("native code that crashes fails its instance, with the log's tail", async () => {
      await using lab = await laboratory(`
name: lab
stages:
  bad: { use: write, with: { text: bad, fail: crash }, resources: { memory: 64MiB } }
  good: { use: write, with: { text: good }, resources: { memory: 64MiB } }
`);
      const { errors, summary, events, ran } = await resultOf(
        lab.spawn({ slurm, keepGoing: true }, env),
      );
      assert.equal(errors, "");
      assert.deepEqual([summary?.failed, ran], [1, ["good"]]);
      const failure = events.find((each) => each.event === "instanceFailed");
      assert.ok(failure?.event === "instanceFailed");
      assert.equal(failure.class, "crashed");
      assert.match(failure.message, /^its process ended by itself \(Slurm job \d+_\d: FAILED\)$/);
      assert.deepEqual(failure.log.slice(0, 2), ["writing bad", "printed by a library"]);
    });

    await t.step("a task that is told of its end stops, and may be tried again", async () => {
      await using lab = await laboratory(
        pipeline(60_000, "[ape]").replace(
          "tally: $tally }",
          "tally: $tally }\n    retries: { time: 1 }",
        ),
      );
      const engine = resultOf(lab.spawn({ slurm, targets: ["words"] }, env));
      for (const tries of [1, 2]) {
        await cluster.until(async () => (await runs(lab)).length === tries);
        const [task] = await cluster.running();
        await cluster.run("scancel", "--batch", "--signal=USR2", task);
      }
      const { errors, events } = await engine;
      assert.equal(errors, "");
      const ends = events.flatMap((each) =>
        each.event === "instanceRetried" || each.event === "instanceFailed"
          ? [[each.event, each.class, each.message]]
          : []
      );
      assert.deepEqual(ends, [
        ["instanceRetried", "time", "its time was almost up"],
        ["instanceFailed", "time", "its time was almost up"],
      ]);
    });

    await t.step("300 instances are three submissions, and few questions", async () => {
      const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
      await using lab = await laboratory(pipeline(60_000, `[${words.join(", ")}]`));
      const spies = await cluster.spies();
      const patience = { ...slurm, queueMs: 1_000, slowestQueueMs: 2_000 };
      const engine = lab.spawn({ slurm: patience, targets: ["words"] }, {
        ...env,
        PATH: spies.path,
      });
      const ended = resultOf(engine);
      await cluster.until(async () => (await cluster.running()).length === 2);
      await cluster.until(() => Promise.resolve(spies.calls("squeue").length >= 3));
      engine.kill("SIGINT");
      const { errors, events } = await ended;
      assert.equal(errors, "");
      const arrays = spies.calls("sbatch").map((call) => /--array=(\S+)/.exec(call)![1]);
      assert.deepEqual(arrays, ["0-100%20", "0-100%20", "0-97%20"]);
      const seen = events.flatMap((each) =>
        each.event === "instancePlaced" && each.place.endsWith("running") ? [each.instance] : []
      );
      assert.equal(seen.length, 2, "the questions have answers");
      const questions = spies.calls("squeue").length;
      assert.ok(questions < 10, `${questions} questions`);
      assert.equal(spies.calls("scancel").length, 1);
    });
  },
});
