import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { standardEncoders } from "../encoders/catalogue.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { makePlan } from "../plan/plan.ts";
import type { Device } from "../plan/stage.ts";
import { corpusSize } from "./corpus_lengths.ts";
import { corpus, examples } from "./data_estimates.ts";
import { answeringMib, parameterCount, trainingMib, weightsMib } from "./footprint.ts";
import { those } from "./known.ts";
import { stages } from "../../stages/mod.ts";
import { published } from "./model_estimates.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const roberta = "tests/fixtures/hub_checkpoints/trainable/roberta";

/** Stages that every pipeline here can take from. */
const shared = `
  english: { use: download, with: { corpus: wikiann, language: en } }
  russian: { use: download, with: { corpus: wikiann, language: ru } }
  bytes: { use: ner.tokenize, inputs: { corpus: english } }
  cyrillic: { use: ner.tokenize, with: { maxTokens: 1024 }, inputs: { corpus: russian } }
  short: { use: ner.tokenize, with: { maxTokens: 32 }, inputs: { corpus: english } }
`;
const small = "seed: 1, epochs: 2, learningRate: 0.001";

/** What every instance is expected to take, in MiB, by its name. */
async function expectedOf(lines: string, device?: Device): Promise<Record<string, number>> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, `name: p\nstages:${shared}${lines}`);
  const { plan } = await makePlan({ file, device }, stages);
  await Deno.remove(file);
  return Object.fromEntries(
    plan.instances.flatMap(({ id, expectedMib }) =>
      expectedMib === undefined ? [] : [[id, expectedMib]]
    ),
  );
}

const rounded = (mib: number) => 32 * Math.ceil(mib / 32);

Deno.test("a published encoder's shape goes to its tokens, its training and what runs the model", async () => {
  const expected = await expectedOf(`
  xlmr: { use: encoder, with: { encoder: xlm-roberta-base } }
  tokens: { use: ner.tokenize, with: { maxTokens: 100 }, inputs: { corpus: english, tokenizer: xlmr } }
  train: { use: encoder.train, with: { ${small}, batchSize: 32, dropout: 0, keepEpochs: true }, inputs: { examples: tokens, start: xlmr } }
  further: { use: encoder.train, with: { ${small}, batchSize: 8 }, inputs: { examples: tokens, start: train } }
  watched: { use: ner.evaluate, inputs: { watched: train } }
  selected: { use: select, with: { protocols: [last], metric: f1, of: micro }, inputs: { scores: watched } }
  picked: { use: encoder.pick, with: { protocol: last }, inputs: { model: train, selected: selected } }
  predict: { use: encoder.predict, inputs: { model: picked, examples: tokens } }
  pieces: { use: mlm.tokenize, with: { maxTokens: 100 }, inputs: { corpus: english, tokenizer: xlmr } }
  language: { use: adapter.mlm, with: { ${small}, name: en, dropout: 0 }, inputs: { examples: pieces, start: xlmr } }
  stacked: { use: adapter.train, with: { ${small}, dropout: 0 }, inputs: { examples: tokens, start: language } }
  switched: { use: adapter.switch, inputs: { model: stacked, language: language } }
  tried: { use: encoder.predict, inputs: { model: switched, examples: tokens } }
`);
  const { known } = (await published({
    params: { encoder: "xlm-roberta-base" },
    inputs: {},
    device: "cpu",
  }))!;
  const [{ config: start }] = those("model", [known]);
  const config: EncoderConfig = { ...start, hidden_dropout_prob: 0 };
  const { words: { long } } = corpusSize("wikiann");
  const pieces = { long: 2 + 2 * long, longest: 100 };
  const training = {
    head: "labels",
    order: "length",
    accumulate: 1,
    trained: pieces,
    looked: pieces,
    examples: corpusSize("wikiann").train,
    isFrozen: () => false,
    keptWeights: 0,
  } as const;
  assert.deepEqual(expected, {
    train: rounded(trainingMib({ ...training, config, batchSize: 32, keptWeights: 2 })),
    further: rounded(trainingMib({ ...training, config, batchSize: 8 })),
    picked: rounded(weightsMib(config, 1)),
    predict: rounded(answeringMib({ config, pieces, examples: corpusSize("wikiann").test })),
    language: rounded(
      trainingMib({ ...training, config, head: "vocabulary", batchSize: 16, isFrozen: () => true }),
    ),
    stacked: rounded(trainingMib({ ...training, config, batchSize: 16, isFrozen: () => true })),
    switched: rounded(weightsMib(config, 2)),
    tried: rounded(answeringMib({ config, pieces, examples: corpusSize("wikiann").test })),
  });
});

/** Trainings, and whether anything is expected of them. */
const cases: [about: string, lines: string, known: boolean][] = [
  [
    "a new encoder over bytes",
    `train: { use: encoder.train, with: { ${small} }, inputs: { examples: bytes } }`,
    true,
  ],
  [
    "a new encoder with a tokenizer in the project",
    "unigram: { use: ner.tokenize, with: { tokenizer: tests/fixtures/tokenizers/unigram.json }, inputs: { corpus: english } }\n" +
    `  train: { use: encoder.train, with: { ${small} }, inputs: { examples: unigram } }`,
    true,
  ],
  [
    "a published encoder in a folder",
    `train: { use: encoder.train, with: { ${small}, encoder: ${roberta} }, inputs: { examples: short } }`,
    true,
  ],
  [
    "a model of the hub that the catalogue does not have",
    "hub: { use: encoder, with: { encoder: owner/name@main } }\n" +
    "  tokens: { use: ner.tokenize, inputs: { corpus: english, tokenizer: hub } }\n" +
    `  train: { use: encoder.train, with: { ${small} }, inputs: { examples: tokens, start: hub } }`,
    false,
  ],
  [
    "a new encoder with the tokenizer of one that is not known",
    "hub: { use: encoder, with: { encoder: owner/name@main } }\n" +
    "  tokens: { use: ner.tokenize, inputs: { corpus: english, tokenizer: hub } }\n" +
    `  train: { use: encoder.train, with: { ${small} }, inputs: { examples: tokens } }`,
    false,
  ],
  [
    "one of the hub that the catalogue has",
    "hub: { use: encoder, with: { encoder: FacebookAI/xlm-roberta-base@main } }\n" +
    "  tokens: { use: ner.tokenize, inputs: { corpus: english, tokenizer: hub } }\n" +
    `  train: { use: encoder.train, with: { ${small} }, inputs: { examples: tokens, start: hub } }`,
    true,
  ],
  [
    "a training that asks for a graphics processor",
    `train: { use: encoder.train, with: { ${small} }, inputs: { examples: bytes }, resources: { gpus: 1 } }`,
    false,
  ],
];
for (const [about, lines, known] of cases) {
  Deno.test(`${known ? "expected" : "nothing is said"} of ${about}, and of what runs the model`, async () => {
    const predict =
      "\n  predict: { use: encoder.predict, inputs: { model: train, examples: bytes } }\n";
    const expected = await expectedOf(`  ${lines}${predict}`);
    const isOfGpu = lines.includes("gpus");
    assert.deepEqual(
      Object.keys(expected),
      known ? ["train", "predict"] : isOfGpu ? ["predict"] : [],
    );
  });
}

Deno.test("nothing is said of a training on another device", async () => {
  const lines =
    `  train: { use: encoder.train, with: { ${small} }, inputs: { examples: bytes } }\n`;
  assert.deepEqual(Object.keys(await expectedOf(lines, "webgpu")), []);
});

Deno.test("what makes a training larger is expected to", async () => {
  const train = (name: string, more: string, on = "bytes") =>
    `  ${name}: { use: encoder.train, with: { ${small}, batchSize: 32${more} }, inputs: { examples: ${on} } }\n`;
  const { base, parts, layers, cyrillic, short, masked, small: few } = await expectedOf(
    train("base", "") + train("small", ", maxSteps: 3").replace("batchSize: 32", "batchSize: 4") +
      train("parts", ", accumulate: 4") + train("layers", ", layers: 8") +
      train("cyrillic", "", "cyrillic").replace("cyrillic:", "cyrillic_train:") +
      train("short", "", "short").replace("short:", "short_train:") +
      "  raw: { use: mlm.tokenize, inputs: { corpus: english } }\n" +
      `  masked: { use: mlm.train, with: { ${small}, batchSize: 32 }, inputs: { examples: raw } }\n`,
  ).then((all) => ({ ...all, cyrillic: all.cyrillic_train, short: all.short_train })) as Record<
    string,
    number
  >;
  assert.ok(few < base && base <= parts && parts < layers, `${few} ${base} ${parts} ${layers}`);
  assert.ok(short < base && base < cyrillic, `${short} ${base} ${cyrillic}`);
  assert.ok(masked >= base, `${masked} ${base}`);
});

Deno.test("examples are as long as the corpus, its script and the tokenizer make them", () => {
  const lengths = (language: string, params: object, tokenizer: unknown[] = []) => {
    const texts = corpus({
      params: { corpus: "sample", language, limit: { train: 50 } },
      inputs: {},
      device: "cpu",
    });
    const told = examples({
      params: { maxTokens: 512, ...params },
      inputs: { corpus: [(texts as { known: unknown }).known], tokenizer },
      device: "cpu",
    }) as { known: unknown };
    const [{ pieces, train, vocabulary }] = those("examples", [told.known]);
    return [pieces.long, pieces.longest, train, vocabulary];
  };
  assert.deepEqual(lengths("eng", {}), [104, 122, 50, 261]);
  assert.deepEqual(lengths("amh", {}), [155, 182, 50, 261]);
  assert.deepEqual(lengths("rus", { maxTokens: 100 }), [100, 100, 50, 261]);
  assert.deepEqual(lengths("no code", {}), [104, 122, 50, 261]);
  assert.deepEqual(lengths("eng", { recombineNames: 0.5, variants: 5 }), [104, 122, 300, 261]);
  assert.deepEqual(lengths("eng", { variants: 5 }), [104, 122, 50, 261]);
  assert.deepEqual(lengths("rus", {}, [undefined]), [36, 42, 50, undefined]);
});

/** Poolers, which some have and no training uses, are not counted. */
Deno.test("the catalogue's shapes are those of encoders with so many parameters", async () => {
  const text = await Deno.readTextFile(`${project}data/encoders.yaml`);
  for (const encoder of (await standardEncoders()).keys()) {
    const { known } = (await published({ params: { encoder }, inputs: {}, device: "cpu" }))!;
    const [{ config }] = those("model", [known]);
    const millions = Number(new RegExp(`\\n  ${encoder}:[^]*?millions: (\\d+)`).exec(text)![1]);
    const counted = parameterCount(config) / 1e6;
    assert.ok(
      Math.abs(counted - millions) < 1.5,
      `${encoder}: ${counted} million, not ${millions}`,
    );
  }
});

const config = new URL("../../../shared/mirror/huggingface.co/", import.meta.url);
const mirrored = await Deno.stat(config).then(() => true, () => false);
Deno.test({
  name: "the catalogue's shapes are those of the mirror's config.json" +
    (mirrored ? "" : " (skipped: no ../shared/mirror)"),
  ignore: !mirrored,
  async fn() {
    for (const [name, { repository, revision, shape }] of await standardEncoders()) {
      const path = new URL(`${repository}/resolve/${revision}/config.json`, config);
      const json = await Deno.readTextFile(path).catch(() => undefined);
      if (json === undefined || !shape) continue;
      const there = parseEncoderConfig(JSON.parse(json));
      assert.deepEqual(shape, {
        layers: there.num_hidden_layers,
        width: there.hidden_size,
        heads: there.num_attention_heads,
        inner: there.intermediate_size,
        vocabulary: there.vocab_size,
        positions: there.max_position_embeddings,
      }, name);
    }
  },
});
