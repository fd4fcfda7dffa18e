/**
 * A start for small encoders without pre-training: heads that look at fixed distances.
 *
 * @module
 */
import { CounterRandom } from "../../core/random.ts";
import type { EncoderConfig } from "./config.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";

/**
 * The distance, in pieces, at which each head of a layer looks when training starts: near ones in
 * the first layers, then farther ones. A head without a distance starts at random.
 */
const offsetsOfLayer: readonly (readonly number[])[] = [
  [-3, -2, -1, 1, 2, 3, 4, 5],
  [-12, -9, -6, -4, 3, 6, 9, 12],
  [-24, -18, -12, -7, 7, 14],
];

/** How sharply the heads of a layer look at their distance: the scale of query and key. */
const sharpness = [2, 1.5, 1.2];

/** Angular frequencies of the position code, in radians per piece. */
const highestFrequency = 2.5;
const lowestFrequency = 0.03;

const wordStd = 0.7;
/** Noise in query and key of a head with a distance, as a share of its usual size. */
const noise = 0.3;
/** Gains over 1/√fan-in: smaller where a block writes into the residual stream. */
const gain = { read: 1, write: 0.5 };

/**
 * Values for every parameter of a published architecture that starts otherwise.
 *
 * The first d = D/H dims hold sinusoids p(t) of the position, and words, attention output and
 * feed-forward output leave these dims alone. As p(t + o) = R(o)·p(t) for a rotation R(o) (Vaswani
 * et al. 2017, §3.5), a head with W_q = a·R(o) and W_k = a·I on these dims has its greatest score at
 * distance o. A byte-level encoder then reads n-grams from its first step, instead of having to find
 * from few sentences where its neighbours are. Everything is trained on.
 *
 * Each number depends on (seed, parameter name, index) alone.
 */
export function initialiseOffsetHeads(
  config: EncoderConfig,
  specs: readonly ParameterSpec[],
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  const headWidth = config.hidden_size / config.num_attention_heads;
  const pairs = Math.floor(headWidth / 2);
  const frequencies = Array.from(
    { length: pairs },
    (_, i) =>
      highestFrequency * (lowestFrequency / highestFrequency) ** (i / Math.max(1, pairs - 1)),
  );
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  for (const { name, shape, init } of specs) {
    const width = shape[shape.length - 1];
    const rows = shape.length === 1 ? 1 : shape[0];
    const data = new Float32Array(rows * width);
    values.set(name, data);
    const fill = (std: number) => {
      const random = new CounterRandom("initialise", seed, name);
      for (let i = 0; i < data.length; i++) data[i] = std * random.normal();
    };
    if (init.kind === "ones") data.fill(1);
    else if (init.kind === "zeros" || name.endsWith("token_type_embeddings.weight")) continue;
    else if (name.endsWith("word_embeddings.weight")) {
      fill(wordStd);
      for (let row = 0; row < rows; row++) data.fill(0, row * width, row * width + 2 * pairs);
    } else if (name.endsWith("position_embeddings.weight")) {
      for (let row = 0; row < rows; row++) {
        frequencies.forEach((w, i) => {
          data[row * width + 2 * i] = Math.sin(row * w);
          data[row * width + 2 * i + 1] = Math.cos(row * w);
        });
      }
    } else if (name === "classifier.weight") fill(config.initializer_range);
    else if (name.endsWith("output.dense.weight")) {
      fill(gain.write / Math.sqrt(width));
      data.fill(0, 0, 2 * pairs * width);
    } else {
      fill(gain.read / Math.sqrt(width));
      const part = name.match(/layer\.(\d+)\.attention\.self\.(query|key)\.weight$/);
      if (part) {
        lookAtDistances(data, Number(part[1]), part[2] as "query" | "key", headWidth, frequencies);
      }
    }
  }
  return values;
}

/** Adds a·R(o) or a·I to the head's rows, on the dims of the position code. data: [D, D] */
function lookAtDistances(
  data: Float32Array,
  layer: number,
  part: "query" | "key",
  headWidth: number,
  frequencies: readonly number[],
): void {
  const offsets = offsetsOfLayer[layer] ?? [];
  const a = sharpness[layer] ?? 1;
  const width = Math.sqrt(data.length);
  offsets.slice(0, width / headWidth).forEach((offset, head) => {
    const first = head * headWidth;
    for (let i = first * width; i < (first + headWidth) * width; i++) data[i] *= noise;
    frequencies.forEach((w, i) => {
      const [even, odd] = [(first + 2 * i) * width + 2 * i, (first + 2 * i + 1) * width + 2 * i];
      const [cos, sin] = part === "query" ? [Math.cos(w * offset), Math.sin(w * offset)] : [1, 0];
      data[even] += a * cos;
      data[even + 1] += a * sin;
      data[odd] -= a * sin;
      data[odd + 1] += a * cos;
    });
  });
}
