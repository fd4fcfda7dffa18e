/**
 * Reads a pipeline file, checks its form, and settles its params for a profile.
 *
 * @module
 */
import { canonicalJson, compareStrings, type Json } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { fileNameOf } from "../core/file_name.ts";
import { suggest } from "../core/suggest.ts";
import { parseYamlValue, readYaml } from "../core/yaml.ts";
import { Diagnostics } from "../core/diagnostics.ts";
import type { Claim } from "./claims_schema.ts";
import { addClaimsStage, showingClaims } from "./claims_stage.ts";
import { plainParam } from "./references.ts";
import { type PipelineFile, pipelineSchema, type StageFile, stageSchema } from "./schema.ts";

/** What the command line says about a pipeline file. */
export interface PipelineOptions {
  /** Path of the file. */
  readonly file: string;
  readonly profile?: string;
  /** Overrides of params, as `key=value` with a YAML value. */
  readonly set?: readonly string[];
}

/** A pipeline file whose form is right; stages with a wrong form are left out and noted. */
export interface Pipeline {
  readonly name: string;
  readonly profile: string;
  /** Where its results go below the folder of all results: what `--set` tries has a place of its own. */
  readonly place: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly stages: ReadonlyMap<string, StageFile>;
  /** Names of stages that have problems already. */
  readonly broken: ReadonlySet<string>;
  /** Every profile's overrides. */
  readonly profiles: Readonly<Record<string, Json>>;
  readonly headline?: string;
  /** Claims whose stage has no inputs yet. */
  readonly claims?: readonly Claim[];
  readonly slurm?: PipelineFile["slurm"];
  readonly diagnostics: Diagnostics;
}

/**
 * Reads a pipeline file. Problems of its form are collected in `diagnostics`.
 *
 * @throws {UserError} when it is not readable YAML, or for a wrong profile or `--set`
 */
export async function readPipeline(options: PipelineOptions): Promise<Pipeline> {
  const document = await readYaml(options.file);
  const diagnostics = new Diagnostics(showingClaims(document));
  const checked = pipelineSchema.safeParse(document.value);
  if (!checked.success) diagnostics.addIssues(checked.error.issues, [], pipelineSchema);
  const raw = asObject(document.value);

  const stages = new Map<string, StageFile>();
  const broken = new Set<string>();
  for (const [name, given] of Object.entries(asObject(raw.stages))) {
    const stage = stageSchema.safeParse(given);
    if (stage.success) stages.set(name, stage.data);
    else broken.add(name);
  }
  if (checked.success && stages.size === 0) {
    diagnostics.add(["stages"], "Cannot run a pipeline without stages", { part: "key" });
  }
  if (checked.success) addClaimsStage(checked.data, stages, diagnostics);

  const params = { ...asObject(plainParam(asObject(raw.params), ["params"], diagnostics)) };
  const profiles = asObject(plainParam(asObject(raw.profiles), ["profiles"], diagnostics));
  for (const [profile, overrides] of Object.entries(profiles)) {
    for (const key of Object.keys(asObject(overrides))) {
      if (Object.hasOwn(params, key)) continue;
      const hint = suggest(key, Object.keys(params));
      const message = `Cannot override unknown param "${key}"`;
      diagnostics.add(["profiles", profile, key], message, { hint, part: "key" });
    }
  }
  const names = Object.keys(profiles);
  const written = typeof raw.profile === "string" ? raw.profile : undefined;
  if (written !== undefined && names.length > 0 && !names.includes(written)) {
    const hint = suggest(written, names);
    diagnostics.add(["profile"], `Cannot find profile "${written}"`, { hint });
  }
  const profile = options.profile ?? written ?? names[0] ?? "default";
  const fromOptions: Problem[] = [];
  if (options.profile !== undefined && !names.includes(options.profile)) {
    const hint = names.length > 0 ? suggest(profile, names) : "this file has no profiles";
    fromOptions.push({
      message: `Cannot find profile "${profile}" of --profile in ${options.file}`,
      hint,
    });
  }
  Object.assign(params, asObject(profiles[profile]));
  const tried: Record<string, Json> = Object.create(null);
  for (const text of options.set ?? []) {
    const [key, value] = splitOverride(text);
    if (Object.hasOwn(params, key)) {
      params[key] = tried[key] = parseYamlValue(value, `--set ${key}`);
    } else {
      const hint = suggest(key, Object.keys(params)) ?? "this file has no params";
      fromOptions.push({
        message: `Cannot set unknown param "${key}" of ${options.file} with --set`,
        hint,
      });
    }
  }
  if (fromOptions.length > 0) {
    throw new UserError([
      ...diagnostics.all().filter(({ severity }) => severity !== "warning"),
      ...fromOptions,
    ]);
  }
  const name = typeof raw.name === "string" ? raw.name : "";
  const headline = typeof raw.headline === "string" ? raw.headline : undefined;
  const { slurm, claims } = checked.data ?? {};
  const place = `${name}/${fileNameOf([profile, ...settings(tried)].join("+"))}`;
  return {
    name,
    profile,
    place,
    profiles,
    params,
    stages,
    broken,
    headline,
    claims,
    slurm,
    diagnostics,
  };
}

/** What `--set` says, in any order and spelling. */
function settings(tried: Readonly<Record<string, Json>>): string[] {
  return Object.entries(tried)
    .map(([key, value]) => `${key}=${canonicalJson(value).replaceAll('"', "")}`)
    .sort(compareStrings);
}

function splitOverride(text: string): [string, string] {
  const place = text.indexOf("=");
  if (place > 0) return [text.slice(0, place), text.slice(place + 1)];
  throw new UserError({
    message: `Cannot use --set "${text}"`,
    hint: "write it as key=value, such as --set epochs=3 or --set languages=[eng,deu]",
  });
}

function asObject(value: Json | undefined): Record<string, Json> {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, Json>
    : {};
}
