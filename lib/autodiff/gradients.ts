/**
 * The reverse sweep: from a loss to its gradients, as tensors of the same graph.
 *
 * @module
 */
import { add } from "./elementwise.ts";
import { buildError } from "./build_error.ts";
import { fill } from "./leaves.ts";
import type { Op, Primitive, Tensor } from "./primitive.ts";
import { elementwiseRules, leafRules } from "./vjp_elementwise.ts";
import { normalisationRules, productRules } from "./vjp_products.ts";
import { rowRules, shapeRules } from "./vjp_shapes.ts";
import type { Cotangents, VjpRules } from "./vjp_rule.ts";

/** One rule per primitive: a forgotten one is a type error here. */
const rules: VjpRules<Op> = {
  ...leafRules,
  ...elementwiseRules,
  ...productRules,
  ...normalisationRules,
  ...shapeRules,
  ...rowRules,
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
  const order = pathsTo(loss, new Set(wrt));
  const between = new Set(order);
  const cotangents = new Map<Tensor, Tensor>([[loss, fill(1, [])]]);
  for (const output of order.reverse()) {
    const cotangent = cotangents.get(output);
    if (!cotangent) continue;
    const back = pullBack(output.primitive, cotangent, output);
    output.primitive.inputs.forEach((tensor, i) => {
      const part = back[i];
      if (!part || !between.has(tensor)) return;
      const sum = cotangents.get(tensor);
      cotangents.set(tensor, sum ? add(sum, part) : part);
    });
  }
  return wrt.map((tensor) => {
    const gradient = cotangents.get(tensor);
    if (gradient) return gradient;
    throw buildError("gradients", loss.name, "the loss must depend on every tensor", [tensor.name]);
  });
}

function pullBack<K extends Op>(
  primitive: Primitive<K>,
  cotangent: Tensor,
  output: Tensor,
): Cotangents<K> {
  return rules[primitive.op](primitive, cotangent, output);
}

/** The tensors on the paths from `sources` to `end`, each after its inputs. */
function pathsTo(end: Tensor, sources: ReadonlySet<Tensor>): Tensor[] {
  const order: Tensor[] = [];
  const onPath = new Map<Tensor, boolean>();
  const stack = [{ tensor: end, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const { inputs } = top.tensor.primitive;
    if (top.next < inputs.length) {
      const tensor = inputs[top.next++];
      if (!onPath.has(tensor)) stack.push({ tensor, next: 0 });
      continue;
    }
    stack.pop();
    if (onPath.has(top.tensor)) continue;
    const needed = sources.has(top.tensor) || inputs.some((tensor) => onPath.get(tensor));
    onPath.set(top.tensor, needed);
    if (needed) order.push(top.tensor);
  }
  return order;
}
