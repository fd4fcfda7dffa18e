import { strict as assert } from "node:assert";
import { join } from "node:path";
import { hubModel, mirror, recorded } from "../lib/tagging/testdata/hub_models.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { classifiedTextsTable } from "../lib/table/schemas/classified_texts.ts";
import { predict } from "./testdata/predict.ts";

const inference = "crosstie/tiny-inference@v1", entities = "crosstie/tiny-entities@v1";
const { labels, texts, ofPairs } = recorded;

/** The likeliest label of each text by the reference. */
const likeliest = ofPairs.map((rows) => {
  const entailed = rows.map((row) => row[recorded.classes.indexOf("ENTAILMENT")]);
  return labels[entailed.indexOf(Math.max(...entailed))];
});

Deno.test("predict fetches a model of the hub, with its head", async (t) => {
  const folder = await Deno.makeTempDir();
  const env = { CROSSTIE_CACHE: folder, CROSSTIE_MIRROR: mirror, HF_HOME: join(folder, "none") };
  const run = (args: readonly string[], input: string) => predict(args, input, env);
  const given = ["--labels", labels.join(","), "--language", "deu"];
  const lines = texts.join("\n\n");
  try {
    await t.step("words have the tags of transformers", async () => {
      const input = recorded.sentences.map((words) => JSON.stringify({ words })).join("\n");
      const { code, out, err } = await run(
        [entities, "-", "--from", "jsonl", "--to", "json", "--decoding", "argmax"],
        input,
      );
      assert.equal(code, 0, err);
      const tags = out.trimEnd().split("\n").map((line) =>
        JSON.parse(line).words.map(({ tag }: { tag: string }) => tag)
      );
      assert.deepEqual(
        tags,
        recorded.ofWords.map((sentence) =>
          sentence.map((row) => recorded.tags[row.indexOf(Math.max(...row))])
        ),
      );
      assert.match(
        err,
        /model\.safetensors of crosstie\/tiny-entities@v1: 0\.134 MB from the mirror/,
      );
      assert.match(
        err,
        /; crosstie\/tiny-entities@v1 \(5 tags, windows of 40 pieces\), ICU [\d.]+\n$/,
      );
    });

    await t.step("what was fetched is not fetched again, and nothing else is left", async () => {
      const { err } = await run([entities, "-"], "Anna left.");
      assert.match(err, /^1 sentence, 3 words in /);
      assert.deepEqual([...Deno.readDirSync(join(folder, "downloads"))].map(({ name }) => name), [
        "huggingface.co",
      ]);
    });

    await t.step("texts are classified by labels that the model has never seen", async () => {
      const { code, out, err } = await run([inference, "-", ...given], lines);
      assert.equal(code, 0, err);
      assert.equal(out, texts.map((text, i) => `[${likeliest[i]}] ${text}\n`).join(""));
      assert.match(err, /\n4 texts, 1 of them cut at the end in .* s; \S+ \(3 classes, 40 pieces/);
    });

    await t.step("rows of a table keep their ids, in JSON and in Parquet", async () => {
      const table = join(folder, "texts.csv"), output = join(folder, "classes.parquet");
      await Deno.writeTextFile(
        table,
        `id,review\n${texts.map((text, i) => `r${i},"${text}"\n`).join("")}`,
      );
      const asked = [inference, table, "--column", "review", ...given];
      const { out } = await run([...asked, "--to", "json"], "");
      const rows = out.trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(
        rows.map(({ id, label }) => [id, label]),
        likeliest.map((label, i) => [
          `r${i}`,
          label,
        ]),
      );
      assert.equal(rows[0].classes.length, 3);
      assert.equal((await run([...asked, "--output", output], "")).code, 0);
      const written = await readTable(classifiedTextsTable, output);
      assert.deepEqual(
        written.map(({ id, rank }) => [id, rank]),
        rows.flatMap(({ id }) => [
          [id, 0],
          [id, 1],
          [id, 2],
        ]),
      );
      assert.deepEqual(
        written.filter(({ rank }) => rank === 0).map(({ label }) => label),
        likeliest,
      );
    });

    await t.step("a template takes the place of a language's", async () => {
      const own = ["--labels", labels.join(","), "--template", recorded.template];
      const { out } = await run([inference, "-", ...own], lines);
      assert.equal(out, texts.map((text, i) => `[${likeliest[i]}] ${text}\n`).join(""));
    });

    for (
      const [what, args, message] of [
        [
          "labels given twice",
          [inference, "--labels", "a,b, a"],
          /^Cannot use the label "a" twice/,
        ],
        [
          "a template without a place",
          [inference, "--labels", "a,b", "--template", "x"],
          /^Cannot use the template "x": it has no place \{\} for a label/,
        ],
        ["a template without labels", [inference, "--template", "{}"], /^Cannot use --template w/],
        [
          "a language without a template",
          [inference, "--labels", "a,b", "--language", "hau"],
          /^Cannot find a hypothesis for the language "hau"/,
        ],
        ["inference without labels", [inference], /Cannot classify texts with crosstie\/tiny-inf/],
        [
          "classes as CoNLL",
          [inference, ...given, "--to", "conll"],
          /Cannot write the classes of texts as CoNLL/,
        ],
        [
          "a path without a folder",
          ["a/b/c"],
          /^Cannot find the model "a\/b\/c": there is no such/,
        ],
      ] as const
    ) {
      await t.step(`${what}: refused`, async () => {
        const { code, out, err } = await run([...args], "x");
        assert.deepEqual([code, out], [2, ""]);
        assert.match(err, new RegExp(message.source, "m"));
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a router is a model, whose own are named from where it lies", async (t) => {
  const folder = await Deno.makeTempDir();
  const router = join(folder, "router.yaml");
  const env = { CROSSTIE_CACHE: join(folder, "cache"), CROSSTIE_MIRROR: mirror };
  const { weights } = hubModel("tiny-entities");
  await Deno.symlink(weights, join(folder, "german"));
  const routes = `models: { deu: ./german }\nfallback: ${entities}\n`;
  await Deno.writeTextFile(router, routes);
  const modelsOf = (out: string) => out.trimEnd().split("\n").map((line) => JSON.parse(line).model);
  try {
    await t.step("by a field, by a column, and for all", async () => {
      const rows = [{ text: "Anna lebt.", language: "de" }, { text: "Anna vit." }];
      const asked = [router, "-", "--to", "json"];
      const lines = rows.map((row) => JSON.stringify(row)).join("\n");
      const { code, out, err } = await predict([...asked, "--from", "jsonl"], lines, env);
      assert.equal(code, 0, err);
      assert.deepEqual(modelsOf(out), ["./german", entities]);
      assert.match(
        err,
        /router\.yaml \(\.\/german 1 sentence, crosstie\/tiny-entities@v1 1 sentence\)/,
      );
      const table = "lang,text\nger,Anna lebt.\nfra,Anna vit.\n".replace("ger", "german");
      const byColumn = [...asked, "--from", "csv", "--language-column", "lang"];
      assert.deepEqual(modelsOf((await predict(byColumn, table, env)).out), ["./german", entities]);
      const all = await predict([...asked, "--language", "deu"], "Anna lebt. Bob auch.", env);
      assert.deepEqual(modelsOf(all.out), ["./german", "./german"]);
    });

    await t.step("a language that it does not know is an error without a fallback", async () => {
      await Deno.writeTextFile(router, routes.replace(/fallback.*/, ""));
      const { code, out, err } = await predict(
        [router, "-", "--language", "fra"],
        "Anna vit.",
        env,
      );
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /none for the language "fra", and no fallback: "Anna vit\."/);
    });

    await t.step("labels are for one model", async () => {
      const { code, err } = await predict([router, "-", "--labels", "a,b"], "x", env);
      assert.equal(code, 2);
      assert.match(err, /^Cannot classify by labels with the router/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
