/**
 * A linear-chain conditional random field (Lafferty et al. 2001): the loss of sequences of labels.
 *
 * The score of labels y₀ … yₙ is start[y₀] + Σ eₜ[yₜ] + Σ (A + Mₜ)[yₜ₋₁, yₜ] + end[yₙ], with emissions e
 * of a model; M is 0, or of the model, too. What is asked of trained scores is in `crf_paths.ts`.
 *
 * @module
 */
import { add, greater, mul, select, sub } from "../autodiff/elementwise.ts";
import { scalar } from "../autodiff/leaves.ts";
import { logSumExp } from "../autodiff/normalisation.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gatherRows, oneHot } from "../autodiff/rows.ts";
import { scan } from "../autodiff/scan.ts";
import { reduceSum, reshape, transpose } from "../autodiff/shapes.ts";
import { type ParameterSpec, uniformParameter } from "./parameters.ts";

/** The scores of a CRF that no input changes. */
export interface CrfScores {
  /** A [L, L]: from a label (row) to the next. */
  readonly transitions: Tensor;
  /** [L] each: of first and last labels; 0 if left out. */
  readonly ends?: { readonly start: Tensor; readonly end: Tensor };
}

/** Emissions of S sequences of up to N + 1 labels. */
export interface CrfEmissions {
  /** [S, L] */
  readonly first: Tensor;
  /** [N, S, L], N ≥ 1 */
  readonly rest: Tensor;
  /** M [N, S, L, L]: added to the transition into each; 0 if left out. */
  readonly moves?: Tensor;
  /** float32 [N, S, 1]: 1 where a sequence goes on, 0 after its end. */
  readonly holds: Tensor;
}

/** The right labels of sequences. */
export interface CrfGold {
  /** int64 [S] */
  readonly first: Tensor;
  /** int64 [N, S]; any label after the end. */
  readonly rest: Tensor;
  /** L · the label before + the label: int64 [N, S]; any after the end. */
  readonly pairs: Tensor;
  /** int64 [S] */
  readonly last: Tensor;
}

/** First scores are uniform in ± this, as in the library pytorch-crf. */
const bound = 0.1;

const namesOf = (name: string) => ({
  transitions: `${name}.transitions`,
  start: `${name}.start_transitions`,
  end: `${name}.end_transitions`,
});

/**
 * The parameters of a CRF called `name`, named as in the library pytorch-crf.
 *
 * @param ends whether first and last labels have scores of their own
 */
export function crfParameters(name: string, labels: number, ends: boolean): ParameterSpec[] {
  const names = namesOf(name);
  return [
    uniformParameter(names.transitions, [labels, labels], bound),
    ...(ends
      ? [
        uniformParameter(names.start, [labels], bound),
        uniformParameter(names.end, [labels], bound),
      ]
      : []),
  ].map((spec) => ({ ...spec, decay: false }));
}

/** The scores of a CRF called `name`, of the parameters that {@linkcode crfParameters} lists. */
export function crfScores(
  parameter: (name: string) => Tensor,
  name: string,
  ends: boolean,
): CrfScores {
  const names = namesOf(name);
  return {
    transitions: parameter(names.transitions),
    ...(ends ? { ends: { start: parameter(names.start), end: parameter(names.end) } } : {}),
  };
}

/**
 * log Σ exp score over all sequences of labels, by the forward recursion
 *
 *     α₀ = start + e₀      αₜ[j] = eₜ[j] + log Σᵢ exp(αₜ₋₁[i] + (A + Mₜ)[i, j])
 *     log Z = log Σ exp(αₙ + end)
 *
 * Its gradient by an emission is the label's marginal probability there.
 *
 * @returns [S]
 */
export function logPartition(
  { transitions, ends }: CrfScores,
  { first, rest, moves, holds }: CrfEmissions,
): Tensor {
  const [S, L] = first.dims;
  const alike = transpose(transitions, [1, 0]);
  const start = ends ? add(first, ends.start) : first;
  const { last: [alpha] } = scan(
    [start],
    [rest, greater(holds, scalar(0.5)), ...(moves ? [moves] : [])],
    ([before], [emission, goesOn, move]) => {
      // [L, L] or [S, L, L]: from the last dim to the one before.
      const into = move ? transpose(add(move, transitions), [0, 2, 1]) : alike;
      const after = add(logSumExp(add(reshape(before, [S, 1, L]), into)), emission);
      return { next: [select(goesOn, after, before)], given: [] };
    },
    { name: "crf" },
  );
  return logSumExp(ends ? add(alpha, ends.end) : alpha);
}

/**
 * −ln p of the right labels of each sequence: log Σ exp(score − score of the right labels). All that a
 * step adds is taken relative to the right label first, so that great scores lose no digits.
 *
 * @returns [S], nats
 */
export function crfLosses(scores: CrfScores, emissions: CrfEmissions, gold: CrfGold): Tensor {
  const { transitions, ends } = scores, { first, rest, moves, holds } = emissions;
  const labels = transitions.dims[0] as number, [N, S] = rest.dims;
  const at = (x: Tensor, index: Tensor) =>
    reduceSum(
      mul(x, oneHot(index, x.dims[x.dims.length - 1] as number)),
      [x.dims.length - 1],
      true,
    );
  // Of a label: the column [L, 1] at indices [...] is [..., 1].
  const of = (vector: Tensor, label: Tensor) => gatherRows(reshape(vector, [labels, 1]), label);
  const alike = gatherRows(reshape(transitions, [labels * labels, 1]), gold.pairs);
  const pairs = moves ? add(alike, at(reshape(moves, [N, S, labels * labels]), gold.pairs)) : alike;
  const relative = {
    first: sub(
      sub(first, at(first, gold.first)),
      ends ? of(ends.start, gold.first) : scalar(0),
    ),
    rest: sub(sub(rest, at(rest, gold.rest)), mul(pairs, holds)),
    moves,
    holds,
  };
  const losses = logPartition(scores, relative);
  return ends ? sub(losses, reshape(of(ends.end, gold.last), losses.dims)) : losses;
}
