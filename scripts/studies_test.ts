import { strict as assert } from "node:assert";
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import { planFiles } from "../lib/plan/plan_files.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { readPipeline } from "../lib/plan/pipeline_file.ts";
import { openStudy, readStudy } from "../lib/report/published_study.ts";
import { sbatchArguments } from "../lib/slurm/submit.ts";
import { arrayJob } from "../lib/slurm/array_job.ts";
import type { SubmissionFolder } from "../lib/slurm/submissions.ts";
import { stages } from "../stages/mod.ts";
import { studyCosts, totalOf } from "./study_costs.ts";
import { pageOf, studyPage } from "./write_study.ts";

const published = join(projectFolder, "results/published");

const array = {
  folder: "/store/slurm/a",
  comment: "crosstie:token",
  submission: { tasks: [{ instance: "train" }] },
} as unknown as SubmissionFolder;

const experiments = [...Deno.readDirSync(join(projectFolder, "experiments"))]
  .map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();

for (const name of experiments) {
  const file = join(projectFolder, "experiments", name);
  Deno.test({
    name: `every profile of ${name} is planned without a mirror, a network or a write`,
    permissions: { read: true, env: true, sys: true },
    async fn() {
      const mirror = Deno.env.get("CROSSTIE_MIRROR");
      Deno.env.delete("CROSSTIE_MIRROR");
      try {
        const { profiles } = await readPipeline({ file });
        assert.notDeepEqual(Object.keys(profiles), []);
        for (const profile of Object.keys(profiles)) {
          const { plan, warnings } = await makePlan({ file, profile }, stages);
          assert.deepEqual(warnings, [], profile);
          assert.ok(plan.instances.length > 0, profile);
        }
      } finally {
        if (mirror !== undefined) Deno.env.set("CROSSTIE_MIRROR", mirror);
      }
    },
  });
}

for (const name of ["panx_swiss", "sentiment", "slicer", "transfer_guide"]) {
  Deno.test(`${name} asks for a graphics processor for every model of its paper profile alone`, async () => {
    const file = join(projectFolder, `experiments/${name}.yaml`);
    for (const profile of ["paper", "cpu", "smoke"]) {
      const { plan: { instances, kinds } } = await makePlan({ file, profile }, stages);
      const models = instances.filter(({ kind }) =>
        kinds.get(kind)!.numeric && kind !== "adapter.switch"
      );
      assert.ok(models.length > 0);
      const asked = instances.filter(({ resources }) => resources.gpus > 0);
      assert.deepEqual(asked, profile === "paper" ? models : []);
      for (const { resources } of asked) {
        // Memory on the machine itself is declared: of what a device holds there is no estimate.
        assert.ok(resources.limitsMemory);
        const job = arrayJob(array, resources, {}, ["run", "main.ts", "worker"]);
        assert.ok(sbatchArguments({ ...job, name }).includes("--gpus-per-node=1"));
      }
    }
  });
}

for (const { name: study } of [...Deno.readDirSync(published)]) {
  // Its history does not tell models from random weights and others apart.
  if (study === "polyglot_ner") continue;
  Deno.test(`the steps that the plan of ${study} counts are those that ran`, async () => {
    const { file, profile } = await readStudy(join(published, study));
    using tables = await openStudy(join(published, study));
    const { columns } = await tables.ask("FROM history LIMIT 0");
    const first = columns.indexOf("step");
    const axes = columns.slice(0, first).map((axis) => `"${axis}"`).join();
    const { rows: [[trainings, steps]] } = await tables.ask(
      `SELECT count(*), sum(steps) FROM (SELECT max(step) AS steps FROM history GROUP BY ${axes})`,
    );
    const total = totalOf(await studyCosts(join(projectFolder, file), profile));
    assert.deepEqual([total.trainings, total.steps], [Number(trainings), Number(steps)]);
  });
}

for (const { name: study } of [...Deno.readDirSync(published)]) {
  Deno.test(`the page of ${study} is what its published tables and its text say`, async () => {
    const page = await Deno.readTextFile(join(projectFolder, pageOf(study)));
    assert.equal(page, await studyPage(study), `deno run -A scripts/write_study.ts ${study}`);
  });
}

Deno.test("hours of the published grid are those that the paper reports, those measured near what was expected", async () => {
  const experiment = (name: string) => join(projectFolder, `experiments/${name}.yaml`);
  const { trainings, steps, gpuHours } = totalOf(await studyCosts(experiment("slicer"), "paper"));
  assert.deepEqual([trainings, steps], [240, 240 * 20_000 * 10 / 32]);
  assert.equal(gpuHours?.toFixed(6), "360.000000");
  using tables = await openStudy(join(published, "sentiment"));
  const { rows: [[hours]] } = await tables.ask(
    "SELECT sum(seconds) / 3600 FROM runs WHERE stage IN ('trainSingle', 'trainJoint')",
  );
  const { coreHours } = totalOf(await studyCosts(experiment("sentiment"), "cpu"));
  assert.ok(Number(hours) / coreHours! > 0.5 && Number(hours) / coreHours! < 2, `${hours}`);
});

const { tasks: { reproduce } } = JSON.parse(
  await Deno.readTextFile(join(projectFolder, "deno.json")),
) as { tasks: { reproduce: string } };

Deno.test("deno task reproduce is one graph of every study with claims", async () => {
  const files = [...reproduce.matchAll(/-f (\S+)/g)].map(([, file]) => file);
  for (const { name } of Deno.readDirSync(join(projectFolder, "experiments"))) {
    if (!name.endsWith(".yaml")) continue;
    const text = await Deno.readTextFile(join(projectFolder, "experiments", name));
    const isStudy = /^(claims|expected):/m.test(text) && /^ {2}cpu:/m.test(text);
    assert.ok(!isStudy || files.includes(`experiments/${name}`), `${name} is not reproduced`);
  }
  const paths = files.map((file) => join(projectFolder, file));
  const { plan } = await planFiles(paths, { profile: "cpu" }, stages);
  assert.deepEqual(plan.studies.map(({ profile }) => profile), files.map(() => "cpu"));
  const encoders = plan.instances.filter(({ kind }) => kind === "encoder");
  assert.ok(encoders.length > 1);
  // One encoder for all of them: its params are the same, so that a run fetches it once.
  assert.equal(new Set(encoders.map(({ params }) => JSON.stringify(params))).size, 1);
});
