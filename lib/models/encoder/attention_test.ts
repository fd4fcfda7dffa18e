import { strict as assert } from "node:assert";
import { parametersFor, readReference } from "../../../scripts/references/recorded_encoders.ts";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { Session } from "../../onnx/session.ts";
import { attentionBatch, attentionGraph } from "./attention.ts";
import { parseEncoderConfig } from "./config.ts";
import { encoderParameters } from "./parameters.ts";

/** Written by scripts/references/attention.py. */
interface Recording {
  readonly recordedWith: { readonly torch: string; readonly transformers: string };
  readonly tolerance: number;
  readonly sentences: readonly {
    readonly words: readonly number[];
    /** Layer by layer, a share for every piece. */
    readonly onItself: readonly (readonly number[])[];
    readonly onItsWord: readonly (readonly number[])[];
  }[];
}

const families = ["xlm_roberta", "roberta", "bert", "distilbert", "distilbert_sinusoids"];

for (const family of families) {
  Deno.test(`${family}: what pieces put on themselves and on their words is what transformers says`, async () => {
    const recording: Recording = JSON.parse(
      await Deno.readTextFile(
        new URL(`../../../tests/fixtures/attention/${family}.json`, import.meta.url),
      ),
    );
    const reference = await readReference(family);
    const config = parseEncoderConfig(reference.config);
    const { inputs, outputs } = attentionGraph(config);
    const session = await Session.create(lowerCpu("attention", inputs, { ...outputs }), {
      threads: 1,
    });
    // All sentences at once: the shorter ones share rows, and see nothing of each other.
    const examples = recording.sentences.map(({ words }, i) => ({
      inputIds: reference.inputIds[i].slice(0, words.length),
      typeIds: [],
      wordIds: words,
      asked: [],
      gold: [],
    }));
    const { feeds, B, T, starts } = attentionBatch(config, examples);
    assert.ok(B < examples.length, `${B} rows of ${T} pieces`);
    const parameters = parametersFor(reference, { head: "TokenClassification" });
    const own = encoderParameters(config).map(({ name }) => [name, parameters[name]]);
    const found = await session.run({ ...feeds, ...Object.fromEntries(own) });
    await session.release();
    let checked = 0;
    for (const share of ["onItself", "onItsWord"] as const) {
      assert.deepEqual(found[share].dims, [config.num_hidden_layers, B, T]);
      recording.sentences.forEach((sentence, i) =>
        sentence[share].forEach((pieces, layer) =>
          pieces.forEach((wanted, piece) => {
            const got = Number(found[share].data[layer * B * T + starts[i] + piece]);
            assert.ok(
              Math.abs(got - wanted) <= recording.tolerance,
              `${share} of piece ${piece}, sentence ${i}, layer ${
                layer + 1
              }: ${got}, not ${wanted}`,
            );
            checked++;
          })
        )
      );
    }
    assert.equal(checked, 2 * config.num_hidden_layers * (9 + 5 + 1 + 7 + 6));
  });
}
