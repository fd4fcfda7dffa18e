/**
 * A training in a process of its own, to be killed: says each step, and writes its outcome.
 *
 * Arguments: the folder of its checkpoints and outcome, minutes between checkpoints, epochs.
 *
 * @module
 */
import { encodeSafetensors } from "../../weights/safetensors.ts";
import { trainEncoder } from "../trainer.ts";
import { tinyJob } from "./tiny_job.ts";

const [folder, minutes, epochs] = Deno.args;
const { weights, history } = await trainEncoder(tinyJob({ epochs: Number(epochs) }), {
  onStep: ({ step }) => console.log(`step ${step}`),
  log: (line) => console.log(line),
  checkpoints: { folder: `${folder}/checkpoints`, everyMinutes: Number(minutes) },
});
await Deno.writeFile(`${folder}/model.safetensors`, encodeSafetensors(weights));
await Deno.writeTextFile(`${folder}/history.json`, JSON.stringify(history));
