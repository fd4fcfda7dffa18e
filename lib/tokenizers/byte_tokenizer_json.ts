/**
 * UTF-8 bytes as a tokenizer.json: what Python's tokenizers makes of it has the ids of
 * {@linkcode ByteTokenizer}.
 *
 * @module
 */
import { byteSpecials, firstByte } from "./byte_tokenizer.ts";

/**
 * In a tokenizer_config.json that was made from its tokenizer.json: read back, the two are the
 * tokenizer.json alone, so that a model's folder has the tokenizer that it was trained with.
 */
export const generatedMark = { crosstie: "made from tokenizer.json" } as const;

/** The content of `tokenizer.json`. */
export const byteTokenizerJson: string = tokenizerJson();

function tokenizerJson(): string {
  const [bos, eos] = ["<s>", "</s>"];
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const bytes = byteLevelCharacters().map((character, byte) => [character, byte + firstByte]);
  const json = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      special(bos, byteSpecials.bos),
      special("<pad>", byteSpecials.pad),
      special(eos, byteSpecials.eos),
      special("<unk>", byteSpecials.unk),
      special("<mask>", byteSpecials.mask),
    ],
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: false,
      trim_offsets: false,
      use_regex: false,
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: [eos, byteSpecials.eos],
      cls: [bos, byteSpecials.bos],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: {
      type: "ByteLevel",
      add_prefix_space: false,
      trim_offsets: false,
      use_regex: false,
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: {
        [bos]: byteSpecials.bos,
        "<pad>": byteSpecials.pad,
        [eos]: byteSpecials.eos,
        "<unk>": byteSpecials.unk,
        ...Object.fromEntries(bytes),
        "<mask>": byteSpecials.mask,
      },
      merges: [],
    },
  };
  return JSON.stringify(json, null, 2) + "\n";
}

/** The character that stands for each byte (Radford et al. 2019, `bytes_to_unicode`). */
function byteLevelCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const shown = byte >= 0x21 && byte <= 0x7e || byte >= 0xa1 && byte <= 0xac || byte >= 0xae;
    return String.fromCharCode(shown ? byte : next++);
  });
}
