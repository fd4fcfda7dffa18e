import { strict as assert } from "node:assert";
import { Session } from "../../onnx/session.ts";
import { type EncoderConfig, parseEncoderConfig } from "./config.ts";
import { firstPosition, longestInput } from "./families.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { maskedHead } from "../masked/head.ts";
import { encoderGraph } from "./graph.ts";
import { sequenceHead } from "./heads/sequence.ts";
import { tokenHead } from "./heads/token.ts";

const bert = {
  vocab_size: 23,
  hidden_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 3,
  intermediate_size: 20,
  max_position_embeddings: 12,
};
const configs = {
  "xlm-roberta": parseEncoderConfig({ model_type: "xlm-roberta", ...bert }),
  "bert": parseEncoderConfig({ model_type: "bert", ...bert, classifier_dropout: 0.25 }),
  "distilbert": parseEncoderConfig({
    model_type: "distilbert",
    vocab_size: 23,
    dim: 12,
    n_layers: 1,
    n_heads: 3,
    hidden_dim: 20,
    max_position_embeddings: 12,
  }),
};

Deno.test("slices must cut the width evenly", () => {
  const sliced = (width: number) => () =>
    tokenHead(configs.bert, 5, { width, trainClassifier: true });
  for (const width of [5, 0, 24, 1.5]) {
    assert.throws(sliced(width), {
      message: "Cannot slice the classifier as its slices must cut the encoder's width evenly: " +
        `got ${width} and 12`,
    });
  }
  for (const width of [1, 2, 3, 4, 6, 12]) assert.doesNotThrow(sliced(width));
});

Deno.test("the released code's slicing freezes the classifier's weight alone", () => {
  const slicing = { width: 2, trainClassifier: false };
  const { parameters } = tokenHead(configs.bert, 5, slicing);
  const frozen = parameters.filter((spec) => spec.frozen).map(({ name }) => name);
  assert.deepEqual(frozen, ["classifier.weight"]);
});

Deno.test("no gradient is computed for what is frozen, nor for what only that needs", async () => {
  const graphsOf = (isFrozen: (name: string) => boolean) =>
    trainingGraphs(encoderGraph(configs.bert, tokenHead(configs.bert, 5)), { isFrozen });
  const whole = graphsOf(() => false);
  const head = graphsOf((name) => name.startsWith("bert."));
  assert.deepEqual(head.rows, []);
  assert.equal(head.parameters.filter(({ frozen }) => frozen).length, head.parameters.length - 2);
  const outputs = async ({ training }: typeof head) => {
    const session = await Session.create(training, { threads: 1 });
    await session.release();
    return session.outputs.map(({ name }) => name);
  };
  assert.deepEqual(await outputs(head), ["loss", "grad.classifier.weight", "grad.classifier.bias"]);
  assert.ok(
    head.training.length < 0.7 * whole.training.length,
    "the backward pass ends at the head",
  );
});

Deno.test("token types cannot be fed to an encoder without them", () => {
  assert.throws(
    () => encoderGraph(configs.distilbert, tokenHead(configs.distilbert, 5), { tokenTypes: true }),
    /Cannot feed token types to an encoder without them: got distilbert/,
  );
});

Deno.test("a masked language model with untied embeddings is refused", () => {
  assert.throws(
    () => maskedHead({ ...configs.bert, tie_word_embeddings: false }),
    { name: "UserError", message: /"tie_word_embeddings" must be true: got false/ },
  );
});

Deno.test("dropout of sequence heads stands where each family has it, at its rate", () => {
  const sitesOf = (config: EncoderConfig) =>
    encoderGraph(config, sequenceHead(config, 3)).dropout.sites.slice(4).map(({ name, rate }) =>
      [name, Math.round(rate * 256)] as const
    );
  const [tenth, fifth, quarter] = [26, 51, 64];
  const classifier = "dropout.classifier";
  assert.deepEqual(sitesOf(configs["xlm-roberta"]), [["dropout.first", tenth], [
    classifier,
    tenth,
  ]]);
  assert.deepEqual(sitesOf(configs.bert), [[classifier, quarter]]);
  assert.deepEqual(sitesOf(configs.distilbert), [[classifier, fifth]]);
});

Deno.test("positions start behind padding in RoBERTa's families and at 0 in BERT's", () => {
  assert.equal(firstPosition(configs["xlm-roberta"]), 2);
  assert.equal(longestInput(configs["xlm-roberta"]), 10);
  assert.equal(firstPosition(configs.bert), 0);
  assert.equal(longestInput(configs.distilbert), 12);
});
