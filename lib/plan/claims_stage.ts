/**
 * The stage that a pipeline file's `claims` and `expected` stand for: it takes from all stages the
 * tables that the queries name.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Diagnostics } from "../core/diagnostics.ts";
import { suggest } from "../core/suggest.ts";
import type { YamlDocument, YamlPath } from "../core/yaml.ts";
import { sqlTokens } from "../table/sql_tokens.ts";
import type { Pipeline } from "./pipeline_file.ts";
import type { PipelineFile, StageFile } from "./schema.ts";
import type { StageKind } from "./stage.ts";

/** The name of the stage, and its kind. */
const claimsName = "claims";

/** The stage, before its inputs are known; undefined where a file has neither claims nor numbers. */
export function claimsStage(file: PipelineFile): StageFile | undefined {
  const { claims = [], expected = [] } = file;
  if (claims.length === 0 && expected.length === 0) return undefined;
  return { use: claimsName, with: { claims, expected } as Record<string, Json> };
}

/** Adds the stage. A stage of the file that has its name is a problem. */
export function addClaimsStage(
  file: PipelineFile,
  stages: Map<string, StageFile>,
  diagnostics: Diagnostics,
): void {
  const stage = claimsStage(file);
  if (stage === undefined) return;
  if (stages.has(claimsName)) {
    diagnostics.add(["stages", claimsName], `Cannot name a stage "${claimsName}" beside claims`, {
      hint: "the file's claims and expected numbers make a stage of this name",
      part: "key",
    });
  } else stages.set(claimsName, stage);
}

/**
 * A file's document that shows problems of the stage where they are written: at `claims` and
 * `expected`.
 */
export function showingClaims(document: YamlDocument): YamlDocument {
  const { stages } = Object(document.value) as { stages?: unknown };
  if (Object.hasOwn(Object(stages), claimsName)) return document;
  const written = (path: YamlPath): YamlPath => {
    const [first, second, part, ...rest] = path;
    if (first !== "stages" || second !== claimsName) return path;
    return part === "with" && rest.length > 0 ? rest : [claimsName];
  };
  return {
    value: document.value,
    rangeOf: (path, part) => document.rangeOf(written(path), part),
  };
}

/**
 * The pipeline with the inputs of its claims: from every stage that writes it, each table that a
 * query names. What a query cannot be asked of is a problem.
 */
export function wireClaims(
  pipeline: Pipeline,
  kinds: ReadonlyMap<string, StageKind>,
): Pipeline {
  const { stages, claims, diagnostics } = pipeline;
  const kind = kinds.get(claimsName), stage = stages.get(claimsName);
  if (!claims || !kind || !stage) return pipeline;
  const writers = new Map<string, string[]>();
  for (const table of Object.keys(kind.inputs)) {
    const [file] = kind.inputs[table].files;
    const names = [...stages].filter(([, { use }]) =>
      Object.hasOwn(kinds.get(use)?.outputs ?? {}, file)
    );
    if (names.length > 0) writers.set(table, names.map(([name]) => name));
  }
  const asked = new Set<string>();
  claims.forEach(({ id, query }, i) => {
    const { named, surely } = tablesIn(query);
    const own = [...writers.keys()].filter((table) => named.has(table));
    own.forEach((table) => asked.add(table));
    const absent = [...surely].filter((name) =>
      Object.hasOwn(kind.inputs, name) && !writers.has(name)
    );
    if (own.length > 0 && absent.length === 0) return;
    const what = absent.length > 0
      ? `table "${absent[0]}", which no stage of this file writes`
      : "no table that a stage of this file writes";
    const tables = [...writers.keys()];
    const hint = suggest(absent[0] ?? [...surely][0] ?? "", tables) ??
      "add a stage such as intervals or comparison";
    diagnostics.add(
      ["stages", claimsName, "with", "claims", i, "query"],
      `Cannot ask claim "${id}": its query names ${what}`,
      { hint },
    );
  });
  const inputs = Object.fromEntries([...asked].map((table) => [table, writers.get(table)!]));
  return { ...pipeline, stages: new Map([...stages, [claimsName, { ...stage, inputs }]]) };
}

/**
 * The names that stand where tables do, in lower case: surely behind FROM and JOIN, and perhaps behind
 * a comma.
 */
function tablesIn(query: string): { named: Set<string>; surely: Set<string> } {
  const { tokens } = sqlTokens(query);
  const named = new Set<string>(), surely = new Set<string>();
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== "word" && kind !== "quotedName") return;
    const before = tokens[i - 1]?.text.toUpperCase();
    if (before === "FROM" || before === "JOIN") surely.add(text.toLowerCase());
    if (before === ",") named.add(text.toLowerCase());
  });
  return { named: named.union(surely), surely };
}
