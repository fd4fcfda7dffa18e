import { strict as assert } from "node:assert";
import { join } from "node:path";
import { runWarning } from "./report_progress.ts";
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
  assert.match(
    page,
    /<dt>examples<\/dt>\s*<dd><code class="command">deno task pipeline -f \S+pipeline\.yaml tokens</,
  );
  assert.equal((await bench.crosstie("report", "--output", `${file}.2`)).code, 0);
  assert.equal(await Deno.readTextFile(`${file}.2`), page);
  assert.doesNotMatch(page, /class="warning"/);

  // A run that was killed has a journal without an end.
  const [journal] = [...Deno.readDirSync(join(bench.folder, "store/runs"))].map(({ name }) => name);
  const path = join(bench.folder, "store/runs", journal);
  const lines = (await Deno.readTextFile(path)).split("\n");
  const last = lines.findLastIndex((line) => line.includes('"instanceDone"'));
  await Deno.writeTextFile(path, lines.slice(0, last).join("\n") + "\n");
  assert.equal((await bench.crosstie("report", "--output", file)).code, 0);
  assert.match(
    await Deno.readTextFile(file),
    /<p class="warning">In the newest run, 1 instance did not run: there are no rows/,
  );
});

Deno.test("report: the newest run is told of where it failed or was cut off, and not where it went well", () => {
  const stage = { name: "train", count: 4, done: 4, failed: 0 };
  const run = { run: "1", hasEnded: true, stages: [stage], running: [] };
  assert.equal(runWarning(undefined), undefined);
  assert.equal(runWarning(run), undefined);
  assert.match(
    runWarning({ ...run, stages: [{ ...stage, done: 1, failed: 2 }] })!,
    /^In the newest run, 2 instances failed \(train\) and 1 instance did not run:/,
  );
  assert.match(
    runWarning({ ...run, hasEnded: false, stages: [{ ...stage, done: 1 }] })!,
    /^In the newest run, 3 instances did not run:/,
  );
});
