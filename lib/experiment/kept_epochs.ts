/**
 * Keeps the weights of every evaluation of a training. Each has a file of its own, which a later
 * attempt finds again; in the end one file holds them all, with tensors called `<epoch>/<name>`.
 *
 * @module
 */
import { publishFile } from "../core/durable_files.ts";
import { UserError } from "../core/errors.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import type { StepRecord } from "../train/step_record.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { readSafetensors, SafetensorsFile } from "../weights/safetensors_file.ts";

function fileOf(folder: string, step: number): string {
  return `${folder}/weights-${step}.safetensors`;
}

/** Keeps the weights of an evaluation. */
export async function keepEpoch(
  folder: string,
  { step }: Pick<StepRecord, "step">,
  weights: ReadonlyMap<string, FloatTensor>,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const scratch = `${folder}/${crypto.randomUUID()}.tmp`;
  writeSafetensors(scratch, weights);
  publishFile(scratch, fileOf(folder, step));
}

/**
 * Writes one file with the weights of every epoch: those of its last evaluation.
 *
 * @param kept the evaluations, in order
 */
export async function writeEpochs(
  output: string,
  folder: string,
  kept: readonly Pick<StepRecord, "step" | "epoch">[],
): Promise<void> {
  const stepOf = new Map(kept.map(({ step, epoch }) => [epoch, step]));
  const all = new Map<string, FloatTensor>();
  for (const [epoch, step] of stepOf) {
    for (const [name, tensor] of await readSafetensors(fileOf(folder, step))) {
      all.set(`${epoch}/${name}`, tensor);
    }
  }
  writeSafetensors(output, all);
}

/**
 * The weights after an epoch.
 *
 * @param instance of the training, for errors
 * @throws {UserError} when the training did not keep them
 */
export async function epochWeights(
  path: string,
  epoch: number,
  instance: string,
): Promise<Map<string, FloatTensor>> {
  using file = await SafetensorsFile.open(path);
  const weights = new Map<string, FloatTensor>();
  for (const name of file.names) {
    const [of, ...rest] = name.split("/");
    if (Number(of) === epoch) weights.set(rest.join("/"), await file.read(name));
  }
  if (weights.size > 0) return weights;
  throw new UserError({
    message: `Cannot pick epoch ${epoch} of ${instance}: its weights were not kept`,
    hint: "set keepEpochs: true where it is trained",
  });
}
