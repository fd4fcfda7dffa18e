/**
 * The vjp of a scan: its body is differentiated, and a scan in the other direction brings the
 * cotangents back (Baydin et al. 2018, §3.2, through time).
 *
 * @module
 */
import { add } from "./elementwise.ts";
import { fill, input } from "./leaves.ts";
import { operandsOf } from "./paths.ts";
import type { Primitive, Tensor } from "./primitive.ts";
import { computedBy, scanOf, scanPart } from "./scan.ts";

/** Brings cotangents of some tensors back to others, of which none passes any on to another. */
export type PullBack = (
  seeds: readonly (readonly [Tensor, Tensor])[],
  wrt: readonly Tensor[],
) => (Tensor | undefined)[];

/**
 * With sₜ = f(sₜ₋₁, xₜ, w) and yₜ = g(sₜ₋₁, xₜ, w): s̄ₜ₋₁, x̄ₜ and a part of w̄ are the vjp of step t at
 * s̄ₜ and ȳₜ, for t from the last to the first; w̄ is the sum of its parts. What a step's vjp reads of
 * the step is given by the scan as well, stacked.
 *
 * @param cotangents of the scan's parts, by index; undefined where nothing flows back
 * @param isWanted whether the cotangent of an input is
 * @returns one cotangent per input
 */
export function scanVjp(
  whole: Tensor,
  { inputs, body }: Primitive<"scan">,
  cotangents: readonly (Tensor | undefined)[],
  isWanted: (input: Tensor) => boolean,
  pullBack: PullBack,
): (Tensor | null)[] {
  const { carried, read, given, length, reverse } = body;
  const states = carried.length, entries = read.length;
  const like = ({ dtype, dims }: Tensor) => input("cotangent", dtype, dims);
  const ofStates = carried.map(({ after }) => like(after));
  const flows = given.flatMap((tensor, i) => {
    const stacked = cotangents[states + i];
    return stacked ? [{ tensor, stacked, entry: like(tensor) }] : [];
  });
  const isRead = read.map(({ dtype }, i) => dtype === "float32" && isWanted(inputs[states + i]));
  const readHere = read.filter((_, i) => isRead[i]);
  const around = inputs.slice(states + entries).filter(isWanted);
  const pulled = pullBack(
    [
      ...carried.map(({ after }, i) => [after, ofStates[i]] as const),
      ...flows.map(({ tensor, entry }) => [tensor, entry] as const),
    ],
    [...carried.map(({ before }) => before), ...readHere, ...around],
  );
  const orZeros = (i: number, { dims }: Tensor) => pulled[i] ?? fill(0, dims);
  const sums = around.map(like);
  const backward = {
    length,
    reverse: !reverse,
    carried: [
      ...ofStates.map((before, i) => ({ before, after: orZeros(i, before) })),
      ...sums.map((before, i) => {
        const part = pulled[states + readHere.length + i];
        return { before, after: part ? add(before, part) : before };
      }),
    ],
    given: readHere.map((tensor, i) => orZeros(states + i, tensor)),
  };
  const own = new Set([...ofStates, ...sums, ...flows.map(({ entry }) => entry)]);
  const residuals = residualsOf(computedBy(body), own, [
    ...backward.carried.map(({ after }) => after),
    ...backward.given,
  ]);
  const { last, given: backGiven } = scanOf(
    { ...backward, read: [...flows.map(({ entry }) => entry), ...residuals] },
    [
      ...carried.map(({ after }, i) => cotangents[i] ?? fill(0, after.dims)),
      ...sums.map(({ dims }) => fill(0, dims)),
    ],
    [
      ...flows.map(({ stacked }) => stacked),
      ...residuals.map((tensor) => {
        const entry = read.indexOf(tensor);
        return entry < 0 ? stackedPart(whole, tensor) : inputs[states + entry];
      }),
    ],
  );
  const ofRead = backGiven.values(), ofAround = last.slice(states).values();
  return inputs.map((tensor, i) => {
    if (i < states) return last[i];
    if (i < states + entries) return isRead[i - states] ? ofRead.next().value! : null;
    return isWanted(tensor) ? ofAround.next().value! : null;
  });

  /** Values of the step, stacked: the scan gives them from now on. */
  function stackedPart(whole: Tensor, tensor: Tensor): Tensor {
    if (!given.includes(tensor)) given.push(tensor);
    return scanPart(whole, states + given.indexOf(tensor));
  }
}

/**
 * The tensors of a step that its vjp reads.
 *
 * @param computed those of the step
 * @param own what the vjp reads besides
 * @param ends what it computes
 */
function residualsOf(
  computed: ReadonlySet<Tensor>,
  own: ReadonlySet<Tensor>,
  ends: readonly Tensor[],
): Tensor[] {
  const isOfStep = (tensor: Tensor) =>
    computed.has(tensor) ||
    tensor.primitive.op === "scanPart" && computed.has(tensor.primitive.inputs[0]);
  const found = new Set<Tensor>(), seen = new Set<Tensor>();
  const stack = [...ends];
  for (let tensor = stack.pop(); tensor; tensor = stack.pop()) {
    if (seen.has(tensor) || own.has(tensor)) continue;
    seen.add(tensor);
    if (isOfStep(tensor)) found.add(tensor);
    else stack.push(...operandsOf(tensor));
  }
  return [...found];
}
