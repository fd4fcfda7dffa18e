/**
 * Training on WebGPU.
 *
 * @module
 */
import { lowerWebgpu } from "../autodiff/lower_webgpu.ts";
import { answerInputs, type Device } from "./device.ts";
import { graphStep } from "./graph_step.ts";
import { WebgpuEngine } from "./webgpu_engine.ts";

/** See {@linkcode Device}. */
export const device: Device = {
  evaluationModel: (graph) => lowerWebgpu("evaluation", answerInputs(graph), graph.answers),
  engine: ({ graph, parameters, initial, options }) =>
    WebgpuEngine.create(graphStep(graph, parameters, initial, options), options),
};
