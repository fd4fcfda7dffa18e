/**
 * Turns a pipeline file into a plan: every instance with its params, inputs and resources.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Json } from "../core/canonical_json.ts";
import type { Problem } from "../core/errors.ts";
import { wireClaims } from "./claims_stage.ts";
import { type Execution, settleExecution } from "./execution.ts";
import { checkHeadline } from "./headline.ts";
import { checkHeld } from "./held.ts";
import { checkCount, checkWhere, matcher, type Row, type Source, specOf } from "./inputs.ts";
import { strictParams } from "./kind_params.ts";
import { loadKinds } from "./load_kinds.ts";
import { checkAxes } from "./needed_axes.ts";
import { axesName, expandMatrix, maxInstances } from "./matrix.ts";
import { type Pipeline, type PipelineOptions, readPipeline } from "./pipeline_file.ts";
import { type AxisName, resolveValue, type Scope } from "./references.ts";
import { checkReads } from "./reads.ts";
import { settleExpectations } from "./expectations.ts";
import { checkTold } from "./told.ts";
import { settleResources } from "./resources.ts";
import { findSources, orderStages } from "./sources.ts";
import { warnOfHiddenAxes, warnOfUnusedAxes, warnOfUnusedParams } from "./warnings.ts";
import type { Device, Resources, StageKind, StageRegistry } from "./stage.ts";

/** How many inputs the instances of a pipeline may take together. */
const maxTaken = 10_000_000;

/** What a pipeline file is in a plan. */
export interface Study {
  readonly pipeline: string;
  readonly profile: string;
  /** The folder of its results, below that of all results. */
  readonly place: string;
  /** The pipeline file, absolute. */
  readonly file: string;
  /** Whether params are as the file has them, and none is tried with `--set`. */
  readonly isAsWritten: boolean;
  readonly kinds: ReadonlyMap<string, StageKind>;
  readonly headline?: string;
}

/** One unit of work. */
export interface Instance extends Execution {
  /** Its name, behind `<pipeline>:` in a plan of several files: no other of the plan has it. */
  readonly id: string;
  /** `train[source=deu,seed=42]`, or the stage's name when it has no axes: so its file names it. */
  readonly name: string;
  /** The stage's name, behind `<pipeline>:` in a plan of several files. */
  readonly stage: string;
  readonly study: Study;
  /** The stage's kind, a key of the registry. */
  readonly kind: string;
  readonly axes: Readonly<Record<string, AxisName>>;
  /** Checked by the kind, with its defaults. */
  readonly params: Json;
  /** Upstream instance ids of every input, in plan order; none where an optional one is left out. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly resources: Resources;
  /** Main memory that it takes at its peak, in MiB, as estimated; undefined where nobody can say. */
  readonly expectedMib?: number;
}

/** All instances of one or several pipeline files, each with a profile. */
export interface Plan {
  readonly studies: readonly Study[];
  /** Upstream first. */
  readonly instances: readonly Instance[];
  /** Of all studies. */
  readonly kinds: ReadonlyMap<string, StageKind>;
}

/**
 * Reads a pipeline file and plans it.
 *
 * @throws {UserError} with every problem of the file
 */
export async function makePlan(
  options: PipelineOptions & { readonly device?: Device },
  registry: StageRegistry,
): Promise<{ plan: Plan; warnings: Problem[] }> {
  const written = await readPipeline(options);
  const { diagnostics } = written;
  const kinds = await loadKinds(written, registry);
  const pipeline = wireClaims(written, kinds);
  const study: Study = {
    pipeline: pipeline.name,
    profile: pipeline.profile,
    place: pipeline.place,
    file: resolve(options.file),
    isAsWritten: (options.set ?? []).length === 0,
    kinds,
    headline: pipeline.headline,
  };
  const scope: Scope = {
    axes: {},
    params: pipeline.params,
    usedParams: new Set(),
    usedAxes: new Set(),
    unknown: new Set(),
    diagnostics,
  };
  const rows = new Map<string, Row[]>();
  let planned = 0;
  for (const [name, stage] of pipeline.stages) {
    const path = ["stages", name, "matrix"];
    const expanded = expandMatrix(stage.matrix, path, scope);
    planned += expanded.length;
    if (planned > maxInstances) {
      diagnostics.add(
        path,
        `Cannot plan ${planned} instances, those of this matrix included`,
        {
          hint: `a pipeline may have ${maxInstances}: take values out, or use several files`,
          part: "key",
        },
      );
      throw diagnostics.error();
    }
    const row = (axes: Row["axes"]): Row => ({
      id: Object.keys(axes).length > 0 ? `${name}[${axesName(axes)}]` : name,
      axes,
    });
    rows.set(name, expanded.map(row));
  }
  const sources = findSources(pipeline, kinds);
  const instances: Instance[] = [];
  const taken = { inputs: 0 };
  for (const name of orderStages(pipeline, sources)) {
    const kind = kinds.get(pipeline.stages.get(name)!.use);
    const planned = planStage(name, pipeline, kind, rows, sources.get(name)!, scope, taken);
    for (const instance of planned) instances.push({ ...instance, study });
  }
  checkHeadline(pipeline, kinds);
  if (!diagnostics.failed) await checkReads(instances, kinds, diagnostics);
  if (!diagnostics.failed) await checkTold(instances, kinds, diagnostics);
  if (!diagnostics.failed) checkHeld(instances, kinds, diagnostics);
  if (!diagnostics.failed) checkAxes(instances, kinds, diagnostics);
  if (!diagnostics.failed) {
    warnOfHiddenAxes(pipeline, rows, kinds);
    warnOfUnusedParams(pipeline, scope);
  }
  if (diagnostics.failed) throw diagnostics.error();
  const { device = "cpu" } = options;
  const expected = await settleExpectations(instances, registry, device, diagnostics);
  return { plan: { studies: [study], instances: expected, kinds }, warnings: diagnostics.all() };
}

function planStage(
  name: string,
  pipeline: Pipeline,
  kind: StageKind | undefined,
  rows: ReadonlyMap<string, readonly Row[]>,
  inputs: ReadonlyMap<string, readonly Source[]>,
  outer: Scope,
  sum: { inputs: number },
): Omit<Instance, "study">[] {
  const stage = pipeline.stages.get(name)!;
  const own = rows.get(name)!;
  const path = ["stages", name];
  const axesHere = Object.keys(own[0]?.axes ?? {});
  const usedAxes = new Set<string>();
  const matchers = [...inputs].flatMap(([input, list]) => {
    const sources = list.map((source) => ({ source, upstream: rows.get(source.stage)! }));
    const sound = sources.length > 0 &&
      sources.every(({ source, upstream }) =>
        upstream.length > 0 && checkWhere(source, upstream, outer)
      );
    if (!sound) return [];
    const match = sources.map(({ source, upstream }) =>
      matcher(source, axesHere, upstream, { ...outer, usedAxes })
    );
    return [{ input, sources, match }];
  });
  const wrong = new Set<string>();
  const schema = kind ? strictParams(kind) : undefined;
  const instances = own.map((row) => {
    const scope = { ...outer, axes: row.axes, usedAxes, unknown: new Set<string>() };
    const found: Record<string, string[]> = Object.fromEntries(
      Object.keys(kind?.inputs ?? {}).map((input) => [input, []]),
    );
    for (const { input, sources, match } of matchers) {
      const taken = match.flatMap((each) => each(row));
      sum.inputs += taken.length;
      if (sum.inputs > maxTaken) {
        outer.diagnostics.add([...path, "inputs", input], `Cannot take over ${maxTaken} inputs`, {
          hint: "so many do the instances of this pipeline take together: narrow some with where",
        });
        throw outer.diagnostics.error();
      }
      const spec = specOf(kind, input);
      if (spec && !wrong.has(input)) {
        const at = [...path, "inputs", input];
        if (!checkCount(taken, row, input, spec, sources, at, scope)) wrong.add(input);
      }
      found[input] = taken.map(({ id }) => id);
    }
    const given = resolveValue((stage.with ?? {}) as Json, [...path, "with"], scope);
    const checked = schema?.safeParse(given);
    if (schema && checked?.error && scope.unknown.size === 0) {
      outer.diagnostics.addIssues(checked.error.issues, [...path, "with"], schema, given);
    }
    for (const input of checked?.success && kind?.needs?.(checked.data) || []) {
      if (inputs.has(input)) continue;
      const message = `Cannot do without input "${input}" of ${row.id}, as its params ask for it`;
      const hint = `name the stage that it comes from; "${input}" is ${kind!.inputs[input].about}`;
      outer.diagnostics.add([...path, "inputs"], message, { hint, part: "key" });
    }
    const beside = checked?.success && kind?.refusesBeside?.(checked.data, new Set(inputs.keys()));
    for (const { message, hint, param = [] } of beside || []) {
      outer.diagnostics.add([...path, "with", ...param], message, { hint });
    }
    return {
      id: row.id,
      name: row.id,
      stage: name,
      kind: stage.use,
      axes: Object.fromEntries(Object.entries(row.axes).map(([axis, value]) => [axis, value.name])),
      params: (checked?.data ?? {}) as Json,
      inputs: found,
      resources: settleResources(
        stage.resources ?? {},
        kind?.resources,
        [...path, "resources"],
        scope,
      ),
      ...settleExecution(pipeline.slurm, stage, path, scope),
    };
  });
  if (!outer.diagnostics.failed) warnOfUnusedAxes(name, own, usedAxes, outer);
  return instances;
}
