/**
 * Gathers everything that decides what an instance writes.
 *
 * @module
 */
import type { Instance } from "../plan/plan.ts";
import type { Device, Reading, StageKind } from "../plan/stage.ts";
import type { Components } from "../store/fingerprint.ts";
import type { RunRecord } from "../store/record.ts";
import type { StageCode } from "../code/code.ts";

/** What a run brings to every fingerprint. */
export interface FingerprintContext {
  /** Code of every stage kind. */
  readonly code: ReadonlyMap<string, StageCode>;
  readonly onnxruntime: string;
  readonly device: Device;
  /** Every path that kinds have read beside their inputs, gathered here. */
  readonly readPaths: Set<string>;
}

/** The components of an instance whose inputs are there. */
export async function componentsOf(
  instance: Instance,
  kind: StageKind,
  recordOf: (id: string) => RunRecord,
  context: FingerprintContext,
): Promise<Components> {
  const inputs = Object.entries(instance.inputs).map(([name, ids]) => {
    const files = kind.inputs[name].files;
    const digests = ids.map((id) => {
      const { outputs } = recordOf(id);
      return Object.fromEntries(files.map((file) => [file, outputs[file].digest]));
    });
    return [name, digests] as const;
  });
  return { ...await frameOf(instance, kind, context), inputs: Object.fromEntries(inputs) };
}

/** The components of an instance that do not depend on its inputs. */
export async function frameOf(
  instance: Instance,
  kind: StageKind,
  context: FingerprintContext,
): Promise<Omit<Components, "inputs">> {
  const code = context.code.get(instance.kind)!;
  return {
    kind: instance.kind,
    code: code.digest,
    packages: code.packages,
    params: instance.params,
    reads: kind.reads ? noted(await kind.reads(instance.params), context) : null,
    runtime: kind.numeric
      ? {
        onnxruntime: context.onnxruntime,
        device: context.device,
        cores: instance.resources.cores,
      }
      : null,
  };
}

function noted({ facts, paths }: Reading, { readPaths }: FingerprintContext): Reading["facts"] {
  for (const path of paths) readPaths.add(path);
  return facts;
}
