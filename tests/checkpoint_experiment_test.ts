import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { makePlan, type Plan } from "../lib/plan/plan.ts";
import { stages } from "../stages/mod.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const experiment = (name: string) => join(root, `experiments/${name}.yaml`);

/** The inputs of an instance, each with how many it takes or whose it is. */
function inputsOf({ instances }: Plan, id: string): Record<string, number | string> {
  const { inputs } = instances.find((instance) => instance.id === id)!;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, ids]) => [name, ids.length === 1 ? ids[0] : ids.length]),
  );
}

Deno.test("experiments/xlmr_base.yaml is planned before its encoder is there", async () => {
  for (const profile of ["standard", "sliced"]) {
    const { plan } = await makePlan({ file: experiment("xlmr_base"), profile }, stages);
    assert.deepEqual(inputsOf(plan, "train[source=en,seed=42]"), {
      examples: "tokens[language=en]",
      watch: 5,
      start: "encoder",
    });
    assert.deepEqual(inputsOf(plan, "tokens[language=swa]"), {
      corpus: "masakhaner[language=swa]",
      tokenizer: "encoder",
    });
  }
});

Deno.test("experiments/e5_small_ner.yaml has a study and a smoke test", async () => {
  for (const [profile, tokens] of [["cpu", 19], ["smoke", 3]] as const) {
    const { plan } = await makePlan(
      { file: experiment("e5_small_ner"), profile },
      stages,
    );
    assert.equal(plan.instances.filter(({ stage }) => stage === "tokens").length, tokens);
    assert.deepEqual(inputsOf(plan, "predict[source=en,seed=42,decoding=argmax]"), {
      model: "train[source=en,seed=42]",
      examples: tokens,
    });
  }
});

Deno.test("experiments/sentiment.yaml trains on each language, and on six together", async () => {
  for (
    const [profile, seeds, sizes] of [["cpu", 2, 3], ["paper", 3, 5], ["smoke", 1, 3]] as const
  ) {
    const { plan } = await makePlan({ file: experiment("sentiment"), profile }, stages);
    const count = (stage: string) =>
      plan.instances.filter((instance) => instance.stage === stage).length;
    assert.equal(count("trainSingle"), 6 * seeds);
    assert.equal(count("trainJoint"), sizes * seeds);
    assert.equal(count("apart"), 30);
    assert.deepEqual(inputsOf(plan, "single[source=malay,seed=42]"), {
      examples: "tokens[language=malay]",
    });
  }
});

Deno.test("experiments/transfer_guide.yaml goes every way in every profile", async () => {
  for (
    // Seeds, few-shot models of a seed, other models of a target, and languages with an adapter.
    const [profile, seeds, few, others, unseen, shot] of [
      ["cpu", 2, 10, 2, 6, 500],
      ["paper", 5, 20, 10, 15, 500],
      ["smoke", 1, 4, 2, 2, 24],
    ] as const
  ) {
    const { plan } = await makePlan(
      { file: experiment("transfer_guide"), profile },
      stages,
    );
    const count = (stage: string) =>
      plan.instances.filter((instance) => instance.stage === stage).length;
    for (const way of ["full", "head", "adapter", "lora"]) assert.equal(count(way), 2 * seeds);
    assert.equal(count("few"), few * seeds);
    assert.equal(count("mono"), few / 2 * seeds);
    for (const way of ["fast", "rehearsal", "mixed", "fewHead", "fewAdapter", "fewLora"]) {
      assert.equal(count(way), others * seeds, way);
    }
    assert.equal(count("language"), (1 + unseen) * seeds);
    assert.equal(count("switched"), unseen * seeds);
    assert.deepEqual(
      inputsOf(plan, `rehearsal[task=pos,way=rehearsal,k=${shot},target=es,seed=42]`),
      { examples: 2, watch: 0, start: "full[task=pos,way=full,seed=42]" },
    );
    assert.deepEqual(inputsOf(plan, "stacked[task=ner,way=madx,seed=42]"), {
      examples: "nerTokens[task=ner,language=en]",
      watch: 0,
      start: "language[language=en,seed=42]",
    });
  }
});

Deno.test("an encoder that is not known is told at its place, before anything runs", async () => {
  const set = ["encoder=xlm-roberta-bass"];
  await assert.rejects(
    makePlan({ file: experiment("xlmr_base"), set }, stages),
    (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /xlmr_base.yaml:\d+:22: Cannot find the encoder "xlm-roberta-bass" in data\/encoders.yaml\n/,
      );
      assert.match(error.message, /did you mean "xlm-roberta-base"\?/);
      return true;
    },
  );
});

/** A pipeline in which an encoder is named once, with one more param of a stage. */
const pipeline = (params: { tokens?: string; train?: string; mlm?: string }) =>
  `name: once
stages:
  encoder: { use: encoder, with: { encoder: multilingual-e5-small } }
  corpus: { use: download, with: { corpus: sample, language: eng } }
  tokens:
    use: ner.tokenize
    with: { ${params.tokens ?? "maxTokens: 64"} }
    inputs: { corpus: corpus, tokenizer: encoder }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, learningRate: 0.01, ${params.train ?? "batchSize: 8"} }
    inputs: { examples: tokens, start: encoder }
  mlm:
    use: mlm.train
    with: { seed: 1, epochs: 1, learningRate: 0.01, ${params.mlm ?? "batchSize: 8"} }
    inputs: { examples: tokens, start: encoder }
`;
const beside = (name: string, line: number, column: number) =>
  new RegExp(`:${line}:${column}: Cannot use param "${name}" beside input "`);
/** Params beside inputs that say the same thing. */
const contradictions: [Parameters<typeof pipeline>[0], RegExp | undefined][] = [
  [{}, undefined],
  [{ tokens: "tokenizer: bytes" }, beside("tokenizer", 7, 24)],
  [{ tokens: "tokenizer: some/folder" }, beside("tokenizer", 7, 24)],
  [{ train: "layers: 3" }, beside("layers", 11, 61)],
  [{ train: "initialisation: normal" }, beside("initialisation", 11, 69)],
  [{ train: "encoder: some/folder" }, beside("encoder", 11, 62)],
  [{ train: "dropout: 0.2, frozen: ['bert.encoder.layer.7.*']" }, undefined],
  [{ train: "head: sliced, sliceWidth: 12" }, undefined],
  [{ mlm: "width: 64" }, beside("width", 15, 60)],
];
for (const [params, problem] of contradictions) {
  const about = Object.values(params).join() || "nothing";
  Deno.test(`beside an encoder as an input: ${about} is ${problem ? "refused" : "taken"}`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      await Deno.writeTextFile(file, pipeline(params));
      const planned = makePlan({ file }, stages).then(() => "", (error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
        return error.message;
      });
      if (problem) assert.match(await planned, problem);
      else assert.equal(await planned, "");
    } finally {
      await Deno.remove(file);
    }
  });
}
