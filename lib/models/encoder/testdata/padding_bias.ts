/** The `attentionBias` [B, 1, T, T] of a batch with one sentence a row: nobody sees padding. */
export function paddingBias(
  B: number,
  T: number,
  isPadding: (place: number) => boolean,
): Float32Array {
  return Float32Array.from(
    { length: B * T * T },
    (_, i) => isPadding(Math.floor(i / (T * T)) * T + i % T) ? -1e9 : 0,
  );
}
