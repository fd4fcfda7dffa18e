/**
 * The floor of parts of speech: every word gets the tag that it has most often in training.
 *
 * @module
 */
import { FrequentTags } from "../../lib/analysis/frequent_tags.ts";
import { forPeople } from "../../lib/core/words.ts";
import { floorStage } from "../../lib/experiment/floor_stage.ts";

/** An unknown word gets the most frequent tag of all. */
export const frequent = floorStage({
  kind: "pos.frequent",
  about: forPeople("tags the words of test splits by their most frequent tag in training"),
  takes: forPeople("tags are counted"),
  model: "frequent",
  count(sentences) {
    const tagger = new FrequentTags(sentences);
    return (tokens) => tokens.map((token) => tagger.tag(token));
  },
});
