/**
 * The ONNX model that trains on the processor: a loss and its gradients.
 *
 * @module
 */
import { gradients } from "../autodiff/gradients.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import type { ModelGraph } from "../models/model.ts";
import type { ParameterSpec } from "../nn/parameters.ts";

/** A table whose gradient comes as rows, and the output that holds them. */
export interface RowGradient {
  readonly table: string;
  /** float32 [N, D]: the gradient of each looked-up vector. */
  readonly output: string;
}

/** The lowered graph of a model. */
export interface TrainingGraphs {
  /**
   * Reads inputs, gold, masks and parameters by name; gives `loss`, float32 [], and `grad.<name>`
   * for every parameter that learns, with its shape. Tables of `rows` have `grad.rows.<k>` instead,
   * which tables share that are looked up into one sum.
   */
  readonly training: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly ParameterSpec[];
  readonly rows: readonly RowGradient[];
  readonly graph: ModelGraph;
}

/** Choices about the graphs. */
export interface TrainingGraphOptions {
  /** Rows spare the graph scatters into tables of which a batch touches little; the default. */
  readonly tableGradients?: "dense" | "rows";
  /** Parameters that stay as they start, by name: no gradient of theirs is computed. */
  readonly isFrozen?: (name: string) => boolean;
}

/** Differentiates a model's loss and writes the graph for the processor. */
export function trainingGraphs(
  graph: ModelGraph,
  { tableGradients = "rows", isFrozen }: TrainingGraphOptions = {},
): TrainingGraphs {
  const parameters = graph.specs.map((spec): ParameterSpec =>
    isFrozen?.(spec.name) ? { ...spec, frozen: true } : spec
  );
  const learns = new Set(parameters.flatMap(({ name, frozen }) => frozen ? [] : [name]));
  const touched = tableGradients === "rows"
    ? graph.rows.filter(({ table }) => learns.has(table))
    : [];
  const looked = [...new Set(touched.map((each) => each.looked))];
  const differentiated = new Map<string, Tensor>();
  for (const name of learns) {
    if (touched.some(({ table }) => table === name)) continue;
    differentiated.set(`grad.${name}`, graph.parameters.get(name)!);
  }
  const rowsOf = (tensor: Tensor) => `grad.rows.${looked.indexOf(tensor)}`;
  for (const tensor of looked) differentiated.set(rowsOf(tensor), tensor);
  const parts = gradients(graph.loss, [...differentiated.values()]);
  const { inputs, gold, dropout } = graph;
  return {
    training: lowerCpu(
      "training",
      [...inputs, ...gold, ...dropout.masks, ...graph.parameters.values()],
      {
        loss: graph.loss,
        ...Object.fromEntries([...differentiated.keys()].map((name, i) => [name, parts[i]])),
      },
    ),
    parameters,
    rows: touched.map(({ table, looked }) => ({ table, output: rowsOf(looked) })),
    graph,
  };
}
