/**
 * `crosstie cancel`: ends what a pipeline has in Slurm.
 *
 * @module
 */
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { print } from "./terminal.ts";

/** The command. */
export function cancelCommand() {
  return pipelineCommand("cancel")
    .description("Ends the jobs that a pipeline has in Slurm, whichever process submitted them.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addHelpText("after", "\nExample:\n  deno task cancel 'train[source=deu]'")
    .action(async (targets, options) => {
      const [{ selectTargets }, { cancelTasks }] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/slurm/jobs.ts"),
      ]);
      const { plan, workspace } = await openPipeline(options);
      const chosen = targets.length > 0 ? selectTargets(plan, targets).targets : undefined;
      const ended = await cancelTasks(workspace.store, plan.pipeline, plan.profile, chosen);
      for (const instance of ended) print(`cancelled  ${instance}`);
      print(ended.length === 0 ? "nothing is in Slurm" : `${ended.length} cancelled`);
    });
}
