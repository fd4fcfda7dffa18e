/**
 * Runs stages for measurements, without an engine.
 *
 * @module
 */
import { join } from "node:path";
import * as cpu from "../../lib/engine/cpu.ts";
import type { InputInstance, Progress } from "../../lib/plan/stage.ts";
import { stages } from "../../stages/mod.ts";

/** How a stage is run. */
export interface StageRunOptions {
  readonly threads: number;
  readonly progress?: (progress: Progress) => void;
}

/**
 * Runs a stage on the processor, into a folder.
 *
 * @param folder is made if it is not there
 * @returns what it wrote, ready to be an input
 */
export async function runStage(
  name: string,
  folder: string,
  params: unknown,
  inputs: Readonly<Record<string, readonly InputInstance[]>>,
  { threads, progress = () => {} }: StageRunOptions,
): Promise<InputInstance> {
  const kind = await stages[name].load();
  await Deno.mkdir(folder, { recursive: true });
  const output = (file: string) => join(folder, file);
  const optional = Object.entries(kind.inputs).flatMap(([input, { optional }]) =>
    optional ? [[input, []]] : []
  );
  await kind.run({
    params: kind.params.parse(params),
    inputs: { ...Object.fromEntries(optional), ...inputs },
    output,
    resumeFolder: output("resume"),
    downloadFolder: output("downloads"),
    resources: { cores: threads, memoryMib: 8000, gpus: 0 },
    device: "cpu",
    deviceModule: cpu,
    log: () => {},
    source: () => {},
    progress,
    signal: new AbortController().signal,
  });
  return filesIn(folder, Object.keys(kind.outputs), name);
}

/** Files of a folder as an input of a stage. */
export function filesIn(
  folder: string,
  names: readonly string[],
  instance: string,
): InputInstance {
  const files = Object.fromEntries(names.map((name) => [name, join(folder, name)]));
  return { instance, axes: {}, files };
}
