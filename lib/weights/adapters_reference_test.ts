/** What AdapterHub and PEFT have written and computed: read here, and computed again. */
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import {
  batchOf,
  decode,
  parametersFor,
  readReference,
} from "../../scripts/references/recorded_encoders.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { trainingGraphs } from "../engine/training_graphs.ts";
import { stacked } from "../models/adapters/bottleneck.ts";
import { lowRank } from "../models/adapters/lora.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { type Around, encoderGraph } from "../models/encoder/graph.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";
import { maskedHead } from "../models/masked/head.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { readAdapter } from "./adapter_files.ts";
import { readTaggingHead } from "./adapter_head_files.ts";
import { readLora } from "./lora_files.ts";

const folder = fileURLToPath(new URL("../../tests/fixtures/adapters", import.meta.url));
const names = [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
  isDirectory ? [name] : []
).sort();

/** Written by scripts/references/adapter_files.py. */
interface Recorded {
  readonly family: string;
  readonly head: "TokenClassification" | "MaskedLM";
  readonly stack?: readonly string[];
  readonly tolerances: { readonly logits: number; readonly gradients: number };
  readonly loss: number;
  readonly logits: string;
  readonly gradients: Readonly<Record<string, string>>;
}

/** The parameter of a gradient, as it is called here. */
function parameterOf(name: string): string {
  return name
    .replace(/^base_model\.model\./, "")
    .replace(/^classifier\.modules_to_save\.default\./, "classifier.")
    .replace(/\.(lora_[AB])\.default\./, ".$1.")
    .replace(/^heads\.ner\.1\./, "classifier.");
}

function largestDifference(got: Float32Array, wanted: Float32Array): number {
  assert.equal(got.length, wanted.length);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0);
}

assert.equal(names.length, 13);
for (const name of names) {
  Deno.test(`${name}: logits, loss and gradients are those of the library that wrote the files`, async () => {
    const recorded: Recorded = JSON.parse(
      await Deno.readTextFile(`${folder}/${name}/recorded.json`),
    );
    const reference = await readReference(recorded.family);
    const config = parseEncoderConfig(reference.config);
    const check = reference.cases.find(({ head, slicing, tokenTypeIds }) =>
      head === recorded.head && !slicing && !tokenTypeIds
    )!;
    const head = recorded.head === "MaskedLM" ? maskedHead(config) : tokenHead(config, 5);
    const weights = new Map<string, FloatTensor>();
    const take = (found: ReadonlyMap<string, FloatTensor>) => {
      for (const [parameter, tensor] of found) weights.set(parameter, tensor);
    };
    let around: Around;
    if (recorded.stack) {
      const adapters = [];
      for (const each of recorded.stack) {
        const read = await readAdapter(`${folder}/${name}/${each}`, config);
        assert.equal(read.name, each);
        adapters.push(read);
        take(read.weights);
      }
      around = stacked(config, adapters, { learning: recorded.stack });
      if (recorded.head === "TokenClassification") {
        const read = await readTaggingHead(`${folder}/${name}/ner`, config);
        assert.deepEqual(read.labels, ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]);
        take(read.weights);
      }
    } else {
      const read = await readLora(`${folder}/${name}/lora`, config, head.parameters);
      around = lowRank(config, read.lora);
      take(read.weights);
    }
    const graph = encoderGraph(config, head, { around });
    const graphs = trainingGraphs(graph);
    const learns = graphs.parameters.flatMap(({ name, frozen }) => frozen ? [] : [name]);
    const parameters = parametersFor(reference, check);
    const { shared, labels } = batchOf(reference, config, check);
    const feeds = { ...shared, ...parameters, ...Object.fromEntries(weights), labels };

    const training = await Session.create(graphs.training, { threads: 1 });
    const outputs = await training.run(feeds);
    await training.release();
    assert.ok(Math.abs(Number(outputs.loss.data[0]) - recorded.loss) <= recorded.tolerances.logits);
    const gradients = new Map(
      Object.entries(recorded.gradients).map(([name, values]) => [parameterOf(name), values]),
    );
    for (const [parameter, values] of gradients) {
      const got = outputs[`grad.${parameter}`].data as Float32Array, wanted = decode(values);
      const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const error = largestDifference(got, wanted);
      assert.ok(error <= recorded.tolerances.gradients * size, `${parameter} differs by ${error}`);
    }
    const missing = learns.filter((each) => !gradients.has(each));
    assert.ok(
      missing.every((each) => head.parameters.some(({ name }) => name === each)),
      `${missing}`,
    );

    const answering = lowerCpu(
      "answers",
      [...graph.inputs, ...graph.parameters.values()],
      graph.answers,
    );
    const session = await Session.create(answering, { threads: 1 });
    const { labels: _, ...asked } = feeds;
    const { logits } = await session.run(asked);
    await session.release();
    const error = largestDifference(logits.data as Float32Array, decode(recorded.logits));
    assert.ok(error <= recorded.tolerances.logits, `logits differ by ${error}`);
  });
}
