import { strict as assert } from "node:assert";
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import { planFiles } from "../lib/plan/plan_files.ts";
import { stages } from "../stages/mod.ts";
import { pageOf, studyPage } from "./write_study.ts";

const published = join(projectFolder, "results/published");

for (const { name: study } of [...Deno.readDirSync(published)]) {
  Deno.test(`the page of ${study} is what its published tables and its text say`, async () => {
    const page = await Deno.readTextFile(join(projectFolder, pageOf(study)));
    assert.equal(page, await studyPage(study), `deno run -A scripts/write_study.ts ${study}`);
  });
}

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
