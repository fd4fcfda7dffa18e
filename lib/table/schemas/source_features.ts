/**
 * What data alone say of a source for a target.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per source, target and feature. */
export const sourceFeaturesTable = defineTable({
  name: "source_features",
  about: "How a source's training data relate to a target's, one row per pair and feature.",
  columns: {
    sourceCorpus: { type: "VARCHAR", about: "catalogue name of the source's corpus" },
    source: { type: "VARCHAR", about: "language of the source, as the corpus spells it" },
    targetCorpus: { type: "VARCHAR", about: "catalogue name of the target's corpus" },
    target: { type: "VARCHAR", about: "language of the target, as the corpus spells it" },
    feature: {
      type: "VARCHAR",
      about:
        "sourceSize, targetSize (sentences); sizeRatio; sourceTtr, targetTtr (different words over " +
        "words); ttrDistance, (1 − sourceTtr / targetTtr)²; sharedWords (different words of both); " +
        "wordOverlap, subwordOverlap, entityOverlap (those of both over the sum of each's); " +
        "scriptOverlap (share of letters in common by script); genealogy (0 same language, 1 same " +
        "genus, 2 same family, 3 other)",
    },
    value: {
      type: "DOUBLE",
      about: "NULL where it cannot be told: nothing to compare, or a language that is not known",
      nullable: true,
    },
  },
  key: ["sourceCorpus", "source", "targetCorpus", "target", "feature"],
});

/** A row of {@linkcode sourceFeaturesTable}. */
export type SourceFeatureRow = RowOf<typeof sourceFeaturesTable>;
