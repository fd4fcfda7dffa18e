/**
 * The key of a result: a digest of named components, so that a difference can be named too.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { sha256Json } from "../core/sha256.ts";
import type { StageCode } from "./code.ts";
import type { Instance } from "../plan/plan.ts";
import type { RunRecord } from "./record.ts";
import type { Device, StageKind } from "../plan/stage.ts";

/** Everything that decides what an instance writes. */
export interface Components {
  readonly kind: string;
  /** Digest of the stage's code. */
  readonly code: string;
  /** `name@version` of the packages that the code uses. */
  readonly packages: readonly string[];
  readonly params: Json;
  /** Of every input and upstream instance in plan order: file → SHA-256 of its content. */
  readonly inputs: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  /** What the kind read beside its inputs. */
  readonly reads: Json;
  /** What of the machine can change numbers; null for stages that do not compute any. */
  readonly runtime: Runtime | null;
}

/** The numeric runtime. */
export interface Runtime {
  readonly onnxruntime: string;
  readonly device: Device;
  readonly cores: number;
}

/** What a run brings to every fingerprint. */
export interface FingerprintContext {
  /** Code of every stage kind. */
  readonly code: ReadonlyMap<string, StageCode>;
  readonly onnxruntime: string;
  readonly device: Device;
}

/** The components of an instance whose inputs are there. */
export async function componentsOf(
  instance: Instance,
  kind: StageKind,
  recordOf: (id: string) => RunRecord,
  context: FingerprintContext,
): Promise<Components> {
  const code = context.code.get(instance.kind)!;
  const inputs = Object.entries(instance.inputs).map(([name, ids]) => {
    const files = kind.inputs[name].files;
    const digests = ids.map((id) => {
      const { outputs } = recordOf(id);
      return Object.fromEntries(files.map((file) => [file, outputs[file].digest]));
    });
    return [name, digests] as const;
  });
  return {
    kind: instance.kind,
    code: code.digest,
    packages: code.packages,
    params: instance.params,
    inputs: Object.fromEntries(inputs),
    reads: kind.reads ? await kind.reads(instance.params) : null,
    runtime: kind.numeric
      ? {
        onnxruntime: context.onnxruntime,
        device: context.device,
        cores: instance.resources.cores,
      }
      : null,
  };
}

/** The fingerprint: SHA-256 of the components' canonical JSON. */
export function fingerprintOf(components: Components): string {
  return sha256Json(components as unknown as Json);
}
