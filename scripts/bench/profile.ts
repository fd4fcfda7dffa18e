/**
 * Where the kernels of a training step spend their time, by operator type.
 *
 * @module
 */
import { join } from "node:path";
import { writeCase } from "./case.ts";
import type { OurAnswer } from "./our_side.ts";
import type { RowData } from "./row_batches.ts";
import type { Row } from "./rows.ts";
import { Side } from "./side.ts";

/** An operator type's part in a step. */
export interface KernelTime {
  readonly opType: string;
  /** Milliseconds a step. */
  readonly ms: number;
  /** Of all kernels' time, 0 … 1. */
  readonly share: number;
  /** Kernels a step. */
  readonly count: number;
}

/** An event of ONNX Runtime's trace; start and duration are in microseconds. */
export interface TraceEvent {
  readonly cat?: string;
  readonly name: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

/**
 * The time of a trace by operator type, the longest first, divided by the number of runs. The first
 * run, which touches most memory for the first time, is left out.
 */
export function kernelTimes(events: readonly TraceEvent[]): KernelTime[] {
  const ends = events.filter(({ name }) => name === "model_run")
    .map(({ ts = 0, dur = 0 }) => ts + dur)
    .sort((a, b) => a - b);
  const runs = ends.length - 1;
  const kernels = events.filter(({ cat, name, ts = 0 }) =>
    cat === "Node" && name.endsWith("_kernel_time") && ts >= ends[0]
  );
  const sums = new Map<string, { us: number; count: number }>();
  for (const { dur = 0, args } of kernels) {
    const opType = args?.op_name ?? "?";
    const { us, count } = sums.get(opType) ?? { us: 0, count: 0 };
    sums.set(opType, { us: us + dur, count: count + 1 });
  }
  const total = [...sums.values()].reduce((sum, { us }) => sum + us, 0);
  return [...sums]
    .map(([opType, { us, count }]) => ({
      opType,
      ms: us / 1000 / runs,
      share: us / total,
      count: count / runs,
    }))
    .sort((a, b) => b.ms - a.ms);
}

/** Trains some steps, at least two, with the runtime's profiler on. */
export async function profileRow(
  row: Row,
  { batches, trained }: RowData,
  folder: string,
  { threads, steps }: { threads: number; steps: number },
): Promise<KernelTime[]> {
  await writeCase(folder, row.config, batches, trained !== undefined, trained);
  const prefix = join(folder, "profile");
  const side = Side.startModule("our side", new URL("our_side.ts", import.meta.url), [
    ...[folder, "--threads", `${threads}`, "--profile", prefix],
  ]);
  await side.ask<OurAnswer>({ from: 0, steps });
  await side.close();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith("profile")) continue;
    return kernelTimes(JSON.parse(await Deno.readTextFile(join(folder, name))));
  }
  throw new Error(`Cannot read the profile of ${row.name} as ONNX Runtime wrote none`);
}
