import { strict as assert } from "node:assert";
import { join } from "node:path";
import { openStudy, publishStudy, readStudy } from "../lib/report/published_study.ts";
import { Store } from "../lib/store/store.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { attentionTable } from "../lib/table/schemas/attention.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";
import { publish } from "./publish_study.ts";

const study = {
  study: "toy",
  about: "a toy",
  file: "experiments/toy.yaml",
  profile: "cpu",
  params: { seeds: [1, 2] },
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const row = {
  corpus: "sample",
  language: "eng",
  split: "test",
  of: "all",
  pieces: 9,
  sentences: 2,
};

Deno.test("small tables are published with their axes; text of corpora and long tables are not", () =>
  inFolder(async (folder) => {
    const files = [1, 2].map((seed) => join(folder, `${seed}.parquet`));
    for (const [i, file] of files.entries()) {
      await writeTable(attentionTable, file, [
        { ...row, layer: 1, onItself: 10 + i, onItsWord: 20 },
        { ...row, layer: 2, onItself: 12 + i, onItsWord: 20 },
      ]);
    }
    const [long, text] = [join(folder, "long.parquet"), join(folder, "text.parquet")];
    await writeTable(
      historyTable,
      long,
      Array.from({ length: 20_001 }, (_, step) => ({
        ...{ step, epoch: 1, loss: 1, learningRate: 1, gradientNorm: 1, asked: 1 },
        ...{ devSplit: null, devLoss: null, devAccuracy: null, isSelected: false },
      })),
    );
    await writeTable(sentencesTable, text, [
      { corpus: "sample", language: "eng", split: "test", sentence: 0, tokens: ["a"], tags: ["O"] },
    ]);
    const published = join(folder, "published");
    await Deno.mkdir(published);
    await Deno.writeTextFile(join(published, "old.parquet"), "");
    const views = {
      attention: {
        files,
        columns: attentionTable.columns,
        axes: [{ head: "plain", seed: 1 }, { head: "plain", seed: 2 }],
      },
      history: { files: [long], columns: historyTable.columns, axes: [{}] },
      sentences: { files: [text], columns: sentencesTable.columns, axes: [{}] },
    };
    assert.deepEqual(await publishStudy(published, study, views, "the lock\n"), {
      taken: ["attention"],
      left: ["history"],
    });
    const names = [...Deno.readDirSync(published)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["attention.parquet", "results.lock", "study.json"]);
    assert.deepEqual(await readStudy(published), study);
    using tables = await openStudy(published);
    const { rows } = await tables.ask("SELECT head, seed, layer, onItself FROM attention");
    assert.deepEqual(rows, [
      ["plain", 1, 1, 10],
      ["plain", 1, 2, 12],
      ["plain", 2, 1, 11],
      ["plain", 2, 2, 13],
    ]);
  }));

Deno.test("what has not run whole, or is not published, is told with what to do", () =>
  inFolder(async (folder) => {
    const file = join(folder, "toy.yaml"), store = new Store(join(folder, "store"));
    await Deno.writeTextFile(
      file,
      "name: toy\nprofiles: { cpu: {} }\nstages:\n  corpus:\n    use: download\n" +
        "    with: { corpus: sample, language: eng }\n",
    );
    await assert.rejects(publish(file, "cpu", folder, folder, store), {
      name: "UserError",
      message:
        `Cannot publish profile "cpu" of ${file}: ${join(folder, "toy.lock")} does not have ` +
        `it\n  run it whole first: deno task pipeline -f ${file} --profile cpu`,
    });
    await assert.rejects(
      publish(file, "none", folder, folder, store),
      /Cannot find profile "none"/,
    );
    await assert.rejects(
      readStudy(folder),
      /^UserError: Cannot read the published study .*\n {2}publish a run first: deno run -A scripts\/publish_study.ts/,
    );
  }));
