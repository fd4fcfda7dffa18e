/**
 * A training in a process of its own, to be killed: says each step, and writes its outcome.
 *
 * Arguments: the folder of its checkpoints and outcome, minutes between checkpoints, epochs.
 *
 * @module
 */
import { writeSafetensors } from "../../weights/safetensors.ts";
import { tinyJob, trainOnCpu } from "./tiny_job.ts";

const [folder, minutes, epochs] = Deno.args;
const { weights, history } = await trainOnCpu(tinyJob({ epochs: Number(epochs) }), {
  onStep: ({ step }) => console.log(`step ${step}`),
  log: (line) => console.log(line),
  checkpoints: { folder: `${folder}/checkpoints`, everyMinutes: Number(minutes) },
});
writeSafetensors(`${folder}/model.safetensors`, weights);
await Deno.writeTextFile(`${folder}/history.json`, JSON.stringify(history));
