import { strict as assert } from "node:assert";
import { noLabel } from "./batching.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import { encodeClassified, encodeTagged } from "./encode.ts";

const words = { tokens: ["ab", "c", "de"], tags: ["B-PER", "I-PER", "O"] };
const labels = ["O", "B-PER", "I-PER"];
const none = noLabel;

Deno.test("labels stand at the first piece of a word, or at all of them with B- repeated", () => {
  const of = (labelled: "first" | "all") =>
    encodeTagged(new ByteTokenizer(), words, labels, 64, labelled).labels;
  assert.deepEqual(of("first"), [none, 1, none, none, 2, none, 0, none, none]);
  assert.deepEqual(of("all"), [none, 1, 1, none, 2, none, 0, 0, none]);
});

Deno.test("a sentence's label stands at its first piece, and must be a known one", () => {
  const of = (label: string) =>
    encodeClassified(new ByteTokenizer(), { tokens: ["ab"], label }, ["no", "yes"], 64).labels;
  assert.deepEqual(of("yes"), [1, none, none, none]);
  assert.throws(() => of("maybe"), /Cannot label a sentence "maybe": the labels are no, yes/);
});
