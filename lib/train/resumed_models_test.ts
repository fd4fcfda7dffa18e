import { strict as assert } from "node:assert";
import { parseBilstmCrfConfig } from "../models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../models/bilstm_crf/model.ts";
import { parseByteToSpanConfig } from "../models/byte_to_span/config.ts";
import { byteToSpanModel } from "../models/byte_to_span/model.ts";
import { parseCharNerConfig } from "../models/char_ner/config.ts";
import { charNerModel } from "../models/char_ner/model.ts";
import { encoderCrfModel } from "../models/encoder_crf/model.ts";
import type { Model } from "../models/model.ts";
import { encodeSafetensors } from "../weights/testdata/encode_safetensors.ts";
import { labels, randomStart, tinyEncoder, tinyJob, trainOnCpu } from "./testdata/tiny_job.ts";
import type { TrainingJob } from "./training_job.ts";

const id2label = Object.fromEntries(labels.map((label, i) => [i, label]));

/** The job of another model: two epochs of four steps. */
function jobOf<C>(model: Model<C>, config: C): TrainingJob<C> {
  const plain = tinyJob({ epochs: 2 }, { recombine: 0 });
  return { ...plain, model, config, start: randomStart(model, config, 1) };
}

const bilstmCrf = {
  model_type: "bilstm_crf",
  vocab_size: 261,
  piece_size: 6,
  piece_hidden_size: 5,
  piece_layers: 1,
  most_pieces: 64,
  word_buckets: 32,
  word_size: 4,
  word_dropout: 0.25,
  hidden_size: 7,
  layers: 1,
  dropout: 0.25,
  end_scores: true,
  id2label,
};

function testResuming<C>(name: string, job: TrainingJob<C>): void {
  Deno.test(`${name}: a training that is struck twice ends with the same bytes`, async () => {
    const folder = await Deno.makeTempDir();
    const whole = await trainOnCpu(job);
    const checkpoints = { folder, everyMinutes: 0 };
    for (const step of [3, 6]) {
      await assert.rejects(
        trainOnCpu(job, {
          checkpoints,
          onStep: (record) => {
            if (record.step === step) throw new Error("a blow");
          },
        }),
        /a blow/,
      );
    }
    const resumed = await trainOnCpu(job, { checkpoints });
    assert.deepEqual(resumed.history, whole.history);
    assert.deepEqual(encodeSafetensors(resumed.weights), encodeSafetensors(whole.weights));
    await Deno.remove(folder, { recursive: true });
  });
}

testResuming("bilstm_crf", jobOf(bilstmCrfModel, parseBilstmCrfConfig(bilstmCrf, "it")));
testResuming(
  "bilstm_crf with a convolution",
  jobOf(bilstmCrfModel, parseBilstmCrfConfig({ ...bilstmCrf, piece_encoder: "cnn" }, "it")),
);
testResuming(
  "char_ner",
  jobOf(
    charNerModel,
    parseCharNerConfig({
      model_type: "char_ner",
      vocab_size: 261,
      piece_size: 6,
      hidden_size: 5,
      layers: 2,
      piece_dropout: 0.25,
      output_dropout: [0.5, 0.25],
      id2label,
    }, "it"),
  ),
);
testResuming(
  "byte_to_span",
  jobOf(
    byteToSpanModel,
    parseByteToSpanConfig({
      model_type: "byte_to_span",
      vocab_size: 261,
      piece_size: 6,
      hidden_size: 5,
      layers: 2,
      window: 20,
      overlap: 10,
      train_stride: 10,
      most_spans: 3,
      byte_dropout: 0.25,
      dropout: 0.25,
      id2label,
    }, "it"),
  ),
);
testResuming(
  "encoder_crf",
  jobOf(encoderCrfModel, { encoder: tinyEncoder(0.1), labels, layers: 2, endScores: false }),
);
