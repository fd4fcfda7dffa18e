/**
 * A tokenizer of XLM-R's kind, learnt from a corpus, as the hub's `tokenizer.json`.
 *
 * @module
 */
import { trainUnigram, type UnigramOptions, wordStart } from "./unigram_trainer.ts";

/** Ids of the special tokens, as in XLM-R; `<mask>` comes last. */
const specials = ["<s>", "<pad>", "</s>", "<unk>"] as const;

/**
 * Learns a Unigram vocabulary from sentences and gives the content of a `tokenizer.json` with NFKC,
 * Metaspace, and `<s> … </s>` around a sentence. Equal sentences give equal bytes.
 *
 * @param sentences words of every sentence
 * @param options.size V: the special tokens are part of it
 * @throws {RangeError} when the size does not hold the special tokens and the characters
 */
export function trainTokenizer(
  sentences: Iterable<readonly string[]>,
  { size, ...options }: UnigramOptions,
): string {
  const pieces = trainUnigram(wordCounts(sentences), {
    ...options,
    size: size - specials.length - 1,
  });
  const vocab = [...specials.map((each) => [each, 0]), ...pieces, ["<mask>", 0]];
  const token = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: content === "<mask>",
    rstrip: false,
    normalized: false,
    special: true,
  });
  const part = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const metaspace = {
    type: "Metaspace",
    replacement: wordStart,
    prepend_scheme: "always",
    split: true,
  };
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...specials.map(token), token("<mask>", vocab.length - 1)],
    normalizer: { type: "NFKC" },
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
    post_processor: {
      type: "TemplateProcessing",
      single: [part("<s>"), sequence("A"), part("</s>")],
      pair: [part("<s>"), sequence("A"), part("</s>"), part("</s>"), sequence("B"), part("</s>")],
      special_tokens: {
        "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
        "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
      },
    },
    decoder: metaspace,
    model: { type: "Unigram", unk_id: 3, vocab, byte_fallback: false },
  }) + "\n";
}

/** Words as they follow the pre-tokenizer, with their counts. */
function wordCounts(sentences: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of sentences) {
    for (const word of words) {
      for (const part of word.normalize("NFKC").split(/\p{White_Space}+/u)) {
        if (part === "") continue;
        const text = wordStart + part;
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
  }
  return counts;
}
