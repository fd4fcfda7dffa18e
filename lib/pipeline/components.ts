/**
 * Gathers everything that decides what an instance writes.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Instance } from "../plan/plan.ts";
import type { Device, InputSpec, Reading, StageKind } from "../plan/stage.ts";
import type { Components, FileDigests, InputContent } from "../store/fingerprint.ts";
import type { RunRecord } from "../store/record.ts";
import type { StageCode } from "../code/code.ts";

/** What a run brings to every fingerprint. */
export interface FingerprintContext {
  /** Code of every stage kind on the device. */
  readonly code: ReadonlyMap<string, StageCode>;
  readonly onnxruntime: string;
  readonly device: Device;
  /** Instances by their ids. */
  readonly instances: ReadonlyMap<string, Instance>;
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
  const inputs = Object.entries(instance.inputs).map(([input, ids]) => {
    const spec = kind.inputs[input];
    const contents = ids.map((id) => {
      const { outputs } = recordOf(id);
      const files = spec.files.map((file) => [file, outputs[file].digest]);
      const { axes, name } = context.instances.get(id)!;
      return inputContent(spec, { instance: name, axes, files: Object.fromEntries(files) });
    });
    return [input, contents] as const;
  });
  return { ...await frameOf(instance, kind, context), inputs: Object.fromEntries(inputs) };
}

/** What counts of an upstream instance, given the digests of its files. */
export function inputContent(
  { named }: Pick<InputSpec, "named">,
  { instance, axes, files }: { instance: string; axes: Instance["axes"]; files: FileDigests },
): InputContent {
  return named ? { files, instance, axes: Object.entries(axes) } : files;
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
    params: decisiveParams(instance.params, kind),
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

/** The params without those that decide nothing of what is written. */
function decisiveParams(params: Json, { operational = [] }: StageKind): Json {
  if (operational.length === 0 || params === null || typeof params !== "object") return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => !operational.includes(name)));
}

function noted({ facts, paths }: Reading, { readPaths }: FingerprintContext): Reading["facts"] {
  for (const path of paths) readPaths.add(path);
  return facts;
}
