import { strict as assert } from "node:assert";
import { join } from "node:path";
import { parseYamlValue } from "../lib/core/yaml.ts";
import { modelCard, type ModelFacts } from "../lib/export/model_card.ts";
import { hostile } from "../lib/report/testdata/study.ts";
import { Database } from "../lib/table/duckdb.ts";
import { workbench } from "./testdata/workbench.ts";

interface Entity {
  readonly "@id": string;
  readonly "@type": string;
  readonly [name: string]: unknown;
}

Deno.test("export: a folder that tells of all its files, and that another machine verifies", async (t) => {
  await using bench = await workbench();
  const to = join(bench.folder, "out");
  const refused = async (message: RegExp) => {
    const { code, stderr } = await bench.spawn("export", "--to", to).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), message);
  };
  await refused(/there are none yet/);
  assert.equal((await bench.crosstie("run")).code, 0);
  const { code, out } = await bench.crosstie("export", "--to", to, "--store", "--texts");
  assert.equal(code, 0);
  assert.match(out, /README\.md: \d+ files, [\d.]+ \wB\n$/);

  await t.step(
    "the metadata names every file with its digest, and every name leads to one",
    async () => {
      const { "@graph": graph } = JSON.parse(
        await Deno.readTextFile(join(to, "ro-crate-metadata.json")),
      ) as { "@graph": Entity[] };
      const ids = new Set(graph.map((each) => each["@id"]));
      assert.equal(ids.size, graph.length);
      const { files } = JSON.parse(await Deno.readTextFile(join(to, "export.json"))) as {
        files: Record<string, string>;
      };
      const told = Object.fromEntries(
        graph.filter((each) => each["@type"] === "File").map((each) => [each.name, each.sha256]),
      );
      const { "ro-crate-metadata.json": _, ...others } = files;
      assert.deepEqual(told, others);
      const root = graph.find((each) => each["@id"] === "./")!;
      assert.match(String(root.datePublished), /^\d{4}-\d\d-\d\dT/);
      for (const { "@id": id } of root.hasPart as Entity[]) assert.ok(ids.has(id), id);
      assert.ok(graph.some((each) => each.identifier === "sample" && each.license));
    },
  );

  await t.step("tables are one file each, with axes as columns", async () => {
    using database = await Database.open();
    const file = join(to, "tables/sentences.parquet").replaceAll("'", "''");
    const { rows } = await database.query(
      `SELECT language, count(*) > 0 FROM '${file}' GROUP BY ALL ORDER BY ALL`,
    );
    assert.deepEqual(rows, [["deu", true], ["eng", true]]);
  });

  await t.step("an empty store beside the exported one proves the lock", async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "main.ts",
        "verify",
        "--lock",
        "-f",
        join(to, "pipeline.yaml"),
      ],
      cwd: new URL("..", import.meta.url),
      env: {
        NO_COLOR: "1",
        CROSSTIE_CACHE: join(bench.folder, "empty"),
        CROSSTIE_SHARED_CACHE: join(to, "store"),
      },
    }).output();
    assert.equal(
      new TextDecoder().decode(stdout),
      "4 instances: the bytes are those of the lock\n",
    );
    assert.equal(code, 0);
  });

  await t.step("it is replaced, but not when a person's file is in it", async () => {
    assert.equal((await bench.crosstie("export", "--to", to)).code, 0);
    const readme = await Deno.readTextFile(join(to, "README.md"));
    assert.match(readme, /Left out as they hold texts of corpora: examples, sentences\./);
    await Deno.writeTextFile(join(to, "notes.txt"), "mine");
    await refused(/notes\.txt in it is of no export/);
    assert.equal(await Deno.readTextFile(join(to, "README.md")), readme);
  });
});

const score = { corpus: "sample", language: "swa", split: "test", metric: "f1", support: 10 };
const model: ModelFacts = {
  instance: "train[source=eng]",
  pipeline: hostile.script,
  profile: "a\n---\nb",
  kind: "encoder.train",
  architecture: "XLMRobertaForTokenClassification",
  base: { name: "xlm-roberta-base", repository: "FacebookAI/xlm-roberta-base" },
  trainedOn: [{ corpus: "sample", language: "eng" }],
  corpora: [{ name: "sample", title: hostile.image, licence: "MIT | other" }],
  params: [["encoder", hostile.escape]],
  scores: [
    { ...score, of: "micro", value: 81.25 },
    { ...score, of: "PER", value: 70 },
    { ...score, language: "amh", of: "micro", value: NaN },
  ],
};

Deno.test("a model's card has front matter of the hub, with averages as model-index", () => {
  const [, front, text] = modelCard(model).split(/^---$/m);
  const value = parseYamlValue(front, "README.md") as Record<string, unknown>;
  assert.deepEqual(value.language, ["eng"]);
  assert.equal(value.pipeline_tag, "token-classification");
  assert.equal(value.base_model, "FacebookAI/xlm-roberta-base");
  assert.deepEqual(value["model-index"], [{
    name: "train[source=eng]",
    results: [{
      task: { type: "token-classification", name: "Token classification" },
      dataset: { name: "sample, swa", type: "sample", config: "swa", split: "test" },
      metrics: [{ type: "f1", name: "micro f1", value: 81.25 }],
    }],
  }]);
  assert.match(text, /\| sample \| swa \| test \| PER f1 \| 70 \| 10 \|/);
  assert.match(text, /\| micro f1 \| – \| 10 \|/);
});

Deno.test("names of strangers are texts in a card: no tag, no cell, no end of the front matter", () => {
  const card = modelCard(model);
  assert.equal(card.match(/^---$/gm)!.length, 2);
  assert.doesNotMatch(card, /(?<!\\)<|(?<!\\)\| other/);
  assert.ok(!card.includes("\x1b"));
});

Deno.test("a model that transformers does not know says so, and has no base", () => {
  const card = modelCard({ ...model, architecture: undefined, base: undefined, scores: [] });
  assert.doesNotMatch(card, /library_name|pipeline_tag|base_model|model-index|from_pretrained/);
  assert.match(card, /none of transformers'/);
});
