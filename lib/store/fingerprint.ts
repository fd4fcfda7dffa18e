/**
 * The key of a result: a digest of named components, so that a difference can be named too.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { sha256Json } from "../core/sha256.ts";
import type { Device } from "../plan/stage.ts";

/** Everything that decides what an instance writes. */
export interface Components {
  readonly kind: string;
  /** Digest of the stage's code. */
  readonly code: string;
  /** `name@version` of the packages that the code uses. */
  readonly packages: readonly string[];
  readonly params: Json;
  /** Of every input and upstream instance in plan order. */
  readonly inputs: Readonly<Record<string, readonly InputContent[]>>;
  /** What the kind read beside its inputs. */
  readonly reads: Json;
  /** What of the machine can change numbers; null for stages that do not compute any. */
  readonly runtime: Runtime | null;
}

/** File → SHA-256 of its content. */
export type FileDigests = Readonly<Record<string, string>>;

/** What counts of an upstream instance: its files, and its name where outputs tell by that. */
export type InputContent =
  | FileDigests
  | {
    readonly files: FileDigests;
    readonly instance: string;
    /** Pairs, as their order is a part of the name. */
    readonly axes: readonly (readonly [string, string | number | boolean])[];
  };

/** The numeric runtime. */
export interface Runtime {
  readonly onnxruntime: string;
  readonly device: Device;
  readonly cores: number;
}

/** Whether components, which may come from a damaged file, are those of a fingerprint. */
export function areOf(components: Components, fingerprint: string): boolean {
  try {
    return fingerprintOf(components) === fingerprint;
  } catch {
    return false; // nested beyond any sense, or with numbers that are none
  }
}

/** The fingerprint: SHA-256 of the components' canonical JSON. */
export function fingerprintOf(components: Components): string {
  return sha256Json(components as unknown as Json);
}
