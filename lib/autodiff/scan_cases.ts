/**
 * Scans whose gradients are checked, for tests.
 *
 * @module
 */
import type { Dim } from "../onnx/dtype.ts";
import { add, mul, select, tanh } from "./elementwise.ts";
import type { CheckInput, GradientCase } from "./gradient_check.ts";
import { fill } from "./leaves.ts";
import { logSumExp } from "./normalisation.ts";
import type { Tensor } from "./primitive.ts";
import { gemm } from "./products.ts";
import { scan, type ScanResult } from "./scan.ts";
import { reduceSum, reshape } from "./shapes.ts";

function float(dims: readonly Dim[]): CheckInput {
  return { dtype: "float32", dims, from: (random) => random.normal() };
}

/** The last state and all that was given, in one tensor of the state's dims. */
function together({ last, given }: ScanResult) {
  return [...last, ...given.map((each) => reduceSum(mul(each, each), [0]))]
    .reduce((a, b) => add(a, b));
}

/**
 * Scans of 3 steps.
 *
 * @param T 3, or a symbol for it
 */
export function scanCases(T: Dim): GradientCase[] {
  return [
    ...[false, true].map((reverse): GradientCase => ({
      name: `a recurrent layer${reverse ? ", from the end" : ""}`,
      inputs: { s: float(["B", 2]), x: float([T, "B", 2]), w: float([2, 2]) },
      build: ({ s, x, w }) =>
        together(
          scan([s], [x], ([state], [entry]) => {
            const after = tanh(gemm(state, w, { plus: entry }));
            return { next: [after], given: [after] };
          }, { reverse }),
        ),
    })),
    {
      name: "no state",
      inputs: { x: float([T, "B", 2]), w: float([2]) },
      build: ({ x, w }) =>
        scan([], [x], (_, [entry]) => ({ next: [], given: [mul(entry, mul(entry, w))] })).given[0],
    },
    {
      name: "nothing is given, and a state that stays",
      inputs: { s: float([2]), x: float([T, 2]) },
      build: ({ s, x }) => {
        const { last: [kept, moved] } = scan([s, s], [x], ([one, other], [entry]) => ({
          next: [one, mul(other, entry)],
          given: [],
        }));
        return mul(kept, moved);
      },
    },
    {
      name: "a state that forgets, and steps that give what they read",
      inputs: { s: float([2]), x: float([T, 2]) },
      build: ({ s, x }) => {
        const { last, given } = scan([s, s], [x], ([one, other], [entry]) => ({
          next: [mul(entry, entry), mul(one, other)],
          given: [entry, other, mul(one, one)],
        }));
        return together({ last, given });
      },
    },
    {
      name: "a weight and its square around the steps",
      inputs: { s: float(["B", 2]), x: float([T, "B", 2]), w: float([2]) },
      build: ({ s, x, w }) => {
        const square = mul(w, w);
        return mul(
          w,
          together(
            scan([s], [x], ([state], [entry]) => ({
              next: [add(mul(state, w), mul(entry, square))],
              given: [mul(state, add(entry, fill(1, ["B", 2])))],
            })),
          ),
        );
      },
    },
    {
      name: "a mask among the sequences",
      inputs: {
        s: float(["B", 2]),
        x: float([T, "B", 2]),
        mask: { dtype: "bool", dims: [T, "B", 1], values: [1, 1, 1, 0, 0, 1] },
      },
      build: ({ s, x, mask }) =>
        together(
          scan([s], [x, mask], ([state], [entry, holds]) => ({
            next: [select(holds, tanh(add(state, entry)), state)],
            given: [state],
          })),
        ),
    },
    {
      name: "sums over paths, as of a CRF",
      inputs: { s: float(["B", 2]), x: float([T, "B", 2]), w: float([2, 2]) },
      build: ({ s, x, w }) =>
        scan([s], [x], ([state], [entry]) => ({
          next: [add(logSumExp(add(reshape(state, ["B", 1, 2]), w)), entry)],
          given: [],
        })).last[0],
    },
    {
      name: "a scan in a scan",
      inputs: { s: float(["B", 2]), x: float([T, "B", 2]), z: float([2, "B", 2]), w: float([2]) },
      build: ({ s, x, z, w }) =>
        together(
          scan([s], [x], ([state], [entry]) => {
            const { last, given } = scan([state], [z], ([inner], [own]) => {
              const after = tanh(add(mul(inner, w), mul(own, entry)));
              return { next: [after], given: [mul(after, inner)] };
            });
            return { next: [add(last[0], reduceSum(given[0], [0]))], given: [last[0]] };
          }),
        ),
    },
    {
      name: "a scan after a scan",
      inputs: { s: float(["B", 2]), x: float([T, "B", 2]) },
      build: ({ s, x }) => {
        const step = ([state]: readonly Tensor[], [entry]: readonly Tensor[]) => {
          const after = tanh(add(mul(state, entry), entry));
          return { next: [after], given: [after] };
        };
        const first = scan([s], [x], step);
        return together(scan(first.last, first.given, step, { reverse: true }));
      },
    },
  ];
}
