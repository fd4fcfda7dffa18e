/**
 * A worker that claims keys at the same moments as others.
 *
 * @module
 */
import { Claims } from "../claims.ts";

/** What the test says: where, which keys, and how many workers meet before each. */
export interface ClaimRace {
  readonly folder: string;
  readonly keys: readonly string[];
  readonly workers: number;
  /** How many have arrived, per key. */
  readonly arrived: SharedArrayBuffer;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ClaimRace>) => void;
  postMessage(got: boolean[]): void;
};

scope.onmessage = ({ data: { folder, keys, workers, arrived } }) => {
  const claims = new Claims(folder);
  const counts = new Int32Array(arrived);
  const got = keys.map((key, i) => {
    Atomics.add(counts, i, 1);
    while (Atomics.load(counts, i) < workers);
    return claims.tryClaim(key);
  });
  scope.postMessage(got);
};
