/**
 * The graph of a plan as Mermaid, Graphviz's language or SVG.
 *
 * @module
 */
import { displayWidth } from "../lib/core/display_width.ts";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Instance } from "../lib/plan/plan.ts";

/** A box of the diagram: a stage, or an instance. */
export interface GraphNode {
  readonly name: string;
  /** The lines in the box. */
  readonly label: readonly string[];
  /** The names of the boxes before it. */
  readonly needs: readonly string[];
  /** The state that colours it: of a stage, the one that wants most. None in a plain graph. */
  readonly state?: Freshness["kind"];
}

/** The states, the one that wants most first. */
const order: readonly Freshness["kind"][] = ["stale", "waiting", "fresh"];

/** Fill, line and style of a box. */
const colours: Readonly<Record<Freshness["kind"], { fill: string; line: string; style: string }>> =
  {
    fresh: { fill: "#dcf3e3", line: "#2f7d4f", style: "rounded,filled" },
    stale: { fill: "#ffe4c4", line: "#b45309", style: "rounded,filled" },
    waiting: { fill: "#eceef2", line: "#6b7280", style: "rounded,filled,dashed" },
  };

/** One box per stage, with its number of instances and how many are in which state. */
export function stageNodes(
  instances: readonly Instance[],
  states?: ReadonlyMap<string, Freshness>,
): GraphNode[] {
  const stageOf = new Map(instances.map(({ id, stage }) => [id, stage]));
  return [...Map.groupBy(instances, ({ stage }) => stage)].map(([stage, members]) => {
    const needed = members.flatMap(({ inputs }) => Object.values(inputs).flat());
    const kinds = members.flatMap(({ id }) => states?.get(id)?.kind ?? []);
    const there = order.filter((kind) => kinds.includes(kind));
    const counts = there.map((kind) => `${kinds.filter((each) => each === kind).length} ${kind}`);
    const title = members.length > 1 ? `${stage} × ${members.length}` : stage;
    return {
      name: stage,
      label: there.length > 1 ? [title, counts.join(", ")] : [title, ...there],
      needs: [...new Set(needed.map((id) => stageOf.get(id)!))],
      state: there[0],
    };
  });
}

/** One box per instance. */
export function instanceNodes(
  instances: readonly Instance[],
  states?: ReadonlyMap<string, Freshness>,
): GraphNode[] {
  return instances.map(({ id, stage, axes, inputs }) => ({
    name: id,
    label: [stage, ...Object.entries(axes).map(([axis, value]) => `${axis}=${value}`)],
    needs: [...new Set(Object.values(inputs).flat())],
    state: states?.get(id)?.kind,
  }));
}

/** A flowchart as Mermaid draws it, in GitHub's Markdown too. */
export function mermaid(nodes: readonly GraphNode[]): string {
  const idOf = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const text = (line: string): string =>
    line.replace(/[#"<>&]/g, (character) => `#${character.charCodeAt(0)};`);
  const used = order.filter((kind) => nodes.some(({ state }) => state === kind));
  return [
    "flowchart LR",
    ...nodes.map(({ name, label, state }) =>
      `  ${idOf.get(name)}["${label.map(text).join("<br>")}"]${state ? `:::${state}` : ""}`
    ),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${idOf.get(need)} --> ${idOf.get(name)}`)
    ),
    ...used.map((kind) => {
      const { fill, line, style } = colours[kind];
      const dashes = style.includes("dashed") ? ",stroke-dasharray:4" : "";
      return `  classDef ${kind} fill:${fill},stroke:${line},color:#1f2937${dashes}`;
    }),
  ].join("\n");
}

/** A graph in the language of Graphviz. */
export function dot(title: string, nodes: readonly GraphNode[]): string {
  const quote = (text: string): string => JSON.stringify(text);
  const look = ({ label, state }: GraphNode): string => {
    // Wide enough for any sans-serif: whoever looks at the picture may not have the first one.
    const width = Math.max(...label.map(displayWidth)) * 0.115 + 0.3;
    if (!state) return `, width=${width.toFixed(2)}`;
    const { fill, line, style } = colours[state];
    return `, width=${width.toFixed(2)}, fillcolor="${fill}", color="${line}", style="${style}"`;
  };
  return [
    `digraph ${quote(title)} {`,
    '  rankdir=LR; bgcolor="transparent"; nodesep=0.25; ranksep=0.6;',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#6b7280",',
    '    fontname="Helvetica,Arial,sans-serif", fontsize=12, fontcolor="#1f2937",',
    '    margin="0.08,0.08", height=0.45];',
    '  edge [color="#8a919c", arrowsize=0.7];',
    ...nodes.map((node) =>
      `  ${quote(node.name)} [label=${quote(node.label.join("\n"))}${look(node)}];`
    ),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${quote(need)} -> ${quote(name)};`)
    ),
    "}",
  ].join("\n");
}

/** A picture, drawn by Graphviz. */
export async function svg(title: string, nodes: readonly GraphNode[]): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  return (await instance()).renderString(dot(title, nodes), { format: "svg" }).trimEnd();
}
