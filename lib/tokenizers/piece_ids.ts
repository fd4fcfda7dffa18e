/**
 * The ids of a tokenizer's pieces.
 *
 * @module
 */
import { PieceTable } from "./piece_table.ts";
import type { TokenizerJson } from "./tokenizer_json.ts";

/** Ids by piece. */
export interface PieceIds {
  /** The id of an added token, or of a piece of the vocabulary. */
  get(piece: string): number | undefined;
  /** The rows that an embedding needs: one more than the greatest id. */
  readonly count: number;
  /** The vocabulary of a unigram model. */
  readonly table?: PieceTable;
}

/** The ids of all pieces. */
export function pieceIdsOf({ model, added_tokens }: TokenizerJson): PieceIds {
  const added = new Map(added_tokens.map(({ content, id }) => [content, id]));
  const most = (ids: Iterable<number>, greatest: number): number => {
    for (const id of ids) if (id > greatest) greatest = id;
    return greatest;
  };
  if (model.type === "Unigram") {
    const table = new PieceTable(model.vocab.map(([piece]) => piece));
    return {
      get: (piece) => added.get(piece) ?? table.get(piece),
      count: most(added.values(), model.vocab.length - 1) + 1,
      table,
    };
  }
  const { vocab } = model;
  return {
    get: (piece) => added.get(piece) ?? (Object.hasOwn(vocab, piece) ? vocab[piece] : undefined),
    count: most(Object.values(vocab), most(added.values(), -1)) + 1,
  };
}

/** The piece of an id: of an added token first, and of the last one that has it. */
export function pieceOf({ model, added_tokens }: TokenizerJson, id: number): string | undefined {
  const token = added_tokens.findLast((each) => each.id === id);
  if (token) return token.content;
  return model.type === "Unigram"
    ? model.vocab[id]?.[0]
    : Object.entries(model.vocab).findLast(([, each]) => each === id)?.[0];
}
