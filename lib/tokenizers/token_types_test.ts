import { strict as assert } from "node:assert";
import { gunzipSync } from "node:zlib";
import { askPair } from "../tasks/asking.ts";
import { givesTokenTypes, readTypedModel } from "./token_types.ts";
import { createTokenizer, type TokenizerSource } from "./tokenizer_source.ts";

/** Written by scripts/references/pairs.py with transformers 5.23.0. */
interface Recorded {
  readonly lengths: readonly number[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly cases: readonly {
    readonly name: string;
    readonly tokenizer: string;
    readonly tokenizerConfig: unknown;
    readonly model: unknown;
    /** Ids and, where AutoTokenizer gives them, token types, of every pair at every length. */
    readonly rows: readonly (readonly [ids: number[], types: number[] | null])[];
  }[];
}

const fixtures = new URL("../../tests/fixtures/tokenizers/", import.meta.url);
const { lengths, pairs, cases }: Recorded = JSON.parse(
  await Deno.readTextFile(new URL("pairs.json", fixtures)),
);

async function sourceOf(
  kind: string,
  tokenizerConfig?: string,
): Promise<Exclude<TokenizerSource, "bytes">> {
  const json = JSON.parse(await Deno.readTextFile(new URL(`${kind}.json`, fixtures)));
  if (json.normalizer?.type === "Precompiled") {
    const map = gunzipSync(await Deno.readFile(new URL("nmt_nfkc.gz", fixtures)));
    json.normalizer.precompiled_charsmap = map.toString("base64");
  }
  const digest = `${kind} ${tokenizerConfig}`;
  return { file: kind, digest, tokenizerJson: JSON.stringify(json), tokenizerConfig };
}

for (const { name, tokenizer: kind, tokenizerConfig, model, rows } of cases) {
  Deno.test(`${kind}, ${name}: pairs are encoded as AutoTokenizer does`, async () => {
    const source = await sourceOf(kind, JSON.stringify(tokenizerConfig));
    const tokenTypes = givesTokenTypes(source, readTypedModel(JSON.stringify(model), "config"));
    assert.equal(tokenTypes, rows[0][1]?.some((type) => type > 0) ?? false);
    const tokenizer = createTokenizer(source);
    const encoded = pairs.flatMap((pair) =>
      lengths.map((maxTokens) => {
        const { inputIds, typeIds } = askPair(tokenizer, pair, 0, { maxTokens, tokenTypes });
        return [inputIds, tokenTypes ? typeIds : null];
      })
    );
    assert.deepEqual(encoded, rows);
  });
}

const bert = { model_type: "bert" };
for (
  const [name, config, model, expected] of [
    ["a tokenizer.json by itself, by its template", undefined, undefined, true],
    ["BERT's without a config", undefined, bert, true],
    ["DistilBERT's without a config", undefined, { model_type: "distilbert" }, false],
    ["a config without a class, for a new encoder", {}, undefined, false],
    ["an encoder of one type", { tokenizer_class: "BertTokenizer" }, {
      model_type: "roberta",
      type_vocab_size: 1,
    }, false],
    ["a model that was trained with them", undefined, {
      model_type: "xlm-roberta",
      type_vocab_size: 2,
      crosstie: { tokenTypes: true },
    }, true],
    ["a model that was trained without", undefined, { ...bert, crosstie: {} }, false],
    ["a class that is null", { tokenizer_class: null }, { ...bert, type_vocab_size: 2 }, true],
  ] as const
) {
  Deno.test(`token types of ${name}: ${expected}`, () => {
    const source = {
      file: "t",
      digest: "",
      tokenizerJson: "{}",
      ...config && { tokenizerConfig: JSON.stringify(config) },
    };
    assert.equal(givesTokenTypes(source, model), expected);
  });
}

Deno.test("configs that say token types otherwise are refused by name", () => {
  const source = { file: "t", digest: "", tokenizerJson: "{}", tokenizerConfig: "{]" };
  assert.throws(() => givesTokenTypes(source), {
    name: "UserError",
    message: /^Cannot read the tokenizer_config.json of t as JSON: /,
  });
  assert.throws(
    () => givesTokenTypes({ ...source, tokenizerConfig: '{"model_input_names": "ids"}' }),
    {
      name: "UserError",
      message: /^Cannot use the tokenizer_config.json of t: model_input_names: /,
    },
  );
  assert.throws(() => readTypedModel("[]", "the config.json of t"), {
    name: "UserError",
    message: /^Cannot read the config.json of t: /,
  });
  assert.equal(givesTokenTypes("bytes"), false);
});
