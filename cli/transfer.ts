/**
 * `crosstie push` and `crosstie pull`: results to and from the server of `CROSSTIE_REMOTE`.
 *
 * @module
 */
import { exit } from "./exit.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { countText, sizeText } from "./sizes.ts";

const variables =
  "\nCROSSTIE_REMOTE is https://host/path, http://host/path or s3://bucket/prefix;" +
  "\nAWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL are for S3.\n";

/** The command that sends. */
export function pushCommand() {
  return pipelineCommand("push")
    .description("Sends fresh results to the remote store.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addHelpText("after", `${variables}\nExample:\n  deno task push --profile cpu`)
    .action(async (targets, options) => {
      const [{ selectTargets }, { push }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/pipeline/transfer.ts"),
        openPipeline(options),
      ]);
      const { needed } = selectTargets(judge.plan, targets);
      const { results, sizeBytes, left } = await push(judge, needed);
      console.log(`${countText(results, "result")} there, ${sizeText(sizeBytes)} sent`);
      if (left.length > 0) {
        console.log(`${left.length} not sent as they are not fresh, ${left[0]} for one`);
      }
    });
}

/** The command that fetches. */
export function pullCommand() {
  return pipelineCommand("pull")
    .description("Fetches results from the remote store. A run does so by itself.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addHelpText("after", `${variables}\nExample:\n  deno task pull 'evaluate[source=deu]'`)
    .action(async (targets, options) => {
      const [{ selectTargets }, { pull, remoteOf }, { createStore }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/pipeline/transfer.ts"),
        import("../lib/store/store.ts"),
        openPipeline(options),
      ]);
      const remote = remoteOf(judge);
      createStore(judge.workspace.store.folder);
      const states = await pull(judge, selectTargets(judge.plan, targets).needed);
      const missing = [...states].filter(([, { kind }]) => kind !== "fresh");
      const { objects, sizeBytes } = remote.fetched;
      console.log(
        `${countText(states.size - missing.length, "result")} here, ` +
          `${countText(objects, "content")} fetched, ${sizeText(sizeBytes)}`,
      );
      if (missing.length === 0) return;
      console.log(`${missing.length} not there, ${missing[0][0]} for one: a run makes them`);
      exit.code = exit.stageFailed;
    });
}
