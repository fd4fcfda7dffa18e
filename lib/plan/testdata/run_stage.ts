/**
 * Runs one stage on given files, without an engine.
 *
 * @module
 */
import type { z } from "zod";
import type { InputInstance, StageKind } from "../stage.ts";

/** What a stage said and wrote. */
export interface StageRun {
  readonly lines: readonly string[];
  /** The outputs, by name: ready to be an input of another stage. */
  readonly instance: InputInstance;
}

/**
 * Runs a stage into a folder of its own.
 *
 * @param folder is made if it is not there
 * @param deviceModule of a kind whose registry entry has some
 */
export async function runStage<P, I extends string, O extends string>(
  kind: StageKind<P, I, O>,
  folder: string,
  params: z.input<StageKind<P, I, O>["params"]>,
  inputs: Readonly<Record<I, readonly InputInstance[]>>,
  deviceModule?: unknown,
): Promise<StageRun> {
  await Deno.mkdir(folder, { recursive: true });
  const lines: string[] = [];
  const output = (name: string) => `${folder}/${name}`;
  await kind.run({
    params: kind.params.parse(params),
    inputs,
    output,
    resumeFolder: output("resume"),
    downloadFolder: folder,
    resources: { cores: 1, memoryMib: 1000, gpus: 0 },
    device: "cpu",
    deviceModule,
    log: (line) => void lines.push(line),
    source: () => {},
    progress: () => {},
    signal: new AbortController().signal,
  });
  const files = Object.fromEntries(Object.keys(kind.outputs).map((name) => [name, output(name)]));
  return { lines, instance: { instance: kind.kind, axes: {}, files } };
}
