/**
 * Rewrites pipelines of the house before tasks and models had kinds of their own.
 *
 * @module
 */
import { type Document, isMap, parseDocument, type YAMLMap } from "yaml";

/**
 * A pipeline with today's kinds. What scored a model, or what it memorized, is two stages now:
 * `<name>Predictions`, of all targets at once, and behind it the one that scores.
 */
export function todaysKinds(text: string): string {
  const document = parseDocument(text);
  const stages = document.get("stages") as YAMLMap;
  for (const name of Object.keys(stages.toJSON())) {
    const stage = stages.get(name) as YAMLMap;
    switch (stage.get("use")) {
      case "tokenize":
        stage.set("use", "ner.tokenize");
        break;
      case "train":
        stage.set("use", "encoder.train");
        leaveOut(stage, "with", "source");
        rename(stage, "tokens", "examples");
        break;
      case "evaluate":
        rename(stage, "tokens", "examples");
        predictAndScore(document, stages, name, "encoder.predict");
        break;
      case "memorize":
        rename(stage, "test", "examples");
        predictAndScore(document, stages, name, "ner.memorize");
        break;
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** Puts a stage that predicts in the place of one, and one that scores behind it. */
function predictAndScore(document: Document, stages: YAMLMap, name: string, kind: string): void {
  const predicting = stages.get(name) as YAMLMap;
  predicting.set("use", kind);
  predicting.delete("with");
  leaveOut(predicting, "matrix", "target");
  const inputs = predicting.get("inputs") as YAMLMap;
  const examples = inputs.get("examples");
  if (isMap(examples)) inputs.set("examples", examples.get("stage"));

  const { matrix } = predicting.toJSON() as { matrix?: Record<string, unknown> };
  const scoring = {
    use: "ner.evaluate",
    ...matrix && { matrix: withoutFilters(matrix) },
    inputs: { predictions: `${name}Predictions` },
  };
  stages.set(`${name}Predictions`, predicting);
  stages.set(name, document.createNode(scoring));
}

/** `{ all: … }` selects what a stage takes; behind it stands the value alone. */
function withoutFilters(matrix: Record<string, unknown>): Record<string, unknown> {
  const value = (each: unknown) => each instanceof Object ? Object.keys(each)[0] : each;
  return Object.fromEntries(
    Object.entries(matrix).map(([axis, values]) => [
      axis,
      Array.isArray(values) ? values.map(value) : values,
    ]),
  );
}

function leaveOut(stage: YAMLMap, part: "with" | "matrix", key: string): void {
  const map = stage.get(part);
  if (!isMap(map)) return;
  map.delete(key);
  if (map.items.length === 0) stage.delete(part);
}

function rename(stage: YAMLMap, from: string, to: string): void {
  const inputs = stage.get("inputs") as YAMLMap;
  const source = inputs.get(from, true);
  inputs.delete(from);
  inputs.set(to, source);
}
