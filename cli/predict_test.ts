import { strict as assert } from "node:assert";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { modelFiles } from "../lib/experiment/model_files.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { predict } from "./testdata/predict.ts";

Deno.test("predict tags text with a model's folder", async (t) => {
  await using shop = await Workshop.open();
  const { instance } = await shop.run("encoder.train", {
    seed: 1,
    epochs: 1,
    batchSize: 8,
    learningRate: 0.01,
    layers: 1,
    width: 16,
    heads: 2,
  }, { examples: [await shop.tokens("eng")] });
  const model = join(shop.folder, "model");
  await Deno.mkdir(model);
  for (const name of Object.keys(modelFiles)) {
    await copyFile(instance.files[name], join(model, name));
  }

  await t.step("every word has a tag, at its place", async () => {
    const text = "Dr. Anna left \u{1F600} Bonn.\r\nShe ran.\n";
    const { code, out, err } = await predict([model, "-", "--to", "json"], text);
    assert.equal(code, 0);
    const sentences = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    const words = sentences.flatMap(({ words }) => words) as {
      text: string;
      start: number;
      end: number;
      tag: string;
    }[];
    assert.equal(
      words.map(({ text }) => text).join(" "),
      "Dr. Anna left \u{1F600} Bonn . She ran .",
    );
    for (const { text: word, start, end, tag } of words) {
      assert.equal([...text].slice(start, end).join(""), word);
      assert.match(tag, /^(O|[BI]-[A-Z]+)$/);
    }
    assert.match(
      err,
      /^2 sentences, 9 words in .* \(7 tags, windows of 64 pieces\), ICU [\d.]+\n$/,
    );
    assert.equal(sentences[0].icu, /ICU ([\d.]+)/.exec(err)![1]);
  });

  await t.step("CoNLL that is tagged again has the same tags", async () => {
    const first = await predict([model, "--to", "conll"], "Anna left Bonn. She ran.");
    const again = await predict([model, "--from", "conll", "--to", "conll"], first.out);
    assert.equal(again.out, first.out.replace(/^\S+ (\S+)$/gm, "$& $1"));
  });

  await t.step("a file is there when it is whole, and not before", async () => {
    const output = join(shop.folder, "out.jsonl");
    const { code } = await predict([model, "-", "-o", output], "Anna left.");
    assert.equal(code, 0);
    assert.equal(JSON.parse(await Deno.readTextFile(output)).text, "Anna left.");
    await Deno.remove(output);
    const wrong = await predict([model, "--from", "jsonl", "-o", output], '{"text":"a"}\n{');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /^standard input:2:2: Cannot read the line as JSON/);
    assert.deepEqual(
      [...Deno.readDirSync(shop.folder)].filter(({ name }) => name.startsWith("out")),
      [],
    );
  });

  for (
    const [what, args, message] of [
      ["a folder of something else", [shop.folder], /it has no config\.json, no tokenizer\.json/],
      [
        "an input that is not there",
        [model, "nowhere.txt"],
        /^Cannot find the input "nowhere.txt"/,
      ],
      ["Parquet to nowhere", [model, "--to", "parquet"], /^Cannot write Parquet/],
      ["no language", [model, "--language", "?"], /^Cannot use the language "\?"/],
    ] as const
  ) {
    await t.step(`${what} is refused`, async () => {
      const { code, out, err } = await predict(args, "");
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
