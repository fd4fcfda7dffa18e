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
      let count = 0;
      for (const study of plan.studies) {
        const own = plan.instances.filter((instance) =>
          instance.study === study && chosen?.has(instance.id)
        );
        const names = chosen && new Set(own.map(({ name }) => name));
        const { pipeline, profile } = study;
        const ended = await cancelTasks(workspace.store, pipeline, profile, names);
        for (const instance of ended) print(`cancelled  ${instance}`);
        count += ended.length;
      }
      print(count === 0 ? "nothing is in Slurm" : `${count} cancelled`);
    });
}
