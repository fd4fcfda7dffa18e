/**
 * `crosstie graph`: the pipeline as a diagram.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import type { Freshness } from "../lib/pipeline/freshness.ts";
import type { Plan } from "../lib/plan/plan.ts";
import { dot, type GraphNode, mermaid, type NodeState } from "./graph_text.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";

const formats = ["mermaid", "dot", "svg"] as const;

/** The command. */
export function graphCommand() {
  return pipelineCommand("graph")
    .description("Prints the graph of stages, with how many instances each has.")
    .addOption(new Option("--format <format>", "the language").choices(formats).default("mermaid"))
    .option("--instances", "one node per instance instead of stage")
    .option("--no-states", "do not colour what is fresh, stale or waiting")
    .addHelpText("after", "\nExample:\n  deno task graph --format svg > graph.svg")
    .action(async (options) => {
      const judge = await openPipeline(options);
      const { plan } = judge;
      const states = options.states ? await judge.assess() : undefined;
      const nodes = options.instances ? instanceNodes(plan, states) : stageNodes(plan, states);
      if (options.format === "mermaid") return console.log(mermaid(nodes));
      const text = dot(plan.pipeline, nodes);
      if (options.format === "dot") return console.log(text);
      const { drawDot } = await import("./draw_dot.ts");
      console.log(await drawDot(text));
    });
}

type States = ReadonlyMap<string, Freshness> | undefined;

function instanceNodes({ instances }: Plan, states: States): GraphNode[] {
  return instances.map(({ id, inputs }) => ({
    name: id,
    lines: [id],
    needs: [...new Set(Object.values(inputs).flat())],
    state: states?.get(id)?.kind,
  }));
}

/** A stage is as its instances: stale if one is, else waiting if one is. */
function stageNodes({ instances }: Plan, states: States): GraphNode[] {
  const stageOf = new Map(instances.map(({ id, stage }) => [id, stage]));
  return [...Map.groupBy(instances, ({ stage }) => stage)].map(([stage, members]) => {
    const kinds = states ? members.map(({ id }) => states.get(id)!.kind) : [];
    const worst = (["stale", "waiting", "fresh"] as const).find((kind) => kinds.includes(kind));
    const mixed = new Set(kinds).size > 1;
    const count = (state: NodeState) => kinds.filter((kind) => kind === state).length;
    const counts = (["fresh", "stale", "waiting"] as const).filter((kind) => count(kind) > 0)
      .map((kind) => `${count(kind)} ${kind}`);
    const upstream = members.flatMap(({ inputs }) => Object.values(inputs).flat());
    return {
      name: stage,
      lines: [
        members.length > 1 ? `${stage} × ${members.length}` : stage,
        ...mixed ? [counts.join(", ")] : [],
      ],
      needs: [...new Set(upstream.map((id) => stageOf.get(id)!))],
      state: worst,
    };
  });
}
