/**
 * The floor of named entities: the training entities, known by heart.
 *
 * @module
 */
import { Memorizer } from "../../lib/analysis/memorizer.ts";
import { forPeople } from "../../lib/core/words.ts";
import { floorStage } from "../../lib/experiment/floor_stage.ts";

/** Tags the longest match of a training entity. */
export const memorize = floorStage({
  kind: "ner.memorize",
  about: forPeople("tags test splits by longest match of training entities"),
  takes: forPeople("entities are memorised"),
  model: "memorizer",
  count(sentences) {
    const memorizer = new Memorizer(sentences);
    return (tokens) => memorizer.tag(tokens);
  },
});
