/**
 * Our side of the costs of big models: does one thing, and says what it took.
 *
 * Usage: costs_ours.ts COST FOLDER THREADS
 *
 * @module
 */
import process from "node:process";
import { createTokenizer, readTokenizerSource } from "../../lib/tokenizers/tokenizer_source.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";
import { filesIn, runStage } from "./stage_runs.ts";

const [cost, folder] = Deno.args, threads = Number(Deno.args[2]);

/** Says that something is done: what it took alone, or all since the process was started. */
function say(what: string, startMs?: number, startCpuMs = 0): void {
  console.log(JSON.stringify({
    what,
    ...startMs === undefined ? {} : { ms: performance.now() - startMs },
    cpuMs: cpuMs() - startCpuMs,
  }));
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measured(what: string, act: () => unknown): Promise<void> {
  const startMs = performance.now(), startCpuMs = cpuMs();
  await act();
  say(what, startMs, startCpuMs);
}

const encoder = `${folder}/encoder`;
const tokenizer = async () => createTokenizer(await readTokenizerSource(encoder, "."));

/** Files of a folder, each with a name in place of a digest, as an engine knows it. */
function given(name: string, files: readonly string[]) {
  const digests = Object.fromEntries(files.map((file) => [file, `${name}/${file}`]));
  return { ...filesIn(`${folder}/${name}`, files, name), digests };
}

const actions: Readonly<Record<string, () => Promise<void>>> = {
  async tokenizer() {
    await measured("tokenizer", tokenizer);
  },
  async encode() {
    const sentences: string[][] = JSON.parse(await Deno.readTextFile(`${folder}/sentences.json`));
    const made = await tokenizer();
    await measured("encode", () => sentences.map((words) => made.encode(words, 512)));
  },
  async weights() {
    let weights = new Map();
    await measured("read", async () => {
      weights = await readSafetensors(`${encoder}/model.safetensors`);
    });
    await measured("write", () => writeSafetensors(`${folder}/ours.safetensors`, weights));
  },
  async train() {
    let endMs = 0, endCpuMs = 0;
    const params = { seed: 1, epochs: 1, batchSize: 32, maxSteps: 2, learningRate: 2e-5 };
    await runStage("encoder.train", `${folder}/ours`, params, {
      examples: [given("tokens", ["train.parquet", "validation.parquet", "encoding.json"])],
      start: [given("encoder", ["model.safetensors", "config.json", "tokenizer.json"])],
    }, {
      threads,
      progress({ done }) {
        if (done === 1) say("first step");
        [endMs, endCpuMs] = [performance.now(), cpuMs()];
      },
    });
    say("end", endMs, endCpuMs);
  },
  async predict() {
    const model = given("trained", ["model.safetensors", "config.json", "eval_model.onnx"]);
    const tokens = given("tokens", ["test.parquet", "encoding.json"]);
    let isFirst = true;
    await runStage("encoder.predict", `${folder}/ours`, {}, {
      model: [model],
      examples: [tokens],
    }, {
      threads,
      progress() {
        if (isFirst) say("first batch");
        isFirst = false;
      },
    });
  },
};

if (import.meta.main) await actions[cost]();
