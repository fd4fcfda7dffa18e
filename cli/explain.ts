/**
 * `crosstie explain`: why instances are fresh or stale, with old and new values.
 *
 * @module
 */
import { explanations } from "./explain_text.ts";
import { lastLog } from "./logs.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { print, terminalColumns } from "./terminal.ts";

/** The command. */
export function explainCommand() {
  return pipelineCommand("explain")
    .description("Explains why instances are fresh, stale or waiting, with old and new values.")
    .argument("<targets...>", "train, 'train[language=swa]' or evaluate+")
    .option("--all", "explain every instance by itself")
    .addHelpText("after", "\nExample:\n  deno task explain 'train[source=deu,seed=42]'")
    .action(async (targets, options) => {
      const { selectTargets } = await import("../lib/plan/targets.ts");
      const judge = await openPipeline(options);
      const { store } = judge.workspace;
      const selection = selectTargets(judge.plan, targets);
      const states = await judge.assess(selection.needed);
      const ids = judge.plan.instances.map(({ id }) => id)
        .filter((id) => selection.targets.has(id));
      const texts = explanations(
        ids,
        states,
        {
          lastOf: (id) => judge.lastOf(judge.context.instances.get(id)!),
          pathOf: (digest) => store.objectPath(digest),
          wasTried: (fingerprint) => lastLog(store, fingerprint) !== undefined,
          expectedMib: (id) => judge.context.instances.get(id)!.expectedMib,
        },
        options.all === true,
        terminalColumns(),
      );
      print(texts.join("\n\n"));
    });
}
