/**
 * Finds the model that `predict` is asked to use: an instance of the pipeline, a folder, or a model of
 * the hub.
 *
 * @module
 */
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { statIfThere } from "../lib/core/file_state.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { ModelPlace } from "../lib/tagging/load_model.ts";
import { fetchHubModel, isHubName } from "./hub_model.ts";

/** The files that a model must have beside its weights. */
const needed = ["config.json", "tokenizer.json"];

/**
 * Loads a model. A path that is there is a folder of one; otherwise owner/name is one of the hub, and
 * anything else an instance.
 *
 * @param name as it was given
 * @param path the same, seen from where it was named
 * @param open plans the pipeline, where it is needed
 * @param load reads the files of the model, which are there until it has ended
 * @throws {UserError} where there is no such model, with what to do
 */
export async function loadNamed<T>(
  name: string,
  path: string,
  open: () => Promise<Judge>,
  load: (place: ModelPlace) => Promise<T>,
): Promise<T> {
  const stat = statIfThere(path);
  if (stat?.isDirectory) return await load(modelFolder(name, path));
  if (stat) {
    throw new UserError({
      message: `Cannot take the file "${name}" for a model`,
      hint: "name the folder that it is in, with config.json, tokenizer.json and weights",
    });
  }
  if (isHubName(name)) {
    await using fetched = await fetchHubModel(name);
    return await load(modelFolder(name, fetched.folder));
  }
  if (/^[^[\]]*[\\/]/.test(name)) {
    throw new UserError({
      message: `Cannot find the model "${name}": there is no such folder`,
      hint: "name a folder, owner/name of the hub, or an instance such as 'train[seed=42]'",
    });
  }
  return await load(await modelInstance(name, await open()));
}

function modelFolder(name: string, folder: string): ModelPlace {
  const missing = needed.filter((file) => statIfThere(join(folder, file)) === undefined);
  if (missing.length > 0) {
    throw new UserError({
      message: `Cannot take the folder "${name}" for a model: it has no ${missing.join(", no ")}`,
      hint: "a model's folder has config.json, tokenizer.json and model.safetensors",
    });
  }
  const [graph, tokenizerConfig] = ["eval_model.onnx", "tokenizer_config.json"]
    .map((file) => join(folder, file)).map((path) => statIfThere(path) ? path : undefined);
  return {
    name,
    config: join(folder, "config.json"),
    tokenizer: join(folder, "tokenizer.json"),
    tokenizerConfig,
    weights: folder,
    graph,
  };
}

/** The result of a train stage, which must be here as it would be made now. */
async function modelInstance(name: string, judge: Judge): Promise<ModelPlace> {
  const { selectTargets } = await import("../lib/plan/targets.ts");
  const { plan, workspace: { store } } = judge;
  const { targets, needed } = selectTargets(plan, [name]);
  const ids = [...targets];
  if (ids.length > 1) {
    throw new UserError({
      message: `Cannot choose a model of "${name}": it names ${ids.length} instances`,
      hint: `name one of them, such as '${ids[0]}' or '${ids[1]}'`,
    });
  }
  const [id] = ids;
  const { kind } = plan.instances.find((instance) => instance.id === id)!;
  if (!Object.hasOwn(plan.kinds.get(kind)!.outputs, "eval_model.onnx")) {
    throw new UserError({
      message: `Cannot predict with ${id}: a stage of kind ${kind} makes no model that answers`,
      hint: "name an instance of a stage that trains, such as 'train[source=eng,seed=42]'",
    });
  }
  const state = (await judge.assess(needed)).get(id);
  if (state?.kind !== "fresh") {
    throw new UserError({
      message: `Cannot predict with ${id}: its model is not here as it would be now`,
      hint: `run it first: deno task pipeline '${id}'`,
    });
  }
  const { outputs } = state.record;
  const pathOf = (file: string) => store.objectPath(outputs[file].digest);
  return {
    name: id,
    config: pathOf("config.json"),
    tokenizer: pathOf("tokenizer.json"),
    tokenizerConfig: pathOf("tokenizer_config.json"),
    weights: pathOf("model.safetensors"),
    graph: pathOf("eval_model.onnx"),
  };
}
