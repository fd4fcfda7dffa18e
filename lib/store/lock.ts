/**
 * The lock of a pipeline: what every result is made of and its bytes' digests, in a text file that
 * is committed beside the pipeline file. `pipeline.yaml` has `pipeline.lock`.
 *
 * The text is sorted and has one block per instance, so that a change of one result is a change of
 * a few lines; it names no time and no host.
 *
 * @module
 */
import { z } from "zod";
import { canonicalJson, compareStrings, type Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { sha256Json } from "../core/sha256.ts";
import type { Components } from "./fingerprint.ts";
import { readTextIfThere } from "./listing.ts";
import type { RunRecord } from "./record.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256");

const entrySchema = z.strictObject({
  fingerprint: digest,
  /** The first digits of the digests of the fingerprint's components: they explain, no more. */
  madeOf: z.strictObject({
    code: z.string(),
    packages: z.string(),
    params: z.string(),
    inputs: z.string(),
    reads: z.string(),
  }),
  /** What computed, for stages that compute with floating point. */
  runtime: z.strictObject({
    onnxruntime: z.string(),
    device: z.string(),
    cores: z.number(),
    cpu: z.string(),
  }).nullable(),
  /** Files from elsewhere that nothing pins: address → SHA-256. */
  sources: z.record(z.string(), digest).optional(),
  outputs: z.record(z.string(), z.strictObject({ digest, sizeBytes: z.int().min(0) })),
});

const lockSchema = z.strictObject({
  lock: z.literal(1),
  profiles: z.record(z.string(), z.record(z.string(), entrySchema)),
});

/** One result. */
export type LockEntry = z.infer<typeof entrySchema>;
/** The results of one profile: instance → result. */
export type LockSection = Readonly<Record<string, LockEntry>>;
/** The results of a pipeline file: profile → section. */
export type Lock = Readonly<Record<string, LockSection>>;

/** The lock file of a pipeline file. */
export function lockFileOf(pipelineFile: string): string {
  return `${pipelineFile.replace(/\.ya?ml$/i, "")}.lock`;
}

/**
 * Reads a lock file; undefined when there is none.
 *
 * @throws {UserError} when it is something else, such as the halves of a merge
 */
export function readLock(path: string): Lock | undefined {
  const text = readTextIfThere(path);
  return text === undefined ? undefined : parseLock(text, path);
}

/**
 * Reads the text of a lock.
 *
 * @throws {UserError} for another text
 */
export function parseLock(text: string, path: string): Lock {
  const fail = (why: string, cause?: unknown): UserError =>
    new UserError({
      message: `Cannot read ${path}: ${why}`,
      hint: "take it from another commit, or delete it and run the whole pipeline",
    }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fail(
      /^<{7} /m.test(text) ? "it holds the conflict of a merge" : "it is not a lock file",
      cause,
    );
  }
  const parsed = lockSchema.safeParse(value);
  if (parsed.success) return parsed.data.profiles;
  const { path: place, message } = parsed.error.issues[0];
  throw fail(`${place.join(".") || "the file"}: ${message}`, parsed.error);
}

/** The text of a lock: sorted, one block per instance. */
export function formatLock(lock: Lock): string {
  const profiles = sorted(lock).map(([profile, section]) => {
    const entries = sorted(section).map(([instance, entry]) => {
      const outputs = sorted(entry.outputs).map(([name, stored]) =>
        `        ${JSON.stringify(name)}: ${canonicalJson(stored)}`
      );
      return [
        `      ${JSON.stringify(instance)}: {`,
        `        "fingerprint": ${JSON.stringify(entry.fingerprint)},`,
        `        "madeOf": ${canonicalJson(entry.madeOf)},`,
        `        "runtime": ${canonicalJson(entry.runtime)},`,
        sourcesText(entry.sources),
        `        "outputs": {`,
        outputs.map((line) => `  ${line}`).join(",\n"),
        "        }",
        "      }",
      ].filter((line) => line !== "").join("\n");
    });
    return `    ${JSON.stringify(profile)}: {\n${entries.join(",\n")}\n    }`;
  });
  return `{\n  "lock": 1,\n  "profiles": {\n${profiles.join(",\n")}\n  }\n}\n`;
}

/** One line for each source; none where there are none. */
function sourcesText(sources: LockEntry["sources"] = {}): string {
  const lines = sorted(sources).map(([url, digest]) =>
    `          ${JSON.stringify(url)}: ${JSON.stringify(digest)}`
  );
  return lines.length === 0 ? "" : `        "sources": {\n${lines.join(",\n")}\n        },`;
}

/** What a lock says of a result. */
export function entryOf(record: RunRecord): LockEntry {
  const { components, provenance, sources } = record;
  return {
    fingerprint: record.fingerprint,
    madeOf: madeOf(components),
    runtime: components.runtime &&
      { ...components.runtime, cpu: provenance.versions.cpu ?? "unknown" },
    ...(sources ? { sources } : {}),
    outputs: record.outputs,
  };
}

/** Short digests of the components that an instance is made of. */
export function madeOf({ code, packages, params, inputs, reads }: Components): LockEntry["madeOf"] {
  const short = (value: Json): string => sha256Json(value).slice(0, 16);
  return {
    code: code.slice(0, 16),
    packages: short(packages),
    params: short(params),
    inputs: short(inputs),
    reads: short(reads),
  };
}

/**
 * A section brought up to date. An entry whose result is the same stays as it is, so that a rerun
 * on another machine changes nothing.
 *
 * @param records of the instances that are fresh
 * @param drop whether the entries of other instances go
 */
export function updateSection(
  before: LockSection,
  records: ReadonlyMap<string, RunRecord>,
  drop: boolean,
): LockSection {
  const section: Record<string, LockEntry> = drop ? {} : { ...before };
  for (const [instance, record] of records) {
    const old = Object.hasOwn(before, instance) ? before[instance] : undefined;
    section[instance] = old && isSameResult(old, record) ? old : entryOf(record);
  }
  return section;
}

function isSameResult(entry: LockEntry, { fingerprint, outputs, sources }: RunRecord): boolean {
  const names = Object.keys(outputs);
  return entry.fingerprint === fingerprint && Object.keys(entry.outputs).length === names.length &&
    sourcesText(entry.sources) === sourcesText(sources) &&
    names.every((name) => entry.outputs[name]?.digest === outputs[name].digest);
}

function sorted<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => compareStrings(a, b));
}
