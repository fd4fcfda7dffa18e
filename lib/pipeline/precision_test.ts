import { strict as assert } from "node:assert";
import { edits, pipeline } from "./testdata/edits.ts";
import { type DriveResult, Laboratory } from "./testdata/laboratory.ts";

Deno.test("each edit of a project makes exactly these instances run, and undoing it none", async (t) => {
  await using lab = await Laboratory.create(pipeline);
  const cold = await lab.run();
  assert.equal(cold.errors, "");
  assert.deepEqual(cold.ran, expand("words first counts all"));
  const before = await snapshot(lab);
  for (const [section, rows] of Object.entries(edits)) {
    for (const [about, edit, runs, because = ""] of rows) {
      await t.step(`${section}: ${about}`, async () => {
        try {
          const result = await lab.run(await edit(lab) ?? {});
          assert.equal(result.errors, "");
          assert.equal(result.summary?.failed, 0);
          assert.deepEqual(result.ran, expand(runs));
          assert.equal(reasons(result), because);
        } finally {
          await restore(lab, before);
        }
        if (runs !== "") assert.deepEqual((await lab.run()).ran, []);
      });
    }
  }
});

function expand(runs: string): string[] {
  return runs.split(" ").filter((each) => each !== "").flatMap((each) =>
    ["words", "first", "counts"].includes(each) ? [`${each}[word=ape]`, `${each}[word=bee]`] : each
  ).sort();
}

/** Every reason of a run, once. */
function reasons({ events }: DriveResult): string {
  const texts = events.flatMap((each) =>
    each.event === "instanceStarted"
      ? each.verdicts.map(({ name, about }) => about === undefined ? name : `${name} ${about}`)
      : []
  );
  return [...new Set(texts)].join(", ");
}

async function snapshot(lab: Laboratory): Promise<Map<string, string>> {
  const paths = [...await lab.files("lib"), "pipeline.yaml", "deno.json", "deno.lock"];
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await lab.read(path)] as const)),
  );
}

async function restore(lab: Laboratory, before: ReadonlyMap<string, string>): Promise<void> {
  for (const path of await lab.files("lib")) {
    if (!before.has(path)) await Deno.remove(`${lab.folder}/${path}`);
  }
  for (const [path, text] of before) {
    if (await lab.read(path).catch(() => undefined) !== text) await lab.write(path, text);
  }
}
