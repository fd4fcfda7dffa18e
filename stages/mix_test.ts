import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { makePlan } from "../lib/plan/plan.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { labelsTable, mixtureTable } from "../lib/table/schemas/mixture.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { stages } from "./mod.ts";

const tiny = { seed: 1, epochs: 3, batchSize: 4, learningRate: 0.003, width: 16, heads: 2 };

async function bytesOf({ files }: InputInstance): Promise<Record<string, Uint8Array>> {
  return Object.fromEntries(
    await Promise.all(
      Object.entries(files).map(async ([name, path]) => [name, await Deno.readFile(path)]),
    ),
  );
}

Deno.test("a mixture is trained on as any tokenized corpus, epoch by epoch", async () => {
  await using shop = await Workshop.open();
  const eng = await shop.tokens("eng", {}, { train: 40, validation: 8, test: 8 });
  const swa = await shop.tokens("swa", {}, { train: 6, validation: 4, test: 4 });
  const params = { shares: { eng: 0.75, swa: 0.25 }, size: 16, epochs: 3, seed: 2 };
  const mixed = await shop.run("mix", params, { examples: [eng, swa] });
  const rows = await readTable(mixtureTable, mixed.instance.files["mixture.parquet"]);
  assert.deepEqual(
    rows.map(({ language, sentences, drawn, different, seenLeast, seenMost }) => [
      language,
      sentences,
      drawn,
      different,
      seenLeast,
      seenMost,
    ]),
    [["eng", 40, 36, 36, 0, 1], ["swa", 6, 12, 6, 2, 2]],
  );
  assert.deepEqual(mixed.lines, [
    "eng, sample: 40 sentences, 75.00 % of what is read (asked: 75.00 %); " +
    "each is read 0 to 1, on average 0.90, times in 3 epochs",
    "swa, sample: 6 sentences, 25.00 % of what is read (asked: 25.00 %); " +
    "each is read 2 times in 3 epochs",
  ]);
  const labels = await readTable(labelsTable, mixed.instance.files["labels.parquet"]);
  for (const { files } of [eng, swa]) {
    const given = await readTable(examplesTable, files["train.parquet"]);
    const own = labels.filter(({ language }) => language === given[0].language);
    assert.equal(own.length, 7);
    assert.equal(
      own.reduce((sum, { given }) => sum + given, 0),
      given.reduce((sum, { asked }) => sum + asked.length, 0),
    );
    assert.deepEqual(own.map(({ pool }) => pool), own.map(({ given }) => given)); // no k
  }
  // Equal bytes again, and whatever the order of the inputs.
  const again = await shop.run("mix", params, { examples: [swa, eng] });
  assert.deepEqual(await bytesOf(again.instance), await bytesOf(mixed.instance));

  const trained = await shop.run("encoder.train", tiny, { examples: [mixed.instance] });
  assert.equal(trained.lines[0], "16 sentences from 1 corpus");
  const history = await readTable(historyTable, trained.instance.files["history.parquet"]);
  assert.deepEqual(history.map(({ epoch }) => epoch), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  const train = await readTable(examplesTable, mixed.instance.files["train.parquet"]);
  const words = (epoch: number) =>
    train.filter(({ variant }) => variant === epoch)
      .reduce((sum, { asked }) => sum + asked.length, 0);
  for (const epoch of [1, 2, 3]) {
    const asked = history.filter((step) => step.epoch === epoch)
      .reduce((sum, step) => sum + step.asked, 0);
    assert.equal(asked, words(epoch));
  }

  // A floor learns the sentences that the training reads, each once.
  const floor = await shop.run("ner.memorize", {}, {
    train: [mixed.instance],
    examples: [mixed.instance],
  });
  assert.deepEqual(floor.lines, ["12 sentences"]);
  const predictions = await readTable(
    predictionsTable,
    floor.instance.files["predictions.parquet"],
  );
  assert.deepEqual([...new Set(predictions.map(({ language }) => language))], ["eng", "swa"]);
});

Deno.test("without params, a training on a mixture is one on its corpora", async () => {
  await using shop = await Workshop.open();
  const inputs = [await shop.tokens("eng"), await shop.tokens("swa", { recombineNames: 0.5 })];
  const mixed = await shop.run("mix", {}, { examples: inputs });
  const [ofMixture, ofCorpora] = [
    await shop.run("encoder.train", tiny, { examples: [mixed.instance] }),
    await shop.run("encoder.train", tiny, { examples: inputs }),
  ];
  assert.deepEqual(
    await Deno.readFile(ofMixture.instance.files["model.safetensors"]),
    await Deno.readFile(ofCorpora.instance.files["model.safetensors"]),
  );
});

Deno.test("texts are balanced by their right answer", async () => {
  await using shop = await Workshop.open();
  const texts = await shop.texts({}, (i) => i % 4 === 0 ? "place" : "none");
  const { lines, instance } = await shop.run("mix", { k: 9, balanced: true }, {
    examples: [texts],
  });
  assert.equal(lines[1], "eng: 5 none, 4 place");
  const train = await readTable(examplesTable, instance.files["train.parquet"]);
  assert.deepEqual(
    ["none", "place"].map((each) => train.filter(({ answers: [label] }) => label === each).length),
    [5, 4],
  );
  await assert.rejects(
    () => shop.run("mix", { k: 14, balanced: true }, { examples: [texts] }),
    {
      message: 'Cannot take 14 sentences of eng (texts), as many of each class: "place" has 6, ' +
        "and needs 7\n  make k at most 12 for this language, or balanced: false",
    },
  );
});

/** The problems of a plan, as `what is underlined: message; hint`. */
async function problemsOf(params: string, kind = "ner", limit = ""): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "pipeline.yaml");
  await Deno.writeTextFile(
    file,
    `name: mixtures
params: { shares: { eng: 0.5, swa: 0.4 }, much: 900 }
stages:
  corpus:
    use: download
    matrix: { language: [eng, swa] }
    with: { corpus: sample, language: $language${limit} }
  tokens: { use: ${kind}.tokenize, matrix: { language: [eng, swa] }, inputs: { corpus: corpus } }
  mixed: { use: mix, with: { ${params} }, inputs: { examples: tokens } }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, learningRate: 0.01 }
    inputs: { examples: mixed }
`,
  );
  try {
    await makePlan({ file }, stages);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message, range, hint }) => {
      const { lineText, column, length } = range!;
      return `${lineText.slice(column - 1, column - 1 + length)}: ${message}; ${hint}`;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const limited = ", limit: { train: 300 }";
for (
  const [params, problems, kind, limit] of [
    ["", []],
    ["k: 600", []],
    ["k: 300", [], "ner", limited],
    ["shares: { eng: 0.8, swa: 0.2 }, size: 100, epochs: 4", []],
    ["alpha: 0.3, cap: 500", []],
    ["temperature: 3.3", []],
    ["shares: { eng: 0.1, swa: 0.9 }", []],
    ["shares: { eng: 1, swa: 0 }", []],
    ["shares: { eng: 0.8, swa: 0.3 }", [
      '{ eng: 0.8, swa: 0.3 }: Cannot use this as "stages.mixed.with.shares"; ' +
      "expected shares that sum to 1: these sum to 1.1",
    ]],
    ["shares: $shares", [
      '$shares: Cannot use this as "stages.mixed.with.shares"; ' +
      'expected shares that sum to 1: these sum to 0.9; $shares is {"eng":0.5,"swa":0.4}',
    ]],
    ["shares: { eng: 0.8, sw: 0.2 }", [
      '{ eng: 0.8, sw: 0.2 }: Cannot mix "swa" without a share; ' +
      "name every language of the inputs in shares; 0 leaves one out",
      '0.2: Cannot give "sw" a share: no input has that language; did you mean "swa"?',
    ]],
    ["shares: { eng: 1 }", [
      '{ eng: 1 }: Cannot mix "swa" without a share; ' +
      "name every language of the inputs in shares; 0 leaves one out",
    ]],
    ["shares: { eng: 1.2, swa: -0.2 }", [
      '1.2: Cannot use this as "stages.mixed.with.shares.eng"; expected at most 1',
      '-0.2: Cannot use this as "stages.mixed.with.shares.swa"; expected at least 0',
    ]],
    ["temperature: 0.3", [
      '0.3: Cannot use this as "stages.mixed.with.temperature"; expected at least 1: ' +
      "what papers call a temperature of 0.3 is alpha: 0.3, or temperature: 3.33",
    ]],
    ["alpha: 5", [
      '5: Cannot use this as "stages.mixed.with.alpha"; ' +
      "expected at most 1: temperature: 5 is alpha: 0.2",
    ]],
    ["alpha: 0.5, temperature: 2", [
      '2: Cannot use this as "stages.mixed.with.temperature"; ' +
      "expected alpha or temperature: each says the other",
    ]],
    ["shares: { eng: 0.5, swa: 0.5 }, alpha: 0.3, cap: 9", [
      '0.3: Cannot use this as "stages.mixed.with.alpha"; ' +
      "expected none beside shares, which say what each language gets",
      '9: Cannot use this as "stages.mixed.with.cap"; ' +
      "expected none beside shares, which say what each language gets",
    ]],
    ["k: { eng: 300, swa: 20, deu: 5 }", [], "ner", limited],
    ["k: 600, factor: 0.5", [], "ner", limited],
    ["k: 0", ['0: Cannot use this as "stages.mixed.with.k"; expected more than 0']],
    ["k: [5]", [
      '[5]: Cannot use this as "stages.mixed.with.k"; ' +
      "expected a number above 0, or one for each language by its code",
    ]],
    ["factor: 0.5", [
      '0.5: Cannot use this as "stages.mixed.with.factor"; ' +
      "expected k beside it, which it is part of",
    ]],
    [
      "k: { eng: 302 }",
      [
        "{ eng: 302 }: Cannot take 302 sentences of eng (sample): its limit leaves 300; " +
        "make k smaller, or raise the limit",
        "{ eng: 302 }: Cannot tell how many sentences of swa to take: k does not name it; " +
        "write a number for swa into k, or one number for every language",
      ],
      "ner",
      limited,
    ],
    [
      "k: $much",
      [
        "$much: Cannot take 900 sentences of eng (sample): its limit leaves 300; " +
        "make k smaller, or raise the limit",
        "$much: Cannot take 900 sentences of swa (sample): its limit leaves 300; " +
        "make k smaller, or raise the limit",
      ],
      "ner",
      limited,
    ],
    [
      "k: 5",
      [
        "tokens: Cannot mix eng (sample): its limit leaves no training sentences; " +
        "leave it out with where, or raise the limit",
        "tokens: Cannot mix swa (sample): its limit leaves no training sentences; " +
        "leave it out with where, or raise the limit",
      ],
      "ner",
      ", limit: { train: 0 }",
    ],
    ["k: 5, balanced: true", [
      "true: Cannot take as many sentences of each class: what is asked of these are words; " +
      "balanced is for tasks that ask for the class of a text",
    ]],
    ["k: 5, balanced: true", [
      "true: Cannot take as many sentences of each class: what is asked of these are nothing; " +
      "balanced is for tasks that ask for the class of a text",
    ], "mlm"],
    ["seed: 4294967296", [
      '4294967296: Cannot use this as "stages.mixed.with.seed"; ' +
      "expected a seed from 0 to 4294967295",
    ]],
  ] as [string, string[], string?, string?][]
) {
  const outcome = problems.length === 0 ? "planned" : "refused at its place";
  Deno.test(`mix with { ${params} } of ${kind ?? "ner"}${limit ?? ""} is ${outcome}`, async () => {
    assert.deepEqual(await problemsOf(params, kind, limit), problems);
  });
}

Deno.test("corpora are known through all that hands them on, and through nothing else", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "pipeline.yaml");
  const planned = async (shares: string) => {
    await Deno.writeTextFile(
      file,
      `name: chains
stages:
  eng: { use: download, with: { corpus: sample, language: eng } }
  swa: { use: download, with: { corpus: sample, language: swa } }
  english: { use: ner.tokenize, inputs: { corpus: eng } }
  first:
    use: encoder.train
    with: { seed: 1, epochs: 1, learningRate: 0.01 }
    inputs: { examples: english }
  # Its tokenizer is that of a model of English.
  swahili: { use: ner.tokenize, inputs: { corpus: swa, tokenizer: first } }
  few: { use: mix, with: { k: 10 }, inputs: { examples: swahili } }
  mixed: { use: mix, with: { shares: ${shares} }, inputs: { examples: [few] } }
`,
    );
    return await makePlan({ file }, stages);
  };
  try {
    assert.equal((await planned("{ swa: 1 }")).plan.instances.length, 7);
    await assert.rejects(() => planned("{ eng: 0.5, swa: 0.5 }"), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(
        error.problems.map(({ message }) => message),
        ['Cannot give "eng" a share: no input has that language'],
      );
      return true;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
