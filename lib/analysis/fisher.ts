/**
 * Which weights of a model matter: the diagonal of its Fisher information (Kirkpatrick et al. 2017;
 * Mueller, Andrews & Dredze 2020, §5.3), from gradients of single examples with labels of the model's
 * own,
 *
 *     F̂ᵢ = 1/n Σ (∂ log p(y | x) / ∂θᵢ)²      y ∼ p(· | x)
 *
 * @module
 */
import type { FloatTensor } from "../onnx/dtype.ts";

/** The shares of each layer's weights that are looked at, %. */
export const tops = [5, 25, 50] as const;

/** Sums of squared gradients; every other sentence in one of two halves, which say how sure they are. */
export class FisherSums {
  readonly #halves: readonly [Map<string, Float64Array>, Map<string, Float64Array>];
  /** Of each layer, the squared norms of the gradients of every sentence, summed. */
  readonly #norms = new Map<string, number[]>();
  #count = 0;

  /** @param sizes how many weights each parameter has, by name */
  constructor(sizes: ReadonlyMap<string, number>) {
    const zeros = () => new Map([...sizes].map(([name, size]) => [name, new Float64Array(size)]));
    this.#halves = [zeros(), zeros()];
  }

  /**
   * Adds a gradient.
   *
   * @param factor from these gradients to those of log p(y | x)
   * @param sentence whose it is, from 0
   */
  add(gradientOf: (name: string) => Float32Array, factor: number, sentence: number): void {
    for (const [name, sums] of this.#halves[sentence % 2]) {
      const gradient = gradientOf(name);
      let norm = 0;
      for (let i = 0; i < sums.length; i++) {
        const square = (factor * gradient[i]) ** 2;
        sums[i] += square;
        norm += square;
      }
      const norms = this.#norms.get(layerOf(name)) ?? [];
      norms[sentence] = (norms[sentence] ?? 0) + norm;
      this.#norms.set(layerOf(name), norms);
    }
    this.#count++;
  }

  /** The diagonal, by parameter. */
  diagonal(): Map<string, Float32Array> {
    const [even, odd] = this.#halves;
    return new Map([...even].map(([name, sums]) => {
      const other = odd.get(name)!;
      return [name, Float32Array.from(sums, (sum, i) => (sum + other[i]) / this.#count)];
    }));
  }

  /** What the gradients say of each layer, and how sure that is. */
  layers(): FisherLayer[] {
    const whole = byLayer(this.diagonal());
    const [even, odd] = this.#halves.map(byLayer);
    return [...whole].map(([layer, values]) => {
      const norms = this.#norms.get(layer)!;
      const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
      const variance = norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) /
        (norms.length - 1);
      return {
        layer,
        weights: values.length,
        touched: values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0),
        trace: mean * norms.length / this.#count,
        traceError: 100 * Math.sqrt(variance / norms.length) / mean,
        agreement: new Map(
          tops.map((
            top,
          ) => [top, overlap(topOf(even.get(layer)!, top), topOf(odd.get(layer)!, top))]),
        ),
      };
    });
  }
}

/** A layer's part of a diagonal. */
export interface FisherLayer {
  readonly layer: string;
  readonly weights: number;
  /** Weights that any gradient moved. */
  readonly touched: number;
  /** Sum of its part of the diagonal. */
  readonly trace: number;
  /** Standard error of that over sentences and their labels, %; NaN for one sentence. */
  readonly traceError: number;
  /** Top share → the overlap of what two halves of the sentences say, %. */
  readonly agreement: ReadonlyMap<number, number>;
}

/** The layer of a parameter: its module, and of a stack of layers which. */
export function layerOf(name: string): string {
  const module = name.slice(0, name.lastIndexOf("."));
  const stacked = /_(l\d+)(?:_reverse)?$/.exec(name);
  return stacked ? `${module}.${stacked[1]}` : module;
}

/** The values of all parameters of each layer, one after the other by name. */
export function byLayer(
  diagonal: ReadonlyMap<string, Float32Array | Float64Array | FloatTensor>,
): Map<string, Float64Array> {
  const names = [...diagonal.keys()].sort();
  return new Map(
    [...Map.groupBy(names, layerOf)].map(([layer, own]) => [
      layer,
      Float64Array.from(own.flatMap((name) => {
        const values = diagonal.get(name)!;
        return Array.from("data" in values ? values.data : values);
      })),
    ]),
  );
}

/**
 * The share of a layer's weights that matter most: 1 for each of them. A weight that no example
 * touches matters nothing, so that there may be fewer; of equal ones, the first are taken.
 */
export function topOf(values: Float64Array, percent: number): Uint8Array {
  const count = Math.max(1, Math.round(percent / 100 * values.length));
  const cut = values.toSorted()[values.length - count];
  const top = new Uint8Array(values.length);
  let left = count;
  values.forEach((value, i) => {
    if (value > cut && value > 0) {
      top[i] = 1;
      left--;
    }
  });
  for (let i = 0; i < values.length && left > 0 && cut > 0; i++) {
    if (values[i] !== cut) continue;
    top[i] = 1;
    left--;
  }
  return top;
}

/** What two tops share, % of the larger of them; NaN where both are empty. */
export function overlap(a: Uint8Array, b: Uint8Array): number {
  let both = 0, inA = 0, inB = 0;
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i];
    inA += a[i];
    inB += b[i];
  }
  return 100 * both / Math.max(inA, inB);
}
