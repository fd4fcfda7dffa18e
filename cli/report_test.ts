import { strict as assert } from "node:assert";
import { join } from "node:path";
import { runWarning } from "./report_progress.ts";
import { workbench } from "./testdata/workbench.ts";

Deno.test("report: of no results says what to do; of a run names commit, data and commands; it opens", async () => {
  const programs = await Deno.makeTempDir(), opened = join(programs, "opened");
  const browser =
    `#!/bin/sh\ncase "$1" in *refused*) exit 1 ;; esac\nprintf '%s\\n' "$@" >>'${opened}'\n`;
  for (const name of ["xdg-open", "open"]) {
    await Deno.writeTextFile(join(programs, name), browser, { mode: 0o755 });
  }
  await using bench = await workbench({ PATH: `${programs}:${Deno.env.get("PATH")}` });
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
  await assert.rejects(Deno.stat(opened));
  assert.equal((await bench.crosstie("report", "--output", `${file}.2`, "--open")).code, 0);
  assert.equal(await Deno.readTextFile(opened), `${file}.2\n`);
  assert.equal(await Deno.readTextFile(`${file}.2`), page);
  assert.doesNotMatch(page, /class="warning"/);

  // A run that was killed has a journal without an end.
  const [journal] = [...Deno.readDirSync(join(bench.folder, "store/runs"))].map(({ name }) => name);
  const path = join(bench.folder, "store/runs", journal);
  const lines = (await Deno.readTextFile(path)).split("\n");
  const last = lines.findLastIndex((line) => line.includes('"instanceDone"'));
  await Deno.writeTextFile(path, lines.slice(0, last).join("\n") + "\n");
  const refused = join(bench.folder, "refused.html");
  const output = await bench.spawn("report", "--output", refused, "--open").output();
  assert.equal(output.code, 0);
  assert.match(
    new TextDecoder().decode(output.stderr),
    /^Cannot open a browser with (xdg-)?open: open \S+refused\.html yourself\n$/,
  );
  assert.match(
    await Deno.readTextFile(refused),
    /<p class="warning">In the newest run, 1 instance did not run: there are no rows/,
  );
  await Deno.remove(programs, { recursive: true });
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
