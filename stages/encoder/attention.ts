/**
 * An encoder, as published or trained, and tokenized corpora → how much of its attention a piece
 * puts on itself, layer by layer.
 *
 * @module
 */
import { z } from "zod";
import { AttentionMeter } from "../../lib/analysis/attention_to_self.ts";
import { UserError } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import { formatOf } from "../../lib/experiment/examples.ts";
import { type EncoderConfig, parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { checkLength } from "../../lib/models/encoder/families.ts";
import { encoderParameters } from "../../lib/models/encoder/parameters.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";
import { count } from "../../lib/plan/bounds.ts";
import { defineStage, type InputInstance, table } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { type AttentionRow, attentionTable } from "../../lib/table/schemas/attention.ts";
import { type ExampleRow, examplesTable } from "../../lib/table/schemas/examples.ts";
import { publishedTokenizer } from "../../lib/tokenizers/published_tokenizer.ts";
import { checkVocabulary, tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readJson } from "../../lib/weights/published_files.ts";
import { readWeights } from "../../lib/weights/published_weights.ts";

const params = z.strictObject({
  sentences: count.default(0).describe("test sentences of each corpus, the first ones; 0 for all"),
});

/** The sentences of one input. */
interface Corpus {
  readonly name: string;
  readonly rows: readonly ExampleRow[];
}

/** Looks at the test splits. The encoder is read once for all corpora. */
export const attention = defineStage({
  kind: "encoder.attention",
  about: forPeople("measures how much of its attention a piece puts on itself, layer by layer"),
  params,
  inputs: {
    model: {
      about: "a published encoder, or a train stage's model",
      takes: "one",
      files: ["model.safetensors", "config.json", "tokenizer.json"],
    },
    examples: {
      about: "tokenized corpora whose test splits are read",
      takes: "many",
      files: ["test.parquet", "encoding.json"],
    },
  },
  outputs: { "attention.parquet": table(attentionTable) },
  numeric: true,
  async run({ params: { sentences }, inputs, output, resources, progress, log }) {
    const [{ instance, files }] = inputs.model;
    const published = await readJson(files["config.json"]);
    const config = parseEncoderConfig(published, `the config.json of ${instance}`);
    const format = await formatOf(inputs.examples);
    await checkTokenizer(inputs.model[0], config, format);
    const corpora = await Promise.all(inputs.examples.map(async (input): Promise<Corpus> => {
      const rows = await readTable(examplesTable, input.files["test.parquet"]);
      return { name: input.instance, rows: sentences === 0 ? rows : rows.slice(0, sentences) };
    }));
    checkCorpora(corpora, config);
    const { weights } = await readWeights(
      files["model.safetensors"],
      config,
      encoderParameters(config),
    );
    await using held = new AsyncDisposableStack();
    const meter = await AttentionMeter.create(config, weights, {
      // As in transformers, an encoder without token types leaves them aside.
      tokenTypes: format.tokenTypes && config.type_vocab_size > 0,
      threads: resources.cores,
    });
    held.defer(() => meter.release());
    const total = corpora.reduce((sum, { rows }) => sum + rows.length, 0);
    const measured: AttentionRow[] = [];
    let before = 0;
    for (const { name, rows } of corpora) {
      const found = await meter.measure(
        rows,
        format.scheme,
        (done) => progress({ done: before + done, total, unit: "sentences" }),
      );
      measured.push(...found);
      before += rows.length;
      const top = found.findLast(({ of }) => of === "all");
      log(`${rows.length} sentences of ${name}` + (top === undefined ? "" : `: ${told(top)}`));
    }
    await writeTable(attentionTable, output("attention.parquet"), measured);
  },
});

function told({ layer, onItself }: AttentionRow): string {
  return `in layer ${layer} a piece puts ${onItself.toFixed(2)} % on itself`;
}

/** @throws {UserError} when the pieces of the sentences are not those of the encoder */
async function checkTokenizer(
  { instance, files }: InputInstance,
  config: EncoderConfig,
  { tokenizer, vocabSize, maxTokens }: ExampleFormat,
): Promise<void> {
  const { tokenizerJson } = publishedTokenizer(tokenizer, maxTokens);
  if (await Deno.readTextFile(files["tokenizer.json"]) !== tokenizerJson) {
    throw new UserError({
      message: `Cannot look into ${instance} with sentences of the tokenizer ` +
        `${tokenizerName(tokenizer)}: it has another tokenizer.json`,
      hint: "tokenize with the tokenizer of the encoder: give it as input tokenizer",
    });
  }
  checkVocabulary(tokenizer, vocabSize, config.vocab_size);
}

/** @throws {UserError} when a corpus stands there twice, or a sentence is too long */
function checkCorpora(corpora: readonly Corpus[], config: EncoderConfig): void {
  const known = new Map<string, string>();
  let longest = 0;
  for (const { name, rows } of corpora) {
    for (const { inputIds } of rows) longest = Math.max(longest, inputIds.length);
    if (rows.length === 0) continue;
    const [{ corpus, language }] = rows;
    const before = known.get(`${corpus} ${language}`);
    known.set(`${corpus} ${language}`, name);
    if (before === undefined) continue;
    throw new UserError({
      message: `Cannot tell ${name} from ${before}: both are ${corpus}, ${language}`,
      hint: "take one of them, with where",
    });
  }
  checkLength(config, longest);
}
