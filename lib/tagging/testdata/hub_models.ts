/**
 * Tiny models as the hub has them, and what transformers says with them
 * (scripts/references/hub_models.py).
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelPlace } from "../load_model.ts";

const fixtures = fileURLToPath(new URL("../../../tests/fixtures", import.meta.url));

/** A mirror of the hub that has them. */
export const mirror = join(fixtures, "mirror");

/** The files of a model. */
export function hubModel(name: "tiny-inference" | "tiny-entities"): ModelPlace {
  const folder = join(mirror, "huggingface.co/crosstie", name, "resolve/v1");
  return {
    name,
    config: join(folder, "config.json"),
    tokenizer: join(folder, "tokenizer.json"),
    tokenizerConfig: join(folder, "tokenizer_config.json"),
    weights: folder,
  };
}

/** What was recorded. */
export const recorded: {
  readonly tolerance: number;
  readonly classes: readonly string[];
  readonly template: string;
  readonly labels: readonly string[];
  readonly texts: readonly string[];
  /** Text → label → the probability of each class. */
  readonly ofPairs: readonly (readonly (readonly number[])[])[];
  readonly tags: readonly string[];
  readonly sentences: readonly (readonly string[])[];
  /** Sentence → word → the probability of each tag. */
  readonly ofWords: readonly (readonly (readonly number[])[])[];
} = JSON.parse(await Deno.readTextFile(join(fixtures, "hub_models.json")));
