/**
 * Writes a tokenizer as the files that a published model has.
 *
 * @module
 */
import { parseSmallJson } from "../core/small_file.ts";
import { byteTokenizerJson, generatedMark } from "./byte_tokenizer_json.ts";
import { pieceIdsOf, pieceOf } from "./piece_ids.ts";
import { templatesOf } from "./post_processor.ts";
import { checkTokenizerJson, specialIdsOf } from "./tokenizer_json.ts";
import type { TokenizerSource } from "./tokenizer_source.ts";

/** The contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface PublishedTokenizer {
  readonly tokenizerJson: string;
  readonly tokenizerConfig: string;
}

/** What transformers feeds a model that tells sentences apart by token types. */
const typedInputs = ["input_ids", "token_type_ids", "attention_mask"];

/** The content of a tokenizer's `tokenizer.json`. */
export function tokenizerJsonOf(source: TokenizerSource): string {
  return source === "bytes" ? byteTokenizerJson : source.tokenizerJson;
}

/**
 * The files of a tokenizer, as Python's tokenizers and transformers read them.
 *
 * @param maxTokens greatest number of pieces of a sentence
 * @param tokenTypes whether a model reads token types, which a tokenizer without a config says then
 */
export function publishedTokenizer(
  source: TokenizerSource,
  maxTokens: number,
  tokenTypes = false,
): PublishedTokenizer {
  if (source !== "bytes") {
    const { file, tokenizerJson, tokenizerConfig } = source;
    return {
      tokenizerJson,
      tokenizerConfig: tokenizerConfig ?? text({
        ...generatedMark,
        tokenizer_class: "PreTrainedTokenizerFast",
        model_max_length: maxTokens,
        ...tokenTypes ? { model_input_names: typedInputs } : {},
        ...specialTokens(tokenizerJson, file),
      }),
    };
  }
  const [bos, eos] = ["<s>", "</s>"];
  return {
    tokenizerJson: byteTokenizerJson,
    tokenizerConfig: text({
      ...generatedMark,
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
  const json = checkTokenizerJson(parseSmallJson(tokenizerJson, file), file);
  const { pad, unk, mask } = specialIdsOf(json, pieceIdsOf(json), {}, file);
  const { before, after } = templatesOf(json.post_processor, file);

  const ids = {
    cls_token: before[0],
    sep_token: after.at(-1),
    unk_token: unk,
    pad_token: pad,
    mask_token: mask,
  };
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) =>
      id === undefined ? [] : [[name, pieceOf(json, id)!]]
    ),
  );
}

function text(json: unknown): string {
  return JSON.stringify(json, null, 2) + "\n";
}
