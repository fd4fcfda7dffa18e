/**
 * What the pieces of a tokenizer are called.
 *
 * @module
 */
import { parseSmallJson } from "../core/small_file.ts";
import { byteTokenizerJson } from "./byte_tokenizer_json.ts";
import { checkTokenizerJson, type TokenizerJson } from "./tokenizer_json.ts";
import type { TokenizerSource } from "./tokenizer_source.ts";

/**
 * The name of every piece, by its id; no two have the same. A row of an embedding that is no piece is
 * called by its number, such as `#250010`.
 */
export function pieceNames(source: TokenizerSource): (id: number) => string {
  const file = source === "bytes" ? "tokenizer.json" : source.file;
  const text = source === "bytes" ? byteTokenizerJson : source.tokenizerJson;
  const names = new Map<number, string>();
  const taken = new Map<string, number>();
  for (const [piece, id] of piecesOf(checkTokenizerJson(parseSmallJson(text, file), file))) {
    const other = taken.get(piece) ?? id;
    if (other === id) taken.set(piece, id);
    names.set(id, other === id ? piece : `${piece}#${id}`);
  }
  return (id) => names.get(id) ?? `#${id}`;
}

/** Every piece of the vocabulary with its id, and then every added token. */
function* piecesOf({ model, added_tokens }: TokenizerJson): Generator<[piece: string, id: number]> {
  if (model.type === "Unigram") {
    for (const [id, [piece]] of model.vocab.entries()) yield [piece, id];
  } else yield* Object.entries(model.vocab);
  for (const { content, id } of added_tokens) yield [content, id];
}
