/**
 * Every stage kind: what `use:` in a pipeline file can name.
 *
 * @module
 */
import type { StageEntry, StageRegistry } from "../lib/plan/stage.ts";

function url(file: string): string {
  return new URL(file, import.meta.url).href;
}

/** The engine of each device, for kinds that train. */
const devices: StageEntry["devices"] = {
  cpu: url("../lib/engine/cpu.ts"),
  webgpu: url("../lib/engine/webgpu.ts"),
  cuda: url("../lib/engine/cuda.ts"),
};

/** Loads what is known of corpora before they are fetched. */
const corpus: StageEntry["estimate"] = async () =>
  (await import("../lib/memory/data_estimates.ts")).corpus;

/** Loads what is known of examples before they are made. */
const examples: StageEntry["estimate"] = async () =>
  (await import("../lib/memory/data_estimates.ts")).examples;

/** The registry, in the order in which data pass through it. */
export const stages: StageRegistry = {
  "download": {
    module: url("./download.ts"),
    load: async () => (await import("./download.ts")).download,
    estimate: corpus,
  },
  "download.texts": {
    module: url("./download_texts.ts"),
    load: async () => (await import("./download_texts.ts")).downloadTexts,
    estimate: corpus,
  },
  "read": {
    module: url("./read.ts"),
    load: async () => (await import("./read.ts")).read,
  },
  "read.texts": {
    module: url("./read_texts.ts"),
    load: async () => (await import("./read_texts.ts")).readTexts,
  },
  "encoder": {
    module: url("./encoder/fetch.ts"),
    load: async () => (await import("./encoder/fetch.ts")).fetch,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).published,
  },
  "characters": {
    module: url("./characters.ts"),
    load: async () => (await import("./characters.ts")).characters,
    estimate: async () => (await import("../lib/memory/data_estimates.ts")).characters,
  },
  "ner.tokenize": {
    module: url("./ner/tokenize.ts"),
    load: async () => (await import("./ner/tokenize.ts")).tokenize,
    estimate: examples,
  },
  "pos.tokenize": {
    module: url("./pos/tokenize.ts"),
    load: async () => (await import("./pos/tokenize.ts")).tokenize,
    estimate: examples,
  },
  "classify.tokenize": {
    module: url("./classify/tokenize.ts"),
    load: async () => (await import("./classify/tokenize.ts")).tokenize,
    estimate: examples,
  },
  "entail.tokenize": {
    module: url("./entail/tokenize.ts"),
    load: async () => (await import("./entail/tokenize.ts")).tokenize,
  },
  "mlm.tokenize": {
    module: url("./mlm/tokenize.ts"),
    load: async () => (await import("./mlm/tokenize.ts")).tokenize,
    estimate: examples,
  },
  "mix": {
    module: url("./mix.ts"),
    load: async () => (await import("./mix.ts")).mix,
  },
  "mlm.train": {
    module: url("./mlm/train.ts"),
    load: async () => (await import("./mlm/train.ts")).train,
    devices,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).training("vocabulary"),
  },
  "mlm.predict": {
    module: url("./mlm/predict.ts"),
    load: async () => (await import("./mlm/predict.ts")).predict,
  },
  "mlm.frequent": {
    module: url("./mlm/frequent.ts"),
    load: async () => (await import("./mlm/frequent.ts")).frequent,
  },
  "mlm.evaluate": {
    module: url("./mlm/evaluate.ts"),
    load: async () => (await import("./mlm/evaluate.ts")).evaluate,
  },
  "encoder.train": {
    module: url("./encoder/train.ts"),
    load: async () => (await import("./encoder/train.ts")).train,
    devices,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).training("labels"),
  },
  "encoder.pick": {
    module: url("./encoder/pick.ts"),
    load: async () => (await import("./encoder/pick.ts")).pick,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).picking,
  },
  "encoder.predict": {
    module: url("./encoder/predict.ts"),
    load: async () => (await import("./encoder/predict.ts")).predict,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).predicting,
  },
  "encoder.attention": {
    module: url("./encoder/attention.ts"),
    load: async () => (await import("./encoder/attention.ts")).attention,
  },
  "encoder_crf.train": {
    module: url("./encoder_crf/train.ts"),
    load: async () => (await import("./encoder_crf/train.ts")).train,
    devices,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).training("labels"),
  },
  "encoder_crf.predict": {
    module: url("./encoder_crf/predict.ts"),
    load: async () => (await import("./encoder_crf/predict.ts")).predict,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).predicting,
  },
  "bilstm_crf.train": {
    module: url("./bilstm_crf/train.ts"),
    load: async () => (await import("./bilstm_crf/train.ts")).train,
    devices,
    estimate: async () =>
      (await import("../lib/memory/scratch_estimates.ts")).training("bilstm_crf"),
  },
  "bilstm_crf.pick": {
    module: url("./bilstm_crf/pick.ts"),
    load: async () => (await import("./bilstm_crf/pick.ts")).pick,
  },
  "bilstm_crf.predict": {
    module: url("./bilstm_crf/predict.ts"),
    load: async () => (await import("./bilstm_crf/predict.ts")).predict,
    estimate: async () =>
      (await import("../lib/memory/scratch_estimates.ts")).predicting("bilstm_crf"),
  },
  "char_ner.train": {
    module: url("./char_ner/train.ts"),
    load: async () => (await import("./char_ner/train.ts")).train,
    devices,
    estimate: async () => (await import("../lib/memory/scratch_estimates.ts")).training("char_ner"),
  },
  "char_ner.predict": {
    module: url("./char_ner/predict.ts"),
    load: async () => (await import("./char_ner/predict.ts")).predict,
    estimate: async () =>
      (await import("../lib/memory/scratch_estimates.ts")).predicting("char_ner"),
  },
  "byte_to_span.train": {
    module: url("./byte_to_span/train.ts"),
    load: async () => (await import("./byte_to_span/train.ts")).train,
    devices,
    estimate: async () =>
      (await import("../lib/memory/scratch_estimates.ts")).training("byte_to_span"),
  },
  "byte_to_span.predict": {
    module: url("./byte_to_span/predict.ts"),
    load: async () => (await import("./byte_to_span/predict.ts")).predict,
    estimate: async () =>
      (await import("../lib/memory/scratch_estimates.ts")).predicting("byte_to_span"),
  },
  "bilstm_crf.prune": {
    module: url("./bilstm_crf/prune.ts"),
    load: async () => (await import("./bilstm_crf/prune.ts")).prune,
  },
  "bilstm_crf.fisher": {
    module: url("./bilstm_crf/fisher.ts"),
    load: async () => (await import("./bilstm_crf/fisher.ts")).fisher,
  },
  "fisher.overlap": {
    module: url("./fisher_overlap.ts"),
    load: async () => (await import("./fisher_overlap.ts")).overlap,
  },
  "adapter.mlm": {
    module: url("./adapter/mlm.ts"),
    load: async () => (await import("./adapter/mlm.ts")).mlm,
    estimate: async () =>
      (await import("../lib/memory/model_estimates.ts")).training("vocabulary", { stays: true }),
    devices,
  },
  "adapter.train": {
    module: url("./adapter/train.ts"),
    load: async () => (await import("./adapter/train.ts")).train,
    estimate: async () =>
      (await import("../lib/memory/model_estimates.ts")).training("labels", { stays: true }),
    devices,
  },
  "adapter.switch": {
    module: url("./adapter/switch.ts"),
    load: async () => (await import("./adapter/switch.ts")).switchLanguage,
    estimate: async () => (await import("../lib/memory/model_estimates.ts")).switching,
  },
  "adapter.export": {
    module: url("./adapter/export.ts"),
    load: async () => (await import("./adapter/export.ts")).exportAdapter,
  },
  "adapter.exportLora": {
    module: url("./adapter/export_lora.ts"),
    load: async () => (await import("./adapter/export_lora.ts")).exportLora,
  },
  "ner.memorize": {
    module: url("./ner/memorize.ts"),
    load: async () => (await import("./ner/memorize.ts")).memorize,
  },
  "pos.frequent": {
    module: url("./pos/frequent.ts"),
    load: async () => (await import("./pos/frequent.ts")).frequent,
  },
  "ner.evaluate": {
    module: url("./ner/evaluate.ts"),
    load: async () => (await import("./ner/evaluate.ts")).evaluate,
  },
  "pos.evaluate": {
    module: url("./pos/evaluate.ts"),
    load: async () => (await import("./pos/evaluate.ts")).evaluate,
  },
  "classify.evaluate": {
    module: url("./classify/evaluate.ts"),
    load: async () => (await import("./classify/evaluate.ts")).evaluate,
  },
  "entail.evaluate": {
    module: url("./entail/evaluate.ts"),
    load: async () => (await import("./entail/evaluate.ts")).evaluate,
  },
  "select": {
    module: url("./select.ts"),
    load: async () => (await import("./select.ts")).select,
  },
  "select.scores": {
    module: url("./select_scores.ts"),
    load: async () => (await import("./select_scores.ts")).selectScores,
  },
  "transfer": {
    module: url("./transfer.ts"),
    load: async () => (await import("./transfer.ts")).transfer,
  },
  "source.features": {
    module: url("./source_features.ts"),
    load: async () => (await import("./source_features.ts")).features,
  },
  "source.ranking": {
    module: url("./source_ranking.ts"),
    load: async () => (await import("./source_ranking.ts")).ranking,
  },
  "errors": {
    module: url("./errors.ts"),
    load: async () => (await import("./errors.ts")).errors,
  },
  "ner.errors": {
    module: url("./ner/errors.ts"),
    load: async () => (await import("./ner/errors.ts")).errors,
  },
  "trainings": {
    module: url("./trainings.ts"),
    load: async () => (await import("./trainings.ts")).trainings,
  },
  "intervals": {
    module: url("./intervals.ts"),
    load: async () => (await import("./intervals.ts")).intervals,
  },
  "comparison": {
    module: url("./comparison.ts"),
    load: async () => (await import("./comparison.ts")).comparison,
  },
  "crossing": {
    module: url("./crossing.ts"),
    load: async () => (await import("./crossing.ts")).crossing,
  },
  "power": {
    module: url("./power.ts"),
    load: async () => (await import("./power.ts")).power,
  },
  "claims": {
    module: url("./claims.ts"),
    load: async () => (await import("./claims.ts")).claims,
  },
};
