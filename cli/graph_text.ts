/**
 * A graph in the languages of Mermaid and Graphviz.
 *
 * @module
 */
import type { Freshness } from "../lib/pipeline/freshness.ts";

/** What a node's colour says. */
export type NodeState = Freshness["kind"];

/** A node of the diagram. */
export interface GraphNode {
  readonly name: string;
  readonly lines: readonly string[];
  readonly needs: readonly string[];
  /** No colour when left out. */
  readonly state?: NodeState;
}

const colours: Readonly<Record<NodeState, string>> = {
  fresh: "#d5f0d8",
  stale: "#ffdcae",
  waiting: "#ececec",
};

/** As a Mermaid flow chart. */
export function mermaid(nodes: readonly GraphNode[]): string {
  const idOf = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const states = Map.groupBy(nodes, ({ state }) => state);
  return [
    "flowchart LR",
    ...nodes.map(({ name, lines }) => `  ${idOf.get(name)}["${lines.join("<br/>")}"]`),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${idOf.get(need)} --> ${idOf.get(name)}`)
    ),
    ...[...states].flatMap(([state, members]) =>
      state === undefined ? [] : [
        `  classDef ${state} fill:${colours[state]},color:#000`,
        `  class ${members.map(({ name }) => idOf.get(name)).join(",")} ${state}`,
      ]
    ),
  ].join("\n");
}

/** As a Graphviz digraph. */
export function dot(title: string, nodes: readonly GraphNode[]): string {
  const quote = (text: string): string => JSON.stringify(text);
  const fill = (state: NodeState | undefined): string =>
    state === undefined ? "" : ` style="rounded,filled" fillcolor="${colours[state]}"` +
      ` tooltip="${state}"`;
  return [
    `digraph ${quote(title)} {`,
    '  rankdir=LR; node [shape=box style=rounded margin="0.25,0.1"];',
    '  node [fontname="Helvetica,Arial,sans-serif" fontsize=12]; edge [color="#808080"];',
    ...nodes.map(({ name, lines, state }) =>
      `  ${quote(name)} [label=${quote(lines.join("\n"))}${fill(state)}];`
    ),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${quote(need)} -> ${quote(name)};`)
    ),
    "}",
  ].join("\n");
}
