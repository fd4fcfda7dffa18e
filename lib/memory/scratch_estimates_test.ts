import { strict as assert } from "node:assert";
import { makePlan } from "../plan/plan.ts";
import type { Json } from "../core/canonical_json.ts";
import { stages } from "../../stages/mod.ts";
import type { KnownExamples } from "./known.ts";
import { training } from "./scratch_estimates.ts";

const small = "seed: 1, epochs: 2, learningRate: 0.001, batchSize: 32";

/** What every instance is expected to take, in MiB, by its name. */
async function expectedOf(lines: string): Promise<Record<string, number>> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(
    file,
    `name: p
stages:
  corpus: { use: download, with: { corpus: masakhaner, language: swa } }
  bytes: { use: ner.tokenize, with: { maxTokens: 4096 }, inputs: { corpus: corpus } }
  letters: { use: characters, inputs: { corpus: corpus } }
  characters: { use: ner.tokenize, with: { maxTokens: 4096 }, inputs: { corpus: corpus, tokenizer: letters } }
${lines}`,
  );
  const { plan } = await makePlan({ file }, stages);
  await Deno.remove(file);
  return Object.fromEntries(
    plan.instances.flatMap(({ id, expectedMib }) =>
      expectedMib === undefined ? [] : [[id, expectedMib]]
    ),
  );
}

Deno.test("models that learn from nothing are estimated, with what runs them and goes on from them", async () => {
  const kinds = ["bilstm_crf", "char_ner", "byte_to_span"];
  const expected = await expectedOf(
    kinds.map((kind) => `
  ${kind}: { use: ${kind}.train, with: { ${small} }, inputs: { examples: bytes } }
  ${kind}Next: { use: ${kind}.train, with: { ${small}, select: sourceDev }, inputs: { examples: bytes, start: ${kind} } }
  ${kind}Predict: { use: ${kind}.predict, inputs: { model: ${kind}Next, examples: bytes } }`).join(
      "",
    ),
  );
  for (const kind of kinds) {
    const [first, next, predict] = ["", "Next", "Predict"].map((part) =>
      expected[`${kind}${part}`]
    );
    assert.ok(predict > 235 && predict < first, `${kind}: ${predict} of ${first}`);
    // The weights once more; estimates are rounded up to 32 MiB.
    assert.ok(next >= first && next <= first + 64, `${kind}: ${next} after ${first}`);
  }
});

Deno.test("a CharNER of the published size takes about what was measured", async () => {
  // A step of the 32 longest Swahili training sentences, 13,802 bytes, and their answers.
  const peakMib = 1790;
  const known: KnownExamples = {
    of: "examples",
    pieces: { long: 13_802 / 32, longest: 547 },
    maxTokens: 4096,
    train: 32,
    test: 32,
    vocabulary: 261,
  };
  const { params } = await stages["char_ner.train"].load();
  const given = params.parse({ seed: 1, epochs: 1, batchSize: 32, learningRate: 0.001 }) as Json;
  const estimate = await training("char_ner")({
    params: given,
    inputs: { examples: [known] },
    device: "cpu",
  });
  const share = estimate!.memoryMib! / peakMib;
  assert.ok(share > 0.8 && share < 1.5, `${estimate!.memoryMib} MiB of ${peakMib}`);
});

Deno.test("more and longer sequences, wider and deeper layers take more, and a convolution less", async () => {
  const of = async (kind: string, params: string, examples = "bytes") =>
    (await expectedOf(
      `  train: { use: ${kind}.train, with: { ${small}, ${params} }, inputs: { examples: ${examples} } }`,
    )).train;
  const byteCrf = await of("bilstm_crf", "layers: 1");
  assert.ok(await of("bilstm_crf", "layers: 1", "characters") < byteCrf);
  assert.ok(await of("bilstm_crf", "pieceEncoder: cnn", "characters") < byteCrf / 2);
  assert.ok(await of("bilstm_crf", "hidden: 512") > byteCrf);
  assert.ok(await of("bilstm_crf", "accumulate: 2, wordBuckets: 65536") > byteCrf + 60);
  const charNer = await of("char_ner", "layers: 5");
  assert.ok(await of("char_ner", "layers: 10") > 1.5 * charNer);
  const spans = await of("byte_to_span", "trainStride: 30");
  assert.ok(await of("byte_to_span", "trainStride: 10") > 2 * spans);
});
