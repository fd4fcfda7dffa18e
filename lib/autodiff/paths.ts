/**
 * Which tensors lie between others.
 *
 * @module
 */
import type { Tensor } from "./primitive.ts";

/** All that a tensor is computed of: its inputs, and the value of one that brings its vjp along. */
export function operandsOf({ primitive }: Tensor): readonly Tensor[] {
  return primitive.op === "withVjp" ? [primitive.value, ...primitive.inputs] : primitive.inputs;
}

/**
 * The tensors on the paths from `sources` to `ends`, each after what it is computed of.
 *
 * @param options.operands what counts as an edge; the inputs if left out
 * @param options.stops whether paths begin at the first source that is met, seen from the ends
 */
export function pathsTo(
  ends: readonly Tensor[],
  sources: ReadonlySet<Tensor>,
  { operands = ({ primitive }) => primitive.inputs, stops = false }: {
    readonly operands?: (tensor: Tensor) => readonly Tensor[];
    readonly stops?: boolean;
  } = {},
): Tensor[] {
  const order: Tensor[] = [];
  const onPath = new Map<Tensor, boolean>();
  const open = (tensor: Tensor) => ({
    tensor,
    inputs: stops && sources.has(tensor) ? [] : operands(tensor),
    next: 0,
  });
  for (const end of ends) {
    const stack = onPath.has(end) ? [] : [open(end)];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.inputs.length) {
        const tensor = top.inputs[top.next++];
        if (!onPath.has(tensor)) stack.push(open(tensor));
        continue;
      }
      stack.pop();
      if (onPath.has(top.tensor)) continue;
      const needed = sources.has(top.tensor) || top.inputs.some((tensor) => onPath.get(tensor));
      onPath.set(top.tensor, needed);
      if (needed) order.push(top.tensor);
    }
  }
  return order;
}
