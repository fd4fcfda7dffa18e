/**
 * Tokenized corpora → what the data of each source have in common with those of each target.
 *
 * @module
 */
import { z } from "zod";
import {
  type CorpusProfile,
  corpusProfile,
  sourceFeatures,
} from "../lib/analysis/source_features.ts";
import { UserError } from "../lib/core/errors.ts";
import { sha256Json } from "../lib/core/sha256.ts";
import { languagesFile, standardLanguages } from "../lib/corpora/languages.ts";
import { readExampleFormat } from "../lib/models/example_format.ts";
import { defineStage, type InputInstance, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { sourceFeaturesTable } from "../lib/table/schemas/source_features.ts";

const params = z.strictObject({
  targetSplit: z.enum(["train", "validation", "test"]).default("train").describe(
    "the split of a target that is compared with the training sentences of each source",
  ),
});

/** No model is run: what is compared is there before any training. */
export const features = defineStage({
  kind: "source.features",
  about: "compares the data of every source with those of every target",
  params,
  inputs: {
    sources: {
      about: "tokenized corpora, of one language each, that one could train on",
      takes: "many",
      files: ["train.parquet", "encoding.json"],
    },
    targets: {
      about: "tokenized corpora, of one language each, that one could test on",
      takes: "many",
      files: ["train.parquet", "validation.parquet", "test.parquet", "encoding.json"],
    },
  },
  outputs: { "source_features.parquet": table(sourceFeaturesTable) },
  async reads() {
    const languages = await standardLanguages();
    const facts = [...languages].map(([spelled, { code, family, genus }]) => [
      ...[spelled, code, family, genus],
    ]);
    return { facts: { languages: sha256Json(facts) }, paths: [languagesFile] };
  },
  async run({ params: { targetSplit }, inputs, output, log }) {
    const sources = await profiles(inputs.sources, "train", "a source");
    const targets = await profiles(inputs.targets, targetSplit, "a target");
    const languages = await standardLanguages();
    const rows = targets.flatMap((target) =>
      sources.filter((source) => !isSame(source, target))
        .flatMap((source) => sourceFeatures(source, target, languages))
    );
    if (rows.length === 0) {
      throw new UserError({
        message: "Cannot compare sources with targets: the only source is the target itself",
        hint: "give the input sources corpora of other languages",
      });
    }
    await writeTable(sourceFeaturesTable, output("source_features.parquet"), rows);
    log(`${sources.length} sources, ${targets.length} targets`);
    const unknown = new Set(
      [...sources, ...targets].map(({ language }) => language)
        .filter((language) => !languages.has(language)),
    );
    if (unknown.size > 0) {
      log(`data/languages.yaml does not know ${[...unknown].join(", ")}: without genealogy`);
    }
  },
});

/**
 * What is in the sentences of a split, corpus by corpus.
 *
 * @throws {UserError} where there are none, several languages at once, or one corpus twice
 */
async function profiles(
  inputs: readonly InputInstance[],
  split: "train" | "validation" | "test",
  role: string,
): Promise<CorpusProfile[]> {
  const found: (CorpusProfile & { instance: string })[] = [];
  for (const { instance, files, digests } of inputs) {
    const rows = await readTable(examplesTable, files[`${split}.parquet`]);
    const refuse = (why: string, hint: string) =>
      new UserError({ message: `Cannot take ${instance} for ${role}: ${why}`, hint });
    if (rows.length === 0) {
      throw refuse(
        `its ${split} split has no sentences`,
        role === "a source" ? "leave it out with where" : "name a split that it has in targetSplit",
      );
    }
    const [{ corpus, language }] = rows;
    const other = rows.find((row) => row.corpus !== corpus || row.language !== language);
    if (other !== undefined) {
      throw refuse(
        `it mixes ${language} (${corpus}) with ${other.language} (${other.corpus})`,
        "take the tokenized corpora that the mixture is made of",
      );
    }
    const format = await readExampleFormat(files["encoding.json"], digests?.["encoding.json"]);
    const profile = corpusProfile(rows, {
      ...format,
      tokenizer: format.tokenizer === "bytes" ? "bytes" : format.tokenizer.digest,
    });
    const same = found.find((each) => isSame(each, profile));
    if (same !== undefined) {
      throw refuse(
        `${same.instance} is of ${language} (${corpus}), too`,
        "take each corpus once, with where",
      );
    }
    found.push({ ...profile, instance });
  }
  return found;
}

function isSame(a: CorpusProfile, b: CorpusProfile): boolean {
  return a.corpus === b.corpus && a.language === b.language;
}
