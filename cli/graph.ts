/**
 * `crosstie graph`: the pipeline as a diagram.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";

const formats = ["mermaid", "dot"] as const;

/** A node of the diagram. */
interface GraphNode {
  readonly name: string;
  readonly label: string;
  readonly needs: readonly string[];
}

/** The command. */
export function graphCommand() {
  return pipelineCommand("graph")
    .description("Prints the graph of stages, with how many instances each has.")
    .addOption(new Option("--format <format>", "the language").choices(formats).default("mermaid"))
    .option("--instances", "one node per instance instead of stage")
    .addHelpText("after", "\nExample:\n  deno task graph --format dot | dot -Tsvg > graph.svg")
    .action(async (options) => {
      const { plan } = await openPipeline(options);
      const byStage = Map.groupBy(plan.instances, ({ stage }) => stage);
      const needs = (inputs: readonly string[]): string[] => [...new Set(inputs)];
      const nodes: GraphNode[] = options.instances
        ? plan.instances.map(({ id, inputs }) => ({
          name: id,
          label: id,
          needs: needs(Object.values(inputs).flat()),
        }))
        : [...byStage].map(([stage, members]) => ({
          name: stage,
          label: members.length > 1 ? `${stage} × ${members.length}` : stage,
          needs: needs(
            members.flatMap(({ inputs }) => Object.values(inputs).flat())
              .map((id) => id.replace(/\[.*/, "")),
          ),
        }));
      console.log(options.format === "dot" ? dot(plan.pipeline, nodes) : mermaid(nodes));
    });
}

function mermaid(nodes: readonly GraphNode[]): string {
  const idOf = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  return [
    "flowchart LR",
    ...nodes.map(({ name, label }) => `  ${idOf.get(name)}["${label}"]`),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${idOf.get(need)} --> ${idOf.get(name)}`)
    ),
  ].join("\n");
}

function dot(title: string, nodes: readonly GraphNode[]): string {
  const quote = (text: string): string => JSON.stringify(text);
  return [
    `digraph ${quote(title)} {`,
    "  rankdir=LR; node [shape=box];",
    ...nodes.map(({ name, label }) => `  ${quote(name)} [label=${quote(label)}];`),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map((need) => `  ${quote(need)} -> ${quote(name)};`)
    ),
    "}",
  ].join("\n");
}
