import { strict as assert } from "node:assert";
import { checkModelReads, type DescribedTokens } from "./model_reads.ts";

const published = {
  model_type: "xlm-roberta",
  vocab_size: 261,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  intermediate_size: 8,
  max_position_embeddings: 34,
  pad_token_id: 1,
  id2label: { 0: "O", 1: "B-PER" },
  crosstie: { tokenizer: "bytes", tokenTypes: false },
};
const model = { name: "train[source=eng]", published };
const format: DescribedTokens["format"] = {
  tokenizer: "bytes",
  vocabSize: 261,
  padId: 1,
  maxTokens: 512,
  labels: ["O", "B-PER"],
  asks: "words",
  scheme: "iob2",
  labelledPieces: "first",
  tokenTypes: false,
};
const tokensOf = (changes: Partial<typeof format>, longest = 32): DescribedTokens => ({
  name: "tokens[language=swa]",
  format: { ...format, ...changes },
  longest,
});
const tokenizer = { file: "bert", digest: "0123456789abcdef", tokenizerJson: "{}" };

Deno.test("tokens like those that a model was trained on are read", () => {
  checkModelReads(model, tokensOf({}));
  // A checkpoint of elsewhere does not say its tokenizer.
  const { crosstie: _, ...foreign } = published;
  checkModelReads({ ...model, published: foreign }, tokensOf({ tokenizer, vocabSize: 200 }));
});

const start = "Cannot read tokens[language=swa] with train[source=eng], as";
for (
  const [what, tokens, message] of [
    [
      "labels",
      tokensOf({ labels: ["O", "B-LOC"] }),
      `${start} their labels differ: [O, B-LOC] and [O, B-PER]\n  tokenize both with the same labels, in the same order`,
    ],
    [
      "tokenizer",
      tokensOf({ tokenizer }),
      `${start} their tokenizers differ: bert (0123456789ab) and bytes\n` +
      "  use the tokenizer that the weights were trained with",
    ],
    [
      "vocabulary",
      tokensOf({ vocabSize: 262 }),
      `${start} the vocabulary is larger than the embedding: got 262 pieces and 261 rows\n` +
      "  use the tokenizer that the weights were trained with",
    ],
    [
      "token types",
      tokensOf({ tokenTypes: true }),
      `${start} their token types differ: token types and none\n` +
      "  tokenize both with the same tokenizer, for the same task",
    ],
    [
      "length",
      tokensOf({}, 33),
      `${start} a sentence is longer than the model has positions for: got 33 pieces and ` +
      "32 positions\n  set maxTokens to 32 where the sentences are tokenized",
    ],
  ] as const
) {
  Deno.test(`tokens of another ${what} are refused with both`, () => {
    assert.throws(() => checkModelReads(model, tokens), { name: "UserError", message });
  });
}

Deno.test("every difference is named at once, and a config that is wrong with its model", () => {
  assert.throws(
    () => checkModelReads(model, tokensOf({ labels: ["O"], tokenizer }, 40)),
    ({ problems }: Error & { problems: unknown[] }) => problems.length === 3,
  );
  assert.throws(
    () => checkModelReads({ ...model, published: { id2label: {} } }, tokensOf({})),
    /Cannot use the config.json of train\[source=eng\] as "model_type" is wrong/,
  );
});
