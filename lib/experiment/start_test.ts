import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { headGraphs } from "../models/encoder/head_choice.ts";
import { initialise } from "../nn/parameters.ts";
import { epochSentences } from "../train/epoch_sentences.ts";
import { readHubWeights } from "./published_weights.ts";
import { readHubFolder } from "./published_folder.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { startingWeights } from "./starting_weights.ts";
import { tinyJob } from "../train/testdata/tiny_job.ts";
import { trainEncoder } from "../train/trainer.ts";
import { jobDigest, type TaggingJob } from "../train/training_job.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";

const fixtures = fileURLToPath(new URL("../../tests/fixtures/hub_checkpoints", import.meta.url));

function assertSame(got: Float32Array, expected: Float32Array, name: string): void {
  assert.ok(got.length === expected.length && got.every((x, i) => x === expected[i]), name);
}

Deno.test("a classifier's head starts anew by its seed, also where the checkpoint has one", async () => {
  const { config, folder, digest } = await readHubFolder("bert_half", fixtures);
  const { parameters } = headGraphs(config, { head: "token", labels: ["a", "b", "c"] });
  const lines: string[] = [];
  const weights = await startingWeights(
    { kind: "checkpoint", folder, digest },
    config,
    parameters,
    { seed: 3, head: "token", log: (line) => lines.push(line) },
  );
  const published = (await readHubWeights(folder, config, parameters)).weights;
  const random = initialise(parameters, 3);
  for (const { name } of parameters) {
    const isHead = name.startsWith("classifier.");
    assertSame(weights.get(name)!, isHead ? random.get(name)! : published.get(name)!.data, name);
  }
  assert.match(lines.join(), /; classifier.weight, classifier.bias start anew$/);
});

Deno.test("a language model takes the checkpoint's head too", async () => {
  const { config, folder, digest } = await readHubFolder("trainable/bert", fixtures);
  const { parameters } = headGraphs(config, { head: "mlm" });
  const weights = await startingWeights(
    { kind: "checkpoint", folder, digest },
    config,
    parameters,
    { seed: 3, head: "mlm", log: () => {} },
  );
  const published = (await readHubWeights(folder, config, parameters)).weights;
  for (const { name } of parameters) {
    assertSame(weights.get(name)!, published.get(name)!.data, name);
  }
});

/** A training of a few steps from a checkpoint that lies in `folder`. */
async function jobFrom(folder: string): Promise<TaggingJob> {
  const found = await readHubFolder(".", folder);
  const job: TaggingJob = {
    ...tinyJob({ epochs: 1 }),
    config: found.config,
    start: { kind: "checkpoint", folder, digest: found.digest },
    maxTokens: 64,
  };
  return { ...job, validation: epochSentences(job, new ByteTokenizer(), 0) };
}

Deno.test("where a checkpoint lies does not matter; a killed training goes on", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const from = join(fixtures, "trainable/distilbert");
    for await (const { name } of Deno.readDir(from)) {
      await Deno.copyFile(join(from, name), join(folder, name));
    }
    const job = await jobFrom(from), moved = await jobFrom(folder);
    assert.equal(jobDigest(moved), jobDigest(job));
    const { start: _, ...rest } = job;
    const random = { kind: "random", initialisation: "normal" } as const;
    assert.notEqual(jobDigest({ ...rest, start: random }), jobDigest(job));

    const whole = await trainEncoder(job);
    const checkpoints = { folder: join(folder, "resume"), everyMinutes: 0 };
    await assert.rejects(
      trainEncoder(job, {
        checkpoints,
        onStep: ({ step }) => {
          if (step === 3) throw new Error("killed");
        },
      }),
      /killed/,
    );
    const again = await trainEncoder(moved, { checkpoints });
    assert.deepEqual(again.history, whole.history);
    const bytes = [again, whole].map(({ weights }) => encodeSafetensors(weights));
    assert.ok(bytes[0].length === bytes[1].length && bytes[0].every((b, i) => b === bytes[1][i]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
