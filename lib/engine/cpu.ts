/**
 * Training on the processor.
 *
 * @module
 */
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { AdamW } from "./adamw.ts";
import { CpuEngine } from "./cpu_engine.ts";
import { answerInputs, type Device } from "./device.ts";
import { trainingGraphs } from "./training_graphs.ts";

/** See {@linkcode Device}. */
export const device: Device = {
  evaluationModel: (graph) => lowerCpu("evaluation", answerInputs(graph), graph.answers),
  async engine({ graph, parameters, initial, options }) {
    const idle = new Set(parameters.flatMap((each) => each.rateShare > 0 ? [] : [each.name]));
    const graphs = trainingGraphs(graph, { isFrozen: (name) => idle.has(name) });
    const tables = graphs.rows.map(({ table }) => table);
    const optimizer = await AdamW.create(parameters, initial, options, tables);
    return await CpuEngine.create(graphs, optimizer, options);
  },
};
