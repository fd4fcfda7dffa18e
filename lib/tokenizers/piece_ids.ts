/**
 * The ids of a tokenizer's pieces.
 *
 * @module
 */
import type { TokenizerJson } from "./tokenizer_json.ts";

/** Ids by piece. */
export interface PieceIds {
  /** Of the vocabulary alone; of equal pieces the last one counts. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** With the added tokens, whose ids come first. The same map where they change nothing. */
  readonly all: ReadonlyMap<string, number>;
  /** The rows that an embedding needs: one more than the greatest id. */
  readonly count: number;
}

/** The ids of all pieces. */
export function pieceIdsOf({ model, added_tokens }: TokenizerJson): PieceIds {
  const vocabulary = new Map<string, number>();
  let greatest = -1;
  if (model.type === "Unigram") {
    greatest = model.vocab.length - 1;
    for (let id = 0; id <= greatest; id++) vocabulary.set(model.vocab[id][0], id);
  } else {
    for (const [piece, id] of Object.entries(model.vocab)) {
      vocabulary.set(piece, id);
      if (id > greatest) greatest = id;
    }
  }
  for (const { id } of added_tokens) if (id > greatest) greatest = id;
  const isKnown = added_tokens.every(({ content, id }) => vocabulary.get(content) === id);
  const all = isKnown ? vocabulary : new Map([
    ...vocabulary,
    ...added_tokens.map(({ content, id }) => [content, id] as const),
  ]);
  return { vocabulary, all, count: greatest + 1 };
}
