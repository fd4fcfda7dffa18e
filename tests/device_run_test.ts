import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { webgpuTest } from "../lib/onnx/webgpu_test_case.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

const pipeline = (name: string) => `
name: ${name}
params: { size: 8 }
stages:
  corpus:
    use: download
    with: { corpus: sample, language: eng, limit: { train: $size, validation: $size, test: $size } }
  tokens:
    use: ner.tokenize
    inputs: { corpus: corpus }
  train:
    use: encoder.train
    with:
      seed: 42
      layers: 1
      width: 16
      heads: 2
      batchSize: 4
      epochs: 2
      learningRate: 0.003
    inputs: { examples: tokens }
  predict:
    use: encoder.predict
    inputs: { model: train, examples: tokens }
  evaluate:
    use: ner.evaluate
    inputs: { predictions: predict }
`;

webgpuTest(
  "a pipeline runs on webgpu, and what it computed is not taken for the cpu's",
  async () => {
    const folder = await Deno.makeTempDir();
    const name = `test-${crypto.randomUUID()}`;
    await Deno.writeTextFile(`${folder}/pipeline.yaml`, pipeline(name));
    const crosstie = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          `${project}/main.ts`,
          ...args,
          "-f",
          `${folder}/pipeline.yaml`,
        ],
        env: {
          CROSSTIE_CACHE: `${folder}/store`,
          CROSSTIE_RESULTS: `${folder}/results`,
          NO_COLOR: "1",
        },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, out + err);
      return out;
    };
    try {
      await crosstie("run", "--device", "webgpu");
      assert.match(await crosstie("status", "--device", "webgpu"), /^train +1 +0 +0$/m);
      assert.match(await crosstie("status"), /^train +0 +1 +0$/m);
      assert.match(await crosstie("explain", "train"), /device/);
      const losses = async () =>
        JSON.parse(
          await crosstie("sql", "--format", "json", "SELECT loss FROM history ORDER BY step"),
        )
          .map(({ loss }: { loss: number }) => loss);
      const webgpu = await losses();
      assert.equal(webgpu.length, 4);
      await crosstie("run");
      const cpu = await losses();
      // The same seed, batches and masks: only the last digits depend on the device.
      webgpu.forEach((loss: number, i: number) =>
        assert.ok(Math.abs(loss - cpu[i]) < 1e-4, `step ${i + 1}: ${loss} and ${cpu[i]}`)
      );
      assert.notDeepEqual(webgpu, cpu);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
