/**
 * Which trained models an export has, with what is known of each.
 *
 * @module
 */
import type { Json } from "../lib/core/canonical_json.ts";
import { standardCatalogue } from "../lib/corpora/catalogue.ts";
import { findEncoder, standardEncoders } from "../lib/encoders/catalogue.ts";
import { modelFiles } from "../lib/experiment/model_files.ts";
import { folderName } from "../lib/export/export_folder.ts";
import type { CardScore, ModelFacts } from "../lib/export/model_card.ts";
import type { Freshness, Judge } from "../lib/pipeline/freshness.ts";
import type { Instance } from "../lib/plan/plan.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";

/** A model of an export. */
export interface ExportedModel {
  /** The name of its folder. */
  readonly folder: string;
  /** Name → path in the store. */
  readonly files: readonly (readonly [name: string, path: string])[];
  readonly facts: ModelFacts;
}

/** The instances of a plan, and what each takes. */
export class Upstream {
  readonly #instances: ReadonlyMap<string, Instance>;

  constructor(readonly judge: Judge) {
    this.#instances = new Map(judge.plan.instances.map((each) => [each.id, each]));
  }

  /** Whether an instance makes a model that answers. */
  isModel({ kind }: Instance): boolean {
    return Object.hasOwn(this.judge.plan.kinds.get(kind)!.outputs, "eval_model.onnx");
  }

  /** The instances before one, but those that it only watches, and those before where `goesOn` says no. */
  before(instance: Instance, goesOn: (each: Instance) => boolean = () => true): Instance[] {
    const found = new Map<string, Instance>();
    const visit = (each: Instance): void => {
      for (const [name, ids] of Object.entries(each.inputs)) {
        if (name === "watch") continue;
        for (const id of ids) {
          const next = this.#instances.get(id)!;
          if (found.has(id)) continue;
          found.set(id, next);
          if (goesOn(next)) visit(next);
        }
      }
    };
    visit(instance);
    return [...found.values()];
  }
}

/** The names of encoders that instances fetch. */
export function encodersOf(instances: readonly Instance[]): string[] {
  return [
    ...new Set(
      instances.filter(({ kind }) => kind === "encoder").map(({ params }) =>
        String((params as { encoder: string }).encoder)
      ),
    ),
  ].sort();
}

/**
 * The fresh models among some instances.
 *
 * @param chosen their ids
 */
export async function modelsOf(
  judge: Judge,
  states: ReadonlyMap<string, Freshness>,
  chosen: ReadonlySet<string>,
): Promise<ExportedModel[]> {
  const upstream = new Upstream(judge);
  const scores = await scoresByModel(judge, states, upstream);
  const { store } = judge.workspace;
  const models: ExportedModel[] = [];
  const taken = new Set<string>();
  for (const instance of judge.plan.instances) {
    const state = states.get(instance.id);
    if (!upstream.isModel(instance) || !chosen.has(instance.id) || state?.kind !== "fresh") {
      continue;
    }
    const { outputs } = state.record;
    const files = Object.keys(modelFiles).filter((name) => Object.hasOwn(outputs, name)).map((
      name,
    ) => [name, store.objectPath(outputs[name].digest)] as const);
    const named = folderName(instance.name);
    const folder = taken.has(named) ? `${named}-${state.fingerprint.slice(0, 8)}` : named;
    taken.add(folder);
    models.push({
      folder,
      files,
      facts: await factsOf(instance, upstream, scores.get(instance.id) ?? [], outputs, judge),
    });
  }
  return models;
}

async function factsOf(
  instance: Instance,
  upstream: Upstream,
  scores: readonly CardScore[],
  outputs: Readonly<Record<string, { readonly digest: string }>>,
  { plan, workspace: { store } }: Judge,
): Promise<ModelFacts> {
  const before = upstream.before(instance);
  const config = await store.readText(outputs["config.json"].digest);
  const { architectures } = JSON.parse(config ?? "{}") as { architectures?: readonly string[] };
  const [encoder] = encodersOf(before);
  const texts = before.filter(({ kind }) =>
    Object.values(plan.kinds.get(kind)!.outputs).some((output) =>
      output.kind === "table" && ["sentences", "texts"].includes(output.schema.name)
    )
  );
  const trainedOn = texts.flatMap(({ params }) => {
    const { corpus, language } = Object(params) as Record<string, Json>;
    return typeof corpus === "string" && typeof language === "string" ? [{ corpus, language }] : [];
  });
  const catalogue = await standardCatalogue();
  return {
    instance: instance.name,
    pipeline: instance.study.pipeline,
    profile: instance.study.profile,
    kind: instance.kind,
    architecture: architectures?.[0],
    base: encoder === undefined
      ? undefined
      : { name: encoder, repository: findEncoder(await standardEncoders(), encoder).repository },
    trainedOn: distinct(trainedOn),
    corpora: distinct(trainedOn.map(({ corpus }) => corpus)).map((name) => {
      const entry = catalogue.get(name);
      return {
        name,
        title: entry?.title ?? "files of the project",
        licence: entry?.licence ?? "not known here",
      };
    }),
    params: Object.entries(Object(instance.params) as Record<string, Json>)
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
    scores,
  };
}

/** The scores of each model: those of evaluations that look at what one model alone has said. */
async function scoresByModel(
  { plan, workspace: { store } }: Judge,
  states: ReadonlyMap<string, Freshness>,
  upstream: Upstream,
): Promise<ReadonlyMap<string, CardScore[]>> {
  const scores = new Map<string, CardScore[]>();
  for (const instance of plan.instances) {
    const state = states.get(instance.id);
    if (state?.kind !== "fresh") continue;
    const outputs = Object.entries(plan.kinds.get(instance.kind)!.outputs);
    const [name] = outputs.find(([, output]) =>
      output.kind === "table" && output.schema.name === scoresTable.name
    ) ?? [];
    if (name === undefined) {
      continue;
    }
    const behind = upstream.before(instance, (each) =>
      !upstream.isModel(each))
      .filter((each) => upstream.isModel(each));
    if (behind.length !== 1) continue;
    const rows = await readTable(scoresTable, store.objectPath(state.record.outputs[name].digest));
    const own = scores.get(behind[0].id) ?? [];
    scores.set(behind[0].id, own);
    for (const row of rows) if (row.epoch === null) own.push(row);
  }
  return scores;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
