/**
 * Measured ranks of 42 source languages for 42 targets: how well features of data rank sources.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { corpusProfile, sourceFeatures } from "../lib/analysis/source_features.ts";
import { meanRanking, type RankedSource, targetRanking } from "../lib/analysis/source_ranking.ts";
import { standardLanguages } from "../lib/corpora/languages.ts";
import type { ExampleRow } from "../lib/table/schemas/examples.ts";

const shared = new URL("../../shared/", import.meta.url);
const oracle = new URL("oracles/source-ranking/masakhaner2_ranks.csv", shared);
const masakhane = new URL("mirror/raw.githubusercontent.com/masakhane-io/", shared);
const absent = !existsSync(oracle) || !existsSync(masakhane);

/** Named entities of these, and CoNLL's of the four others, are at hand. */
const masakhaNer = "amh hau ibo kin lug luo pcm swa wol yor".split(" ");
const conll: Readonly<Record<string, string>> = { deu: "de", eng: "en", nld: "nl", spa: "es" };

const options = {
  combine: [
    "sourceSize",
    "wordOverlap",
    "subwordOverlap",
    "entityOverlap",
    "scriptOverlap",
    "genealogy",
  ],
  resamples: 1000,
  confidence: 0.95,
  draw: 0,
};

/** Source → target → rank, 0 for the best source: that of the target itself. */
async function measuredRanks(): Promise<Map<string, Map<string, number>>> {
  const [header, ...lines] = (await Deno.readTextFile(oracle)).trim().split("\n")
    .map((line) => line.trim().split(","));
  const targets = header.slice(1);
  return new Map(
    lines.map(([source, ...ranks]) => [
      source,
      new Map(targets.map((target, i) => [target, Number(ranks[i])])),
    ]),
  );
}

/** The training sentences of a column file, with their UTF-8 bytes for pieces. */
async function trainingRows(language: string): Promise<ExampleRow[]> {
  const file = language in conll
    ? `masakhane-ner/main/MasakhaNER2.0/transfer_corpus/${conll[language]}/train.txt`
    : `masakhane-ner/main/data/${language}/train.txt`;
  const text = (await Deno.readTextFile(new URL(file, masakhane))).replace(/^\uFEFF/, "");
  const bytes = new TextEncoder();
  return text.split(/\n\s*\n/).filter((block) => block.trim() !== "").map((block, sentence) => {
    const words = block.split("\n").filter((line) => line.trim() !== "").map((line) => {
      const at = line.trimEnd().lastIndexOf(" ");
      return [line.slice(0, at), line.trimEnd().slice(at + 1)];
    });
    const inputIds = words.flatMap(([word]) => [...bytes.encode(word)]);
    return {
      ...{ corpus: "ner", language, split: "train", sentence, variant: 0, lostWords: 0 },
      units: words.map(([word]) => word),
      answers: words.map(([, tag]) => tag),
      inputIds,
      typeIds: [],
      wordIds: inputIds.map(() => 0),
      asked: [],
      gold: [],
    };
  });
}

/** Ranking rows of every target, and their means, from the features of each pair. */
async function rankings(
  languages: readonly string[],
  featuresOf: (source: string, target: string) => ReadonlyMap<string, number>,
) {
  const ranks = await measuredRanks();
  const rows = languages.flatMap((target) => {
    const sources = languages.filter((source) => source !== target)
      .map((source): RankedSource => ({
        source,
        score: -ranks.get(source)!.get(target)!,
        features: featuresOf(source, target),
      }));
    return targetRanking(
      { model: "mDeBERTa", metric: "f1", of: "micro", target, sources },
      options,
    );
  });
  return { rows, means: meanRanking(rows, options) };
}

/** Mean Spearman and NDCG@3 of each feature, targets of sources. */
function shown(means: Awaited<ReturnType<typeof rankings>>["means"]): string[] {
  return means.map(({ feature, targets, sources, spearman, ndcg3 }) =>
    `${feature}: ${spearman?.toFixed(3)}, ${ndcg3.toFixed(3)}, ${targets} of ${sources}`
  );
}

Deno.test({
  name: "genealogy and the measured ranks of 42 languages (needs ../shared/oracles)",
  ignore: absent,
  fn: async () => {
    const languages = await standardLanguages();
    const names = [...(await measuredRanks()).keys()];
    assert.equal(names.length, 42);
    assert.deepEqual(names.filter((name) => !languages.has(name)), []);
    const empty = (language: string) =>
      corpusProfile([{ ...emptyRow, language }], { asks: "words", tokenizer: "none" });
    const { means } = await rankings(names, (source, target) => {
      const all = sourceFeatures(empty(source), empty(target), languages);
      const { value } = all.find(({ feature }) => feature === "genealogy")!;
      return new Map([["genealogy", value!]]);
    });
    assert.deepEqual(shown(means), [
      "genealogy: 0.282, 0.190, 42 of 41",
      "meanRank: 0.282, 0.190, 42 of 41",
      "chance: undefined, 0.072, 42 of 41",
    ]);
    const [{ low, high }] = means;
    assert.ok(low! > 0.2 && high! < 0.36, `${low} to ${high}`);
  },
});

const emptyRow: ExampleRow = {
  ...{ corpus: "ner", language: "", split: "train", sentence: 0, variant: 0, lostWords: 0 },
  ...{ units: [], answers: [], inputIds: [], typeIds: [], wordIds: [], asked: [], gold: [] },
};

Deno.test({
  name: "features of 14 corpora and the measured ranks (needs ../shared/oracles)",
  ignore: absent,
  fn: async () => {
    const languages = await standardLanguages();
    const names = [...masakhaNer, ...Object.keys(conll)].sort();
    const profiles = new Map<string, ReturnType<typeof corpusProfile>>();
    for (const name of names) {
      profiles.set(
        name,
        corpusProfile(await trainingRows(name), {
          ...{ asks: "words", scheme: "iob2", tokenizer: "bytes" },
        }),
      );
    }
    const { rows, means } = await rankings(
      names,
      (source, target) =>
        new Map(
          sourceFeatures(profiles.get(source)!, profiles.get(target)!, languages)
            .flatMap(({ feature, value }) => value === null ? [] : [[feature, value]]),
        ),
    );
    // sourceSize, sizeRatio, ttrDistance and wordOverlap are LangRank's, sharedWords its count for NER.
    assert.deepEqual(shown(means), [
      "sourceSize: 0.237, 0.303, 14 of 13",
      "sizeRatio: 0.237, 0.303, 14 of 13",
      "ttrDistance: 0.211, 0.424, 14 of 13",
      "sharedWords: 0.444, 0.403, 14 of 13",
      "wordOverlap: 0.595, 0.545, 14 of 13",
      "subwordOverlap: 0.395, 0.407, 14 of 13",
      "entityOverlap: 0.561, 0.525, 14 of 13",
      "scriptOverlap: 0.292, 0.236, 14 of 13",
      "genealogy: 0.237, 0.372, 14 of 13",
      "meanRank: 0.506, 0.531, 14 of 13",
      "chance: undefined, 0.227, 14 of 13",
    ]);
    const picks = rows.filter(({ feature }) => feature === "meanRank");
    assert.deepEqual(
      picks.map(({ target, spearman, ndcg3, picked, best }) =>
        `${target}: ${spearman?.toFixed(3)}, ${ndcg3.toFixed(3)}, ${picked.join(" ")} for ${best}`
      ),
      [
        "amh: -0.055, 0.439, yor for deu",
        "deu: 0.879, 0.957, nld for nld",
        "eng: 0.457, 0.483, nld for pcm",
        "hau: 0.397, 0.492, swa for pcm",
        "ibo: 0.670, 0.803, swa for yor",
        "kin: 0.757, 0.635, swa for hau",
        "lug: 0.442, 0.314, swa for kin",
        "luo: 0.503, 0.924, swa for swa",
        "nld: 0.926, 0.939, eng for eng",
        "pcm: 0.220, 0.049, eng for hau",
        "spa: 0.785, 0.898, eng nld for eng",
        "swa: 0.437, 0.296, hau for deu",
        "wol: 0.006, 0.018, swa for luo",
        "yor: 0.665, 0.184, ibo for hau",
      ],
    );
  },
});
