/**
 * `crosstie graph`: the pipeline as a diagram.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { UserError } from "../lib/core/errors.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { print } from "./terminal.ts";

const formats = ["mermaid", "dot", "svg"] as const;
/** The most boxes that are drawn: Graphviz takes minutes for more, and nobody reads them. */
const maxBoxes = 1_000;

/** The command. */
export function graphCommand() {
  return pipelineCommand("graph")
    .description(
      "Prints the graph of stages, with how many instances each has, coloured by state: " +
        "green is fresh, orange stale, grey waits.",
    )
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addOption(new Option("--format <format>", "the language").choices(formats).default("mermaid"))
    .option("--instances", "one box per instance instead of stage")
    .option("--plain", "without states: the same on every machine")
    .addHelpText("after", "\nExample:\n  deno task graph --format svg > graph.svg")
    .action(async (targets, options) => {
      const [{ selectTargets }, drawing] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("./graph_drawing.ts"),
      ]);
      const judge = await openPipeline(options);
      const { plan } = judge;
      const { needed } = selectTargets(plan, targets);
      const instances = plan.instances.filter(({ id }) => needed.has(id));
      const states = options.plain ? undefined : await judge.assess(needed);
      const nodes = options.instances
        ? drawing.instanceNodes(instances, states)
        : drawing.stageNodes(instances, states);
      const title = plan.studies.map(({ pipeline }) => pipeline).join(" + ");
      if (options.format === "mermaid") return print(drawing.mermaid(nodes));
      if (options.format === "dot") return print(drawing.dot(title, nodes));
      if (nodes.length > maxBoxes) {
        throw new UserError({
          message: `Cannot draw ${nodes.length} boxes: at most ${maxBoxes} are possible`,
          hint: "name targets, such as 'train[seed=42]', or leave out --instances",
        });
      }
      print(await drawing.svg(title, nodes));
    });
}
