/**
 * Compares gradients with finite differences, for tests.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import type { Dim, HostTensor } from "../onnx/dtype.ts";
import type { Provider } from "../onnx/provider.ts";
import { Session } from "../onnx/session.ts";
import { evaluateDims } from "./dims.ts";
import { mul } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { input } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { feedsFor } from "./lowering.ts";
import type { Op, Tensor } from "./primitive.ts";
import { reduceSum } from "./shapes.ts";

/** One input of a check. */
export type CheckInput =
  | { readonly dtype: "float32"; readonly dims: readonly Dim[]; readonly from: Draw }
  | { readonly dtype: "int64"; readonly dims: readonly Dim[]; readonly values: readonly number[] }
  | { readonly dtype: "bool"; readonly dims: readonly Dim[]; readonly values: readonly number[] };

/** Draws one element. */
export type Draw = (random: CounterRandom) => number;

/** A function of some inputs, differentiated by every float32 one. */
export interface GradientCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, CheckInput>>;
  readonly build: (inputs: Readonly<Record<string, Tensor>>) => Tensor;
  /** float32 inputs through which nothing flows back. */
  readonly constant?: readonly string[];
}

/** What a check runs on: a lowering table, and a provider that can run its graphs. */
export interface CheckTarget {
  readonly lower: typeof lowerCpu;
  readonly provider: Provider;
}

/** The cpu table on its provider. */
export const onCpu: CheckTarget = { lower: lowerCpu, provider: "cpu" };

/** The sizes of symbols in checks. */
export const checkSizes = { B: 2, T: 3, N: 4 };

/**
 * Asserts that the gradient of Σ w y, with random w, agrees with central differences of order 4 at
 * every element of every input to 1e-3 of its largest element.
 */
export async function checkGradients(
  check: GradientCase,
  { lower, provider }: CheckTarget,
): Promise<void> {
  const inputs: Record<string, Tensor> = {};
  const feeds: Record<string, HostTensor> = {};
  for (const [name, spec] of Object.entries(check.inputs)) {
    inputs[name] = input(name, spec.dtype, spec.dims);
    feeds[name] = hostTensor(`${check.name} ${name}`, spec);
  }
  const y = check.build(inputs);
  const weights = input("cotangent", "float32", y.dims);
  const wanted = Object.keys(inputs).filter((name) =>
    inputs[name].dtype === "float32" && !check.constant?.includes(name)
  );
  const given = [...Object.values(inputs), weights];
  const loss = reduceSum(mul(y, weights));
  const parts = gradients(loss, wanted.map((name) => inputs[name]));
  const options = { provider, threads: 1 };
  const forward = await Session.create(lower("forward", given, { y }), options);
  const backward = await Session.create(
    lower(
      "backward",
      given,
      Object.fromEntries(wanted.map((name, i) => [`grad.${name}`, parts[i]])),
    ),
    options,
  );
  const run = (session: Session) => session.run(feedsFor(session.inputs, feeds, checkSizes));
  feeds.cotangent = hostTensor(`${check.name} cotangent`, {
    dtype: "float32",
    dims: y.dims,
    from: (random) => random.normal(),
  });
  const results = await run(backward);
  // Summed in float64, so that only the elements of y are rounded.
  const lossAt = async () => {
    const { data } = (await run(forward)).y;
    const w = feeds.cotangent.data;
    return Array.from(data, Number).reduce((sum, value, i) => sum + value * Number(w[i]), 0);
  };
  for (const name of wanted) {
    const values = feeds[name].data as Float32Array;
    assert.deepEqual(
      results[`grad.${name}`].dims,
      feeds[name].dims,
      `dims of the gradient of ${name}`,
    );
    const got = Array.from(results[`grad.${name}`].data, Number);
    const numeric: number[] = [];
    for (let i = 0; i < values.length; i++) numeric.push(await slope(values, i, lossAt));
    const largest = Math.max(...numeric.map(Math.abs));
    assert.ok(largest > 1e-3, `${check.name}: ${name} must matter: got slopes up to ${largest}`);
    numeric.forEach((expected, i) => {
      assert.ok(
        Math.abs(got[i] - expected) <= 1e-3 * largest,
        `${check.name}: gradient of ${name}[${i}]: got ${got[i]} and ${expected} by differences`,
      );
    });
  }
  await Promise.all([forward.release(), backward.release()]);
}

/** The ops of all tensors that a tensor depends on, and its own. */
export function opsOf(tensor: Tensor): Set<Op> {
  const ops = new Set<Op>();
  const visit = ({ primitive }: Tensor): void => {
    ops.add(primitive.op);
    primitive.inputs.forEach(visit);
  };
  visit(tensor);
  return ops;
}

async function slope(
  values: Float32Array,
  i: number,
  lossAt: () => Promise<number>,
): Promise<number> {
  const start = values[i], h = 2 ** -6;
  const at = async (step: number) => {
    values[i] = start + step;
    return await lossAt();
  };
  const near = await at(h) - await at(-h), far = await at(2 * h) - await at(-2 * h);
  values[i] = start;
  return (8 * near - far) / (12 * h);
}

function hostTensor(key: string, spec: CheckInput): HostTensor {
  const dims = evaluateDims(spec.dims, checkSizes);
  const { dtype } = spec;
  if (dtype === "int64") return { dtype, dims, data: BigInt64Array.from(spec.values, BigInt) };
  if (dtype === "bool") return { dtype, dims, data: Uint8Array.from(spec.values) };
  const random = new CounterRandom("gradient check", key);
  const size = dims.reduce((a, b) => a * b, 1);
  return { dtype, dims, data: Float32Array.from({ length: size }, () => spec.from(random)) };
}
