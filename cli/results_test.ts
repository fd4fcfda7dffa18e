import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import type { Manifest } from "../lib/pipeline/results.ts";
import { resultViews } from "./results.ts";

Deno.test("views are over results as they were laid out, or what is wrong is said", async () => {
  const folder = await Deno.makeTempDir();
  const refused = async (): Promise<string> => {
    try {
      await resultViews(folder);
    } catch (error) {
      if (error instanceof UserError) return error.message.replaceAll(folder, "<folder>");
      throw error;
    }
    return "nothing";
  };
  try {
    assert.equal(
      await refused(),
      "Cannot read results from <folder>: there are none yet\n" +
        "  run the pipeline first: deno task pipeline",
    );
    const file = {
      path: "scores/a.parquet",
      instance: "a",
      axes: {},
      output: "scores.parquet",
      fingerprint: "f",
      digest: "d",
      sizeBytes: 4,
    };
    const columns = { f1: { type: "DOUBLE", about: "a score" } } as const;
    const manifest: Manifest = {
      format: 1,
      pipeline: "p",
      profile: "default",
      headline: null,
      tables: { scores: { about: "scores", columns, key: [], files: [file] } },
    };
    await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(manifest));
    const hint = "\n  a run lays the results out again: deno task pipeline";
    assert.equal(
      await refused(),
      `Cannot read <folder>/scores/a.parquet: it is gone${hint}`,
    );
    await Deno.mkdir(`${folder}/scores`);
    await Deno.writeTextFile(`${folder}/scores/a.parquet`, "longer");
    assert.equal(
      await refused(),
      `Cannot read <folder>/scores/a.parquet: it has 6 bytes instead of 4${hint}`,
    );
    await Deno.writeTextFile(`${folder}/scores/a.parquet`, "four");
    assert.deepEqual(await resultViews(folder), {
      scores: { columns, files: [`${folder}/scores/a.parquet`], axes: [{}] },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
