/**
 * Text as Unicode characters (code points), as a `tokenizer.json`: a piece for each character that
 * some sentences have, and one for all others.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";

/** Ids of the special tokens, as in XLM-R; `<mask>` comes last. */
const specials = ["<s>", "<pad>", "</s>", "<unk>"] as const;

/**
 * The content of a `tokenizer.json` whose pieces are characters: BPE without merges. What is unknown
 * is `<unk>`, one for each character. Equal sentences give equal bytes, in any order.
 *
 * @param sentences words of every sentence
 * @param atLeast a character that stands there fewer times is unknown
 */
export function characterTokenizerJson(
  sentences: Iterable<readonly string[]>,
  atLeast: number,
): string {
  const counts = new Map<string, number>();
  for (const words of sentences) {
    for (const word of words) {
      for (const character of word.toWellFormed()) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
  }
  const characters = [...counts].flatMap(([character, count]) => count < atLeast ? [] : [character])
    .sort(compareStrings);
  const pieces = [...specials, ...characters, "<mask>"];
  const part = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...specials, "<mask>"].map((content) => ({
      id: pieces.indexOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: [part("<s>"), sequence("A"), part("</s>")],
      pair: [part("<s>"), sequence("A"), part("</s>"), part("</s>"), sequence("B"), part("</s>")],
      special_tokens: {
        "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
        "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
      },
    },
    decoder: null,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: [],
    },
  }) + "\n";
}
