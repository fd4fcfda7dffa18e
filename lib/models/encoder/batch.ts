/**
 * The tensors of a batch: rows of pieces that hold one or more examples.
 *
 * @module
 */
import type { Batch, Example } from "../model.ts";
import type { EncoderConfig } from "./config.ts";
import { embeddingNames, encoderPositions, firstPosition } from "./families.ts";
import { packRows } from "./row_packing.ts";

/** Added to attention scores: the probability is then 0 in float32. */
export const maskedScore = -1e9;

/**
 * Puts examples into B rows of T pieces. A piece sees its own example only, whatever else the row
 * holds.
 *
 * @param tokenTypes whether the graph reads token types
 */
export function encoderBatch(
  config: EncoderConfig,
  examples: readonly Example[],
  tokenTypes = false,
): Batch {
  const first = firstPosition(config);
  const lengths = examples.map(({ inputIds }) => inputIds.length);
  const { B, T, places } = packRows(lengths);
  const inputIds = new BigInt64Array(B * T).fill(BigInt(config.pad_token_id));
  const positionIds = new BigInt64Array(B * T).fill(BigInt(Math.max(0, first - 1)));
  const typeIds = new BigInt64Array(tokenTypes ? B * T : 0);
  const attentionBias = new Float32Array(B * T * T).fill(maskedScore);
  const positions: bigint[] = [], labels: bigint[] = [];
  examples.forEach((example, i) => {
    const length = lengths[i];
    const start = places[i].row * T + places[i].offset;
    const own = encoderPositions(config, example.inputIds);
    for (let t = 0; t < length; t++) {
      const at = start + t;
      inputIds[at] = BigInt(example.inputIds[t]);
      positionIds[at] = BigInt(own[t]);
      if (tokenTypes) typeIds[at] = BigInt(example.typeIds[t] ?? 0);
      const seen = at * T + places[i].offset;
      attentionBias.fill(0, seen, seen + length);
    }
    example.asked.forEach((piece, k) => {
      positions.push(BigInt(start + piece));
      labels.push(BigInt(example.gold[k]));
    });
  });
  const M = labels.length;
  const int64 = (data: BigInt64Array, dims: readonly number[]) =>
    ({ dtype: "int64", dims, data }) as const;
  const tables = embeddingNames(config);
  return {
    feeds: {
      inputIds: int64(inputIds, [B, T]),
      positionIds: int64(positionIds, [B, T]),
      attentionBias: { dtype: "float32", dims: [B, 1, T, T], data: attentionBias },
      ...(tokenTypes ? { tokenTypeIds: int64(typeIds, [B, T]) } : {}),
      labelPositions: int64(BigInt64Array.from(positions), [M]),
      labels: int64(BigInt64Array.from(labels), [M]),
    },
    sizes: { B, T, M },
    weight: M,
    pieces: lengths.reduce((a, b) => a + b, 0),
    asked: examples.map(({ asked }) => asked.length),
    rows: {
      [`${tables.words}.weight`]: sequenceFirst(inputIds, B, T),
      [`${tables.positions}.weight`]: sequenceFirst(positionIds, B, T),
    },
  };
}

/** Ids [B, T] in the order of an encoder's rows: [T, B]. */
function sequenceFirst(ids: BigInt64Array, B: number, T: number): BigInt64Array {
  return ids.map((_, i) => ids[(i % B) * T + Math.floor(i / B)]);
}
