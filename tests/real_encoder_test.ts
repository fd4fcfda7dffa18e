import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { answerInputs } from "../lib/engine/device.ts";
import { lowerCpu } from "../lib/autodiff/lower_cpu.ts";
import { encoderBatch } from "../lib/models/encoder/batch.ts";
import { paddedBy } from "../lib/models/encoder/families.ts";
import { encoderGraph } from "../lib/models/encoder/graph.ts";
import { tokenHead } from "../lib/models/encoder/heads/token.ts";
import { floatTensor } from "../lib/onnx/dtype.ts";
import { Session } from "../lib/onnx/session.ts";
import { queryParquet } from "../lib/table/parquet_tables.ts";
import { createTokenizer, readTokenizerSource } from "../lib/tokenizers/tokenizer_source.ts";
import { readConfig, readWeights } from "../lib/weights/published_weights.ts";
import { ProjectCopy } from "./project_copy.ts";

/** A mirror that scripts/encoder_mirror.sh has filled. */
const mirror = Deno.env.get("CROSSTIE_TEST_ENCODERS");
const place = "huggingface.co/intfloat/multilingual-e5-small/resolve/main";
const name = (what: string) => `${what} (needs CROSSTIE_TEST_ENCODERS)`;
const ignore = mirror === undefined || !existsSync(join(mirror, place));

/** Written by scripts/references/real_encoder.py. */
const recorded: {
  readonly sentences: readonly { readonly words: string[]; readonly ids: number[] }[];
  readonly cosines: readonly (readonly number[])[];
  readonly loss: number;
  readonly asked: number;
} = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/real_encoder.json", import.meta.url)),
);

Deno.test({
  name: name("a published encoder reads sentences as transformers does, and finds translations"),
  ignore,
  async fn() {
    const folder = join(mirror!, place);
    const tokenizer = createTokenizer(await readTokenizerSource(folder, "."));
    for (const { words, ids } of recorded.sentences) {
      assert.deepEqual(tokenizer.encode(words, 512).inputIds, ids);
    }
    // Its config.json says that padding is 0.
    const { config: published } = await readConfig(folder);
    assert.deepEqual([published.pad_token_id, tokenizer.padId], [0, 1]);
    const config = paddedBy(published, tokenizer.padId);
    // A head that changes nothing shows the hidden states.
    const D = config.hidden_size;
    const graph = encoderGraph(config, tokenHead(config, D));
    const { weights } = await readWeights(folder, config, graph.specs, { freshHead: { seed: 1 } });
    const identity = Float32Array.from({ length: D * D }, (_, i) => i % (D + 1) === 0 ? 1 : 0);
    weights.set("classifier.weight", floatTensor([D, D], identity));
    weights.set("classifier.bias", floatTensor([D], new Float32Array(D)));
    const batch = encoderBatch(
      config,
      recorded.sentences.map(({ ids }) => ({
        inputIds: ids,
        typeIds: [],
        wordIds: [],
        asked: ids.map((_, i) => i),
        gold: ids.map(() => 0),
      })),
    );
    const { labels: _, ...feeds } = batch.feeds;
    const session = await Session.create(
      lowerCpu("evaluation", answerInputs(graph), graph.answers),
      { threads: 1 },
    );
    const { logits } = await session.run({ ...Object.fromEntries(weights), ...feeds });
    await session.release();
    const means = meansOf(logits.data as Float32Array, batch.asked, D);
    means.forEach((a, i) =>
      means.forEach((b, j) => {
        const cosine = a.reduce((sum, x, d) => sum + x * b[d], 0);
        const expected = recorded.cosines[i][j];
        assert.ok(Math.abs(cosine - expected) < 1e-4, `${i}, ${j}: ${cosine} and ${expected}`);
      })
    );
    // English, German and Swahili, twice.
    const [train, soup] = [[0, 1, 2], [3, 4, 5]];
    for (const i of train) {
      const others = Math.max(...soup.map((j) => recorded.cosines[i][j]));
      for (const j of train) assert.ok(recorded.cosines[i][j] > others + 0.02, `${i} and ${j}`);
    }
  },
});

/** The mean of each sentence's rows [pieces, D], of length 1. */
function meansOf(rows: Float32Array, counts: readonly number[], D: number): number[][] {
  let at = 0;
  return counts.map((count) => {
    const sums = new Array<number>(D).fill(0);
    for (let i = 0; i < count; i++) for (let d = 0; d < D; d++) sums[d] += rows[at++];
    const norm = Math.hypot(...sums);
    return sums.map((x) => x / norm);
  });
}

const limit = "{ train: 16, validation: 8, test: 8 }";
const pipeline = `name: real
stages:
  encoder: { use: encoder, with: { encoder: multilingual-e5-small } }
  corpus:
    use: download
    with: { corpus: sample, language: eng, limit: ${limit} }
  tokens:
    use: ner.tokenize
    with: { maxTokens: 64 }
    inputs: { corpus: corpus, tokenizer: encoder }
  train:
    use: encoder.train
    with:
      seed: 1
      epochs: 2
      batchSize: 16
      learningRate: 1.0e-30
      dropout: 0
      attentionDropout: 0
    inputs: { examples: tokens, start: encoder }
  predict: { use: encoder.predict, inputs: { model: train, examples: tokens } }
`;

Deno.test({
  name: name("a published encoder is fetched from two mirrors, trained and asked"),
  ignore,
  async fn() {
    await using project = await ProjectCopy.create();
    await Deno.writeTextFile(join(project.folder, "real.yaml"), pipeline);
    // The first mirror has the config alone.
    const first = join(project.outer, "mirror");
    await Deno.mkdir(join(first, place), { recursive: true });
    await Deno.copyFile(join(mirror!, place, "config.json"), join(first, place, "config.json"));
    const { code, stdout, stderr } = await project.crosstie(["run", "-f", "real.yaml"], {
      CROSSTIE_CACHE: join(project.outer, "cache"),
      CROSSTIE_MIRROR: `${first}:${mirror}`,
      HF_HOME: join(project.outer, "none"),
    });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /5 ran, 0 fresh, 0 failed/);
    const table = (of: string, instance: string) =>
      join(project.folder, `results/real/default/${of}/${instance}.parquet`);
    const history = await queryParquet(
      table("history", "train"),
      "SELECT loss, asked FROM input ORDER BY step",
    );
    assert.deepEqual(history.map(({ asked }) => asked), [recorded.asked, recorded.asked]);
    for (const { loss } of history) {
      assert.ok(Math.abs(Number(loss) - recorded.loss) < 1e-4, `${loss} and ${recorded.loss}`);
    }
    const [{ words, sentences }] = await queryParquet(
      table("predictions", "predict"),
      "SELECT count(*) AS words, count(DISTINCT sentence) AS sentences FROM input",
    );
    assert.deepEqual([Number(sentences), Number(words) > 8], [8, true]);
  },
});
