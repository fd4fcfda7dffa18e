/**
 * `crosstie pin`: keeps results from `gc`, whatever becomes of their pipeline.
 *
 * @module
 */
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { countText } from "./sizes.ts";
import { print } from "./terminal.ts";

/** The command. */
export function pinCommand() {
  return pipelineCommand("pin")
    .description("Keeps the fresh results of targets, and of all they need, from being freed.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .option("--remove", "keep them no longer")
    .addHelpText("after", "\nExample:\n  deno task pin 'train[source=deu]'")
    .action(async (targets, options) => {
      const [{ selectTargets }, { pin, unpin }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/store/roots.ts"),
        openPipeline(options),
      ]);
      const { needed } = selectTargets(judge.plan, targets);
      const states = await judge.assess(needed, undefined, { reach: "here" });
      const { folder } = judge.workspace.store;
      let count = 0;
      for (const [instance, state] of states) {
        if (state.kind !== "fresh") continue;
        count++;
        if (options.remove) unpin(folder, state.fingerprint);
        else pin(folder, state.fingerprint, instance);
      }
      const left = states.size - count;
      print(
        `${countText(count, "result")} ${options.remove ? "no longer kept" : "kept"}` +
          (left > 0 ? `, ${left} not fresh` : ""),
      );
    });
}
