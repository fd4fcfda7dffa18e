/**
 * Writes a tokenizer as the files that a published model has.
 *
 * @module
 */
import { byteSpecials, firstByte } from "./byte_tokenizer.ts";
import { templatesOf } from "./post_processor.ts";
import { checkTokenizerJson, parseJson, piecesOf, specialIdsOf } from "./tokenizer_json.ts";
import type { TokenizerSource } from "./tokenizer_source.ts";

/** The contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface PublishedTokenizer {
  readonly tokenizerJson: string;
  readonly tokenizerConfig: string;
}

/**
 * The files of a tokenizer, as Python's tokenizers and transformers read them.
 *
 * @param maxTokens greatest number of pieces of a sentence
 */
export function publishedTokenizer(
  source: TokenizerSource,
  maxTokens: number,
): PublishedTokenizer {
  if (source !== "bytes") {
    const { file, tokenizerJson, tokenizerConfig } = source;
    return {
      tokenizerJson,
      tokenizerConfig: tokenizerConfig ?? text({
        tokenizer_class: "PreTrainedTokenizerFast",
        model_max_length: maxTokens,
        ...specialTokens(tokenizerJson, file),
      }),
    };
  }
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
  return {
    tokenizerJson: text({
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
    }),
    tokenizerConfig: text({
      tokenizer_class: "PreTrainedTokenizerFast",
      model_max_length: maxTokens,
      bos_token: bos,
      eos_token: eos,
      sep_token: eos,
      cls_token: bos,
      unk_token: "<unk>",
      pad_token: "<pad>",
      mask_token: "<mask>",
    }),
  };
}

/** The special tokens of a `tokenizer.json` that has no config to name them. */
function specialTokens(tokenizerJson: string, file: string): Record<string, string> {
  const json = checkTokenizerJson(parseJson(tokenizerJson, file), file);
  const { pad, unk, mask } = specialIdsOf(json, {}, file);
  const { before, after } = templatesOf(json.post_processor, file);
  const pieces = new Map([...piecesOf(json)].map(([piece, id]) => [id, piece]));
  const ids = {
    cls_token: before[0],
    sep_token: after.at(-1),
    unk_token: unk,
    pad_token: pad,
    mask_token: mask,
  };
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) => id === undefined ? [] : [[name, pieces.get(id)!]]),
  );
}

/** The character that stands for each byte (Radford et al. 2019, `bytes_to_unicode`). */
function byteLevelCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const shown = byte >= 0x21 && byte <= 0x7e || byte >= 0xa1 && byte <= 0xac || byte >= 0xae;
    return String.fromCharCode(shown ? byte : next++);
  });
}

function text(json: unknown): string {
  return JSON.stringify(json, null, 2) + "\n";
}
