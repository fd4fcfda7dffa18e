/**
 * The reverse sweep: from a loss to its gradients, as tensors of the same graph.
 *
 * @module
 */
import { add } from "./elementwise.ts";
import { buildError } from "./build_error.ts";
import { fill } from "./leaves.ts";
import { pathsTo } from "./paths.ts";
import type { Op, Primitive, Tensor } from "./primitive.ts";
import { elementwiseRules, leafRules } from "./vjp_elementwise.ts";
import { normalisationRules, productRules } from "./vjp_products.ts";
import { rowRules, shapeRules } from "./vjp_shapes.ts";
import type { Cotangents, VjpRules } from "./vjp_rule.ts";
import { scanVjp } from "./vjp_scan.ts";

/** All primitives but scans, which have a cotangent for each part. */
type RuledOp = Exclude<Op, "scan" | "scanPart">;

/** One rule per primitive: a forgotten one is a type error here. */
const rules: VjpRules<RuledOp> = {
  ...leafRules,
  ...elementwiseRules,
  ...productRules,
  ...normalisationRules,
  ...shapeRules,
  ...rowRules,
  withVjp: ({ vjp }, dy) => vjp(dy),
};

/**
 * The gradient of a scalar with respect to each of some tensors, by reverse accumulation
 * (Baydin et al. 2018, §3.2). Only what lies between them is visited.
 *
 * @param loss float32 []
 * @returns one tensor per entry of `wrt`, with its dims
 * @throws {Error} when the loss is no scalar or does not depend on one of `wrt`
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.dims.length > 0) {
    throw buildError("gradients", loss.name, "the loss must be a scalar", [loss]);
  }
  return sweep([[loss, fill(1, [])]], wrt, false).map((gradient, i) => {
    if (gradient) return gradient;
    throw buildError("gradients", loss.name, "the loss must depend on every tensor", [wrt[i].name]);
  });
}

/**
 * Brings the cotangents of some tensors back to others.
 *
 * @param seeds tensors with their cotangents; those of a tensor that is named twice add up
 * @param stops whether nothing flows on from an entry of `wrt` to another
 * @returns one cotangent per entry of `wrt`; undefined where nothing flows back
 */
function sweep(
  seeds: readonly (readonly [Tensor, Tensor])[],
  wrt: readonly Tensor[],
  stops: boolean,
): (Tensor | undefined)[] {
  const sources = new Set(wrt);
  const order = pathsTo(seeds.map(([tensor]) => tensor), sources, { stops });
  const between = new Set(order);
  const cotangents = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, part: Tensor | null) => {
    if (!part || !between.has(tensor)) return;
    const sum = cotangents.get(tensor);
    cotangents.set(tensor, sum ? add(sum, part) : part);
  };
  for (const [tensor, cotangent] of seeds) accumulate(tensor, cotangent);
  // A scan has a cotangent for each of its parts.
  const parts = new Map<Tensor, (Tensor | undefined)[]>();
  for (const output of order.reverse()) {
    if (stops && sources.has(output)) continue;
    const { primitive } = output;
    if (primitive.op === "scan") {
      const given = parts.get(output);
      if (!given) continue;
      const isWanted = (tensor: Tensor) => between.has(tensor);
      const back = scanVjp(
        output,
        primitive,
        given,
        isWanted,
        (seeds, wrt) => sweep(seeds, wrt, true),
      );
      primitive.inputs.forEach((tensor, i) => accumulate(tensor, back[i]));
      continue;
    }
    const cotangent = cotangents.get(output);
    if (!cotangent) continue;
    if (primitive.op === "scanPart") {
      const [whole] = primitive.inputs, { index } = primitive;
      const list = parts.get(whole) ?? [];
      list[index] = list[index] ? add(list[index], cotangent) : cotangent;
      parts.set(whole, list);
      continue;
    }
    const back = cotangentsOf(primitive, cotangent, output);
    primitive.inputs.forEach((tensor, i) => accumulate(tensor, back[i]));
  }
  return wrt.map((tensor) => cotangents.get(tensor));
}

function cotangentsOf<K extends RuledOp>(
  primitive: Primitive<K>,
  cotangent: Tensor,
  output: Tensor,
): Cotangents<K> {
  return rules[primitive.op](primitive, cotangent, output);
}
