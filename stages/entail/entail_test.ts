import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { readExampleFormat } from "../../lib/models/example_format.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { scoresTable } from "../../lib/table/schemas/scores.ts";
import { type TextRow, textsTable } from "../../lib/table/schemas/texts.ts";

const wordPiece = "tests/fixtures/tokenizers/word_piece.json";
const project = fileURLToPath(new URL("../..", import.meta.url));
const base = { seed: 1, batchSize: 8, learningRate: 0.01, layers: 1, width: 32, heads: 2 };

type Pair = readonly [text: string, second: string | null, label: string];

/** Pairs whose class the second text alone tells. */
const numbers: readonly Pair[] = Array.from({ length: 24 }, (_, i) => {
  const [label, second] = i % 4 < 2
    ? ["entailment", "it was one"]
    : ["contradiction", "nobody came"];
  return [`we saw ${["one", "two", "three"][i % 3]}`, second, label];
});

/** A corpus with the same pairs in every split. */
async function corpusOf(shop: Workshop, pairs: readonly Pair[]): Promise<InputInstance> {
  const files: Record<string, string> = {};
  for (const split of ["train", "validation", "test"]) {
    const path = files[`${split}.parquet`] = join(shop.folder, `${crypto.randomUUID()}.parquet`);
    const rows = pairs.map(([text, second, label], sentence): TextRow => ({
      corpus: "pairs",
      language: "eng",
      split,
      sentence,
      text,
      second,
      label,
    }));
    await writeTable(textsTable, path, rows);
  }
  return { instance: "pairs", axes: {}, files };
}

const classes = ["entailment", "contradiction"];

Deno.test("pairs are classified, and what the second text alone tells is learnt", async () => {
  for (const tokenizer of ["bytes", wordPiece]) {
    await using shop = await Workshop.open();
    const corpus = [await corpusOf(shop, numbers)];
    const params = { tokenizer, maxTokens: 64, classes };
    const { instance: examples } = await shop.run("entail.tokenize", params, { corpus });
    const tokenTypes = tokenizer === wordPiece;
    const format = await readExampleFormat(examples.files["encoding.json"]);
    assert.deepEqual([format.asks, format.labels, format.tokenTypes], [
      "sentences",
      classes,
      tokenTypes,
    ]);
    const rows = await readTable(examplesTable, examples.files["test.parquet"]);
    for (const { inputIds, typeIds, asked, units } of rows) {
      assert.deepEqual([asked, units.length], [[0], 1]);
      assert.equal(typeIds.length, tokenTypes ? inputIds.length : 0);
      if (!tokenTypes) continue;
      const [, separator] = inputIds.flatMap((id, i) => id === 3 || i === 0 ? [i] : []);
      assert.deepEqual(typeIds, inputIds.map((_, i) => i <= separator ? 0 : 1));
    }
    assert.equal(rows[1].units[0], "we saw two\nit was one");
    const model = await shop.run("encoder.train", { ...base, epochs: 40 }, {
      examples: [examples],
    });
    const config = JSON.parse(await Deno.readTextFile(model.instance.files["config.json"]));
    assert.deepEqual(
      [config.architectures, config.type_vocab_size, config.crosstie.tokenTypes],
      [["XLMRobertaForSequenceClassification"], tokenTypes ? 2 : 1, tokenTypes],
    );
    const published = JSON.parse(
      await Deno.readTextFile(model.instance.files["tokenizer_config.json"]),
    );
    assert.deepEqual(
      published.model_input_names,
      tokenTypes ? ["input_ids", "token_type_ids", "attention_mask"] : undefined,
    );
    // With the model's own tokenizer, pairs are what it was trained on.
    const again = await shop.run("entail.tokenize", { maxTokens: 64, classes }, {
      corpus,
      tokenizer: [model.instance],
    });
    assert.deepEqual(
      await readTable(examplesTable, again.instance.files["test.parquet"]),
      rows,
    );
    const predicted = await shop.run("encoder.predict", {}, {
      model: [model.instance],
      examples: [again.instance],
    });
    const answers = await readTable(
      predictionsTable,
      predicted.instance.files["predictions.parquet"],
    );
    assert.deepEqual(answers.map(({ gold }) => gold), numbers.map(([, , label]) => label));
    const { instance, lines } = await shop.run("entail.evaluate", {}, {
      predictions: [predicted.instance],
    });
    const scores = await readTable(scoresTable, instance.files["scores.parquet"]);
    const accuracy = scores.find(({ metric }) => metric === "accuracy")!;
    const right = answers.filter(({ gold, predicted }) => gold === predicted).length;
    assert.deepEqual([accuracy.of, accuracy.support], ["micro", 24]);
    assert.ok(Math.abs(accuracy.value - 100 * right / 24) < 1e-9);
    assert.ok(accuracy.value > 90, `${tokenizer}: ${accuracy.value} %`);
    assert.match(lines[0], /^pairs eng test: micro accuracy [\d.]+ on 24 sentences$/);
  }
});

Deno.test("the encoder's config decides about token types, beside a tokenizer and as an input", async () => {
  await using shop = await Workshop.open();
  const corpus = [await corpusOf(shop, numbers)];
  const json = await Deno.readTextFile(join(project, wordPiece));
  for (
    const [model, tokenizerConfig, expected] of [
      [{ model_type: "bert", type_vocab_size: 2 }, { do_lower_case: false }, true],
      [{ model_type: "distilbert" }, { do_lower_case: false }, false],
      [
        { model_type: "bert", type_vocab_size: 2 },
        { tokenizer_class: "XLMRobertaTokenizer" },
        false,
      ],
      [{ model_type: "roberta", type_vocab_size: 1 }, {}, false],
      [{ model_type: "bert" }, {}, true],
    ] as const
  ) {
    const folder = join(shop.folder, crypto.randomUUID());
    await Deno.mkdir(folder);
    const contents = {
      "tokenizer.json": json,
      "tokenizer_config.json": JSON.stringify(tokenizerConfig),
      "config.json": JSON.stringify(model),
    };
    const files: Record<string, string> = {};
    for (const [name, content] of Object.entries(contents)) {
      await Deno.writeTextFile(files[name] = join(folder, name), content);
    }
    const given = { instance: "encoder", axes: {}, files };
    const told = [
      await shop.run("entail.tokenize", { classes }, { corpus, tokenizer: [given] }),
      await shop.run("entail.tokenize", { classes, tokenizer: folder }, { corpus }),
      await shop.run("entail.tokenize", { classes, tokenizer: files["tokenizer.json"] }, {
        corpus,
      }),
    ];
    for (const { instance } of told) {
      const { tokenTypes } = await readExampleFormat(instance.files["encoding.json"]);
      const [{ typeIds }] = await readTable(examplesTable, instance.files["train.parquet"]);
      // An empty tokenizer_config.json that lies beside says as much as none where it is an input.
      assert.deepEqual([tokenTypes, typeIds.length > 0], [expected, expected]);
    }
  }
});

Deno.test("words that are cut off are told of each text", async () => {
  await using shop = await Workshop.open();
  const corpus = [
    await corpusOf(shop, [
      ["one two three four five six", "a b", "entailment"],
      ["one two", "three four five six seven eight nine", "contradiction"],
    ]),
  ];
  const { instance, lines } = await shop.run("entail.tokenize", {
    classes,
    maxTokens: 16,
  }, { corpus });
  const rows = await readTable(examplesTable, instance.files["train.parquet"]);
  // <s> A </s></s> B </s> leaves room for twelve bytes: nine and three, and six and six.
  assert.deepEqual(rows.map(({ inputIds }) => inputIds.length), [16, 16]);
  assert.deepEqual(rows.map(({ lostWords }) => lostWords), [4, 7]);
  assert.equal(
    lines[0],
    "train: 2 sentences, 5 words of first texts and 6 of second ones beyond 16 pieces are cut off",
  );
});

const pair: Pair = ["a", "b", "entailment"];
for (
  const [name, pairs, message] of [
    [
      "a pair without its second text",
      [pair, ["a", null, "entailment"]],
      /^Cannot ask about a pair: sentence 1 in the train split of pairs, eng has no second text\n {2}tokenize single texts with `use: classify.tokenize`/,
    ],
    [
      "a pair whose second text is empty",
      [["a", " \n", "entailment"]],
      /^Cannot ask about a pair: sentence 0 in the train split of pairs, eng has a second text without words\n {2}mend/,
    ],
    [
      "a pair whose first text is empty",
      [["", "b", "entailment"]],
      /sentence 0 in the train split of pairs, eng has a first text without words/,
    ],
    [
      "a class that is none",
      [["a", "b", "neutral"]],
      /^Cannot use the answer "neutral" of sentence 0 in the train split of pairs, eng: it is none of entailment, contradiction/,
    ],
  ] as const
) {
  Deno.test(`refused in its place: ${name}`, async () => {
    await using shop = await Workshop.open();
    const corpus = [await corpusOf(shop, pairs)];
    await assert.rejects(shop.run("entail.tokenize", { classes }, { corpus }), {
      name: "UserError",
      message,
    });
  });
}

Deno.test("a classifier of single texts refuses pairs, whose second text it would lose", async () => {
  await using shop = await Workshop.open();
  const corpus = [await corpusOf(shop, [["a", null, "entailment"], pair])];
  await assert.rejects(shop.run("classify.tokenize", { classes }, { corpus }), {
    name: "UserError",
    message:
      "Cannot ask for the class of one text: sentence 1 in the train split of pairs, eng has a second text\n" +
      "  tokenize pairs with `use: entail.tokenize`",
  });
});

Deno.test("token types are refused where an encoder or a model has none", async () => {
  await using shop = await Workshop.open();
  const corpus = [await corpusOf(shop, numbers)];
  const tokens = async (tokenizer: string) =>
    (await shop.run("entail.tokenize", { classes, tokenizer, maxTokens: 32 }, { corpus })).instance;
  const typed = await tokens(wordPiece);
  const texts = numbers.map(([text, , label]): Pair => [text, null, label]);
  const single = await shop.run("classify.tokenize", {
    classes,
    tokenizer: wordPiece,
    maxTokens: 32,
  }, { corpus: [await corpusOf(shop, texts)] });
  const once = { ...base, epochs: 1 };
  const model = await shop.run("encoder.train", once, { examples: [single.instance] });
  await assert.rejects(
    shop.run("encoder.predict", {}, { model: [model.instance], examples: [typed] }),
    /Cannot read entail.tokenize with encoder.train, as their token types differ: token types and none/,
  );
  const { layers: _, width: __, heads: ___, ...start } = once;
  await assert.rejects(
    shop.run("encoder.train", start, { examples: [typed], start: [model.instance] }),
    /Cannot read pairs with token types, as the encoder has 1 of them: got two types and xlm-roberta/,
  );
  // With that model's own tokenizer the pairs have none, and it is a start.
  const { instance: plain } = await shop.run("entail.tokenize", { classes, maxTokens: 32 }, {
    corpus,
    tokenizer: [model.instance],
  });
  assert.equal((await readExampleFormat(plain.files["encoding.json"])).tokenTypes, false);
  await shop.run("encoder.train", start, { examples: [plain], start: [model.instance] });
});
