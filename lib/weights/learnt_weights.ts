/**
 * Which weights of a model its training changed, as the training's graph says.
 *
 * @module
 */
import { decodeModel } from "../onnx/model_proto.ts";
import { SafetensorsFile } from "./safetensors_file.ts";

/** How many numbers a model has, and how many of them learnt. */
export interface WeightCounts {
  readonly weights: number;
  readonly learnt: number;
}

/**
 * Counts weights. One learnt where the graph gives its gradient (on the processor) or carries its
 * moments (on graphics processors). Tables of which gradients come as rows have no gradient of their
 * own name: where there are such rows, the tables that the graph looks up learnt.
 *
 * NOTE: Of several such tables of which only some were frozen, all count.
 *
 * @param trainingModel path of training_model.onnx
 * @param model path of model.safetensors
 */
export async function countWeights(trainingModel: string, model: string): Promise<WeightCounts> {
  const { nodes, inputs, outputs } = decodeModel(await Deno.readFile(trainingModel));
  const names = new Set([
    ...outputs.flatMap(({ name }) => after("grad.", name)),
    ...inputs.flatMap(({ name }) => after("moment1.", name)),
  ]);
  const hasRows = outputs.some(({ name }) => name.startsWith("grad.rows."));
  const tables = new Set(
    nodes.flatMap(({ opType, inputs }) => hasRows && opType === "Gather" ? [inputs[0]] : []),
  );
  using file = await SafetensorsFile.open(model);
  let weights = 0, learnt = 0;
  for (const name of file.names) {
    const size = file.shapeOf(name)!.reduce((product, length) => product * length, 1);
    weights += size;
    if (names.has(name) || tables.has(name)) learnt += size;
  }
  return { weights, learnt };
}

function after(prefix: string, name: string): string[] {
  return name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
}
