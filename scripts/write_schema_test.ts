import { strict as assert } from "node:assert";
import { Ajv, type ErrorObject } from "ajv";
import { parse } from "yaml";
import { schemaFile, schemaText } from "./write_schema.ts";

const project = new URL("..", import.meta.url);

Deno.test("the committed schema is current: deno run -A scripts/write_schema.ts", async () => {
  assert.equal(await Deno.readTextFile(schemaFile), await schemaText());
});

/** What is wrong with a pipeline file by the committed schema. */
const problemsOf = await (async () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });
  const validate = ajv.compile(JSON.parse(await Deno.readTextFile(schemaFile)));
  return (value: unknown): ErrorObject[] => validate(value) ? [] : [...validate.errors!];
})();

Deno.test("every pipeline file of the project is right by the schema", async (t) => {
  const experiments = [...Deno.readDirSync(new URL("experiments", project))]
    .filter(({ name }) => name.endsWith(".yaml")).map(({ name }) => `experiments/${name}`);
  assert.ok(experiments.length > 0);
  for (const path of ["pipeline.yaml", "data/starter.yaml", ...experiments]) {
    await t.step(path, async () => {
      assert.deepEqual(problemsOf(parse(await Deno.readTextFile(new URL(path, project)))), []);
    });
  }
});

/** Changes of `pipeline.yaml`, and the deepest place at which the schema finds something wrong. */
const wrong: [about: string, from: string, to: string, place: string, message: RegExp][] = [
  ["a param that is none", "maxTokens", "maxTokkens", "/stages/tokens/with", /additional/],
  ["a value of another type", "epochs: $epochs", "epochs: many", "/stages/train/with/epochs", /./],
  [
    "a value out of its bounds",
    "batchSize: 4",
    "batchSize: 0",
    "/stages/train/with/batchSize",
    /> 0/,
  ],
  ["no whole number", "batchSize: 4", "batchSize: 1.5", "/stages/train/with/batchSize", /integer/],
  [
    "a word that is no choice",
    "dropout: 0",
    "schedule: steep",
    "/stages/train/with/schedule",
    /allowed/,
  ],
  [
    "a param that is missing",
    "      learningRate: 0.003\n",
    "",
    "/stages/train/with",
    /'learningRate'/,
  ],
  [
    "a param of a deep object",
    "language: $language }",
    "language: a, limit: { test: no } }",
    "/stages/corpus/with/limit/test",
    /./,
  ],
  [
    "no params where some are needed",
    "    with: { corpus: sample, language: $language }\n",
    "",
    "/stages/corpus",
    /'with'/,
  ],
  [
    "an escaped dollar sign where a number belongs",
    "epochs: $epochs",
    "epochs: $$epochs",
    "/stages/train/with/epochs",
    /pattern/,
  ],
  [
    "an input that is none",
    "inputs: { corpus: corpus }",
    "inputs: { corpora: corpus }",
    "/stages/tokens/inputs",
    /additional/,
  ],
  [
    "an input that is missing",
    "    inputs: { corpus: corpus }\n",
    "",
    "/stages/tokens",
    /'inputs'/,
  ],
  [
    "an input of another form",
    "model: train",
    "model: { stages: train }",
    "/stages/predict/inputs/model",
    /additional|'stage'/,
  ],
  ["a kind that is none", "use: transfer", "use: transform", "/stages/transfer/use", /allowed/],
  [
    "a key that is none",
    "resources: { cores: 1 }",
    "resource: { cores: 1 }",
    "/stages/train",
    /additional/,
  ],
];

Deno.test("a wrong file is refused by the schema, at the right place", async (t) => {
  const text = (await Deno.readTextFile(new URL("pipeline.yaml", project)))
    .replace("with: { recombineNames", "with: { maxTokens: 512, recombineNames");
  assert.deepEqual(problemsOf(parse(text)), []);
  for (const [about, from, to, place, message] of wrong) {
    await t.step(about, () => {
      assert.ok(text.includes(from));
      const problems = problemsOf(parse(text.replace(from, () => to)))
        .filter(({ keyword }) => keyword !== "if");
      const places = problems.map(({ instancePath }) => instancePath);
      assert.ok(places.includes(place), `found ${places}`);
      // Each branch of a choice is found wrong where it begins.
      const beside = places.filter((each) => !place.startsWith(each));
      assert.deepEqual(beside, []);
      const texts = problems.map((each) => each.message).join("; ");
      assert.match(texts, message);
    });
  }
});

Deno.test("the schema has the sentences of params, inputs and kinds", async () => {
  const schema = JSON.parse(await Deno.readTextFile(schemaFile));
  const rules = schema.properties.stages.additionalProperties.allOf;
  const { properties } =
    rules.find((rule: { if: { properties: { use: { const: string } } } }) =>
      rule.if.properties.use.const === "ner.tokenize"
    ).then;
  assert.match(properties.use.description, /^ner\.tokenize: ./);
  assert.match(properties.with.properties.maxTokens.description, /special tokens included/);
  assert.equal(properties.with.properties.maxTokens.default, 512);
  assert.match(properties.inputs.properties.corpus.description, /\(one instance\)$/);
});
