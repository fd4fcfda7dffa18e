/**
 * What is remembered of an instance that ran: its components, outputs and circumstances.
 *
 * @module
 */
import type { Components } from "./fingerprint.ts";
import type { Device, Resources } from "../plan/stage.ts";

/** A stored file. */
export interface StoredFile {
  /** SHA-256 of the content. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Where results came from; not part of any key. */
export interface Provenance {
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** One run of an instance, as it is stored at `records/ab/<fingerprint>.json`. */
export interface RunRecord {
  readonly format: 1;
  readonly fingerprint: string;
  /** The instance that ran; others with the same fingerprint share the record. */
  readonly instance: string;
  readonly components: Components;
  readonly outputs: Readonly<Record<string, StoredFile>>;
  /** Files from elsewhere that nothing pins: address → SHA-256. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Digest of the log. */
  readonly log: string;
  /** Digest of a JSON object: file of the stage's code → SHA-256. */
  readonly codeFiles: string;
  readonly resources: Resources;
  readonly device: Device;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly host: string;
  readonly provenance: Provenance;
}

const digestPattern = /^[0-9a-f]{64}$/;

/** Whether a text is a SHA-256, and so safe as part of a path. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && digestPattern.test(value);
}

/** Reads a record; undefined for anything that is not a whole record of this fingerprint. */
export function parseRecord(text: string, fingerprint: string): RunRecord | undefined {
  let record: RunRecord;
  try {
    record = JSON.parse(text);
    const { outputs, components, provenance } = record;
    const whole = record.format === 1 && record.fingerprint === fingerprint &&
      [record.log, record.codeFiles].every(isDigest) &&
      [record.instance, record.startedAt, record.endedAt, record.host].every(isText) &&
      Object.values(outputs).every(({ digest, sizeBytes }) =>
        isDigest(digest) && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0
      ) &&
      Object.values(record.sources ?? {}).every(isDigest) &&
      areWhole(components) &&
      Object.values(provenance.versions).every(isText) &&
      (provenance.git === null || isText(provenance.git.commit));
    return whole ? record : undefined;
  } catch {
    return undefined; // not JSON, or of another shape
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether components have all their parts; what the parts say is hashed, and read by their kind. */
function areWhole({ kind, code, packages, params, inputs, reads, runtime }: Components): boolean {
  return isText(kind) && isText(code) && Array.isArray(packages) && packages.every(isText) &&
    params !== undefined && isMap(inputs) && reads !== undefined &&
    (runtime === null ||
      isText(runtime.onnxruntime) && isText(runtime.device) && typeof runtime.cores === "number");
}

function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
