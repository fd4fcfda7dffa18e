import { strict as assert } from "node:assert";
import { join } from "node:path";
import { workbench } from "./testdata/workbench.ts";

Deno.test("report: of no results says what to do; of a run names commit, data and commands", async () => {
  await using bench = await workbench();
  const early = await bench.spawn("report").output();
  assert.equal(early.code, 2);
  assert.match(new TextDecoder().decode(early.stderr), /there are none yet/);
  assert.equal((await bench.crosstie("run")).code, 0);
  const file = join(bench.folder, "page.html");
  const { code, out } = await bench.crosstie("report", "--output", file);
  assert.equal(code, 0);
  assert.match(out, /page\.html: [\d.]+ kB\n$/);
  const page = await Deno.readTextFile(file);
  assert.match(page, /<dt><bdi>languages<\/bdi><\/dt>\s*<dd><bdi>eng, deu<\/bdi><\/dd>/);
  assert.match(page, /Embedded sample sentences/);
  assert.match(page, /4 pieces of work/);
  assert.match(page, /sentences\/corpus\S*deu\S*parquet/);
  assert.match(page, /deno task pipeline -f \S+pipeline\.yaml\n/);
  assert.equal((await bench.crosstie("report", "--output", `${file}.2`)).code, 0);
  assert.equal(await Deno.readTextFile(`${file}.2`), page);
});
