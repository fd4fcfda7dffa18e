/**
 * Training on CUDA.
 *
 * @module
 */
import { lowerCuda } from "../autodiff/lower_cuda.ts";
import { answerInputs, type Device } from "./device.ts";
import { graphStep } from "./graph_step.ts";
import { LoopEngine } from "./loop_engine.ts";

/** Batches that a call takes: fewer, and copies of the state would show. */
const loopBatches = 100;

/** See {@linkcode Device}. */
export const device: Device = {
  evaluationModel: (graph) => lowerCuda("evaluation", answerInputs(graph), graph.answers),
  engine: ({ graph, parameters, initial, options }) =>
    LoopEngine.create(graphStep(graph, parameters, initial, options), {
      ...options,
      provider: "cuda",
      stepsPerCall: Math.ceil(loopBatches / options.accumulate),
    }),
};
