/**
 * Orders the nodes of a graph, or names a cycle.
 *
 * @module
 */

/** The outcome of ordering: every node after all it depends on, or one cycle. */
export type TopologicalOrder =
  | { kind: "order"; order: string[] }
  | { kind: "cycle"; cycle: string[] };

/**
 * Orders nodes so that dependencies come first; nodes that could go either way keep their given
 * order. A cycle is returned as its nodes in order, the first one repeated at the end.
 *
 * @param dependenciesOf what each node depends on; keys are the nodes
 */
export function topologicalOrder(
  dependenciesOf: ReadonlyMap<string, readonly string[]>,
): TopologicalOrder {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  for (const root of dependenciesOf.keys()) {
    if (state.has(root)) continue;
    const path: { node: string; next: number }[] = [{ node: root, next: 0 }];
    state.set(root, "open");
    while (path.length > 0) {
      const top = path[path.length - 1];
      const dependencies = dependenciesOf.get(top.node) ?? [];
      if (top.next === dependencies.length) {
        state.set(top.node, "done");
        order.push(top.node);
        path.pop();
        continue;
      }
      const dependency = dependencies[top.next++];
      const seen = state.get(dependency);
      if (seen === "done") continue;
      if (seen === "open") {
        const start = path.findIndex((step) => step.node === dependency);
        return { kind: "cycle", cycle: [...path.slice(start).map((s) => s.node), dependency] };
      }
      state.set(dependency, "open");
      path.push({ node: dependency, next: 0 });
    }
  }
  return { kind: "order", order };
}
