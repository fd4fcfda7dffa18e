/**
 * Counter-based random numbers: every number is a function of (key, counter) alone, so that a
 * resumed or parallel computation draws exactly what an uninterrupted one draws.
 *
 * @module
 */

/** Mixes 32 bits (Ellis 2018, "lowbias32": avalanche bias 0.17). */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 64-bit key, as two words, from any parts; different parts give unrelated keys. */
export function hashKey(...parts: readonly (string | number)[]): [number, number] {
  let a = 0x9e3779b9, b = 0x85ebca6b;
  for (const part of parts) {
    const text = typeof part === "number" ? `#${part}` : `$${part}`;
    for (let i = 0; i < text.length; i++) {
      a = mix32(a ^ text.charCodeAt(i));
      b = mix32((b + a + text.charCodeAt(i)) | 0);
    }
    a = mix32((a + 0x6d2b79f5) | 0);
    b = mix32(b ^ a);
  }
  return [a, b];
}

/** 32 random bits at a place of the stream of `key`. */
export function bitsAt(key: readonly [number, number], counter: number): number {
  return mix32((mix32((Math.imul(counter, 0x9e3779b1) + key[0]) | 0) ^ key[1]) >>> 0);
}

/**
 * A stream of random numbers named by its key.
 *
 * @example
 * ```ts
 * const random = new CounterRandom("shuffle", 42, "epoch", 3);
 * random.integer(10);
 * ```
 */
export class CounterRandom {
  readonly #parts: readonly (string | number)[];
  readonly #key: [number, number];
  #counter = 0;

  constructor(...parts: (string | number)[]) {
    this.#parts = parts;
    this.#key = hashKey(...parts);
  }

  /** Another stream, named by this one's key and more parts; this one does not move. */
  fork(...parts: (string | number)[]): CounterRandom {
    return new CounterRandom(...this.#parts, ...parts);
  }

  /** The next 32 bits, as an integer from 0. */
  bits(): number {
    return bitsAt(this.#key, this.#counter++);
  }

  /** Uniform in [0, 1), with 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** Uniform among 0 … below − 1. */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1) {
      throw new RangeError(`Cannot draw an integer below ${below}: it must be at least 1`);
    }
    return Math.floor(this.uniform() * below);
  }

  /** Standard normal (Box & Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One element. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)];
  }

  /** A shuffled copy (Fisher & Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }
}
