import { strict as assert } from "node:assert";
import { join } from "node:path";
import { projectFolder } from "../cli/folders.ts";
import { pageOf, studyPage } from "./write_study.ts";

const published = join(projectFolder, "results/published");

for (const { name: study } of [...Deno.readDirSync(published)]) {
  Deno.test(`the page of ${study} is what its published tables and its text say`, async () => {
    const page = await Deno.readTextFile(join(projectFolder, pageOf(study)));
    assert.equal(page, await studyPage(study), `deno run -A scripts/write_study.ts ${study}`);
  });
}
