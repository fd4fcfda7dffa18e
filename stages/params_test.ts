import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "./mod.ts";

/** A pipeline with one param of one stage written as given. */
function pipelineWith(stage: string, param: string, value: string): string {
  const params: Record<string, Record<string, string>> = {
    corpus: { corpus: "sample", language: "eng" },
    tokens: {},
    texts: { classes: "[A, B]" },
    train: { seed: "1", epochs: "1", learningRate: "0.01" },
  };
  params[stage][param] = value;
  const written = (name: string) =>
    `{ ${Object.entries(params[name]).map(([key, text]) => `${key}: ${text}`).join(", ")} }`;
  return `name: bounds
params: { big: 4294967296, types: [PER, PER] }
stages:
  corpus: { use: download, with: ${written("corpus")} }
  tokens: { use: ner.tokenize, inputs: { corpus: corpus }, with: ${written("tokens")} }
  texts: { use: classify.tokenize, inputs: { corpus: corpus }, with: ${written("texts")} }
  train: { use: encoder.train, inputs: { examples: tokens }, with: ${written("train")} }
`;
}

/** The problems of a plan, as `line:column: hint`; none where it is planned. */
async function problemsOf(stage: string, param: string, value: string): Promise<string[]> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const text = pipelineWith(stage, param, value);
    await Deno.writeTextFile(file, text);
    const { plan } = await makePlan({ file }, stages);
    const params = plan.instances.find((instance) => instance.stage === stage)!.params;
    assert.equal(
      JSON.stringify((params as Record<string, unknown>)[param]),
      value.replaceAll(", ", ",").replace(/[A-Z]+/g, '"$&"'),
    );
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ range, hint }) =>
      `${range!.lineText.slice(range!.column - 1).slice(0, range!.length)}: ${hint}`
    );
  } finally {
    await Deno.remove(file);
  }
}

const seedRange = "expected a seed from 0 to 4294967295";
for (
  const [stage, param, value, problem] of [
    ["train", "seed", "0"],
    ["train", "seed", "2147483648"],
    ["train", "seed", "4294967295"],
    ["train", "seed", "4294967296", `4294967296: ${seedRange}`],
    ["train", "seed", "9007199254740991", `9007199254740991: ${seedRange}`],
    ["train", "seed", "-1", `-1: ${seedRange}`],
    ["train", "seed", "$big", `$big: ${seedRange}; $big is 4294967296`],
    ["tokens", "recombineSeed", "4294967295"],
    ["tokens", "recombineSeed", "4294967296", `4294967296: ${seedRange}`],
    ["corpus", "limitSeed", "4294967295"],
    ["corpus", "limitSeed", "9007199254740991"],
    ["corpus", "limit", "{ train: 3000000000 }", "3000000000: expected at most 2147483647"],
    ["tokens", "maxTokens", "3000000000", "3000000000: expected at most 1000000"],
    ["train", "epochs", "2147483647"],
    ["train", "epochs", "2147483648", "2147483648: expected at most 2147483647"],
    ["train", "epochs", "0", "0: expected more than 0"],
    ["train", "maxSteps", "2147483648", "2147483648: expected at most 2147483647"],
    ["train", "batchSize", "1.5", "1.5: expected a whole number"],
    ["train", "batchSize", "4294967296", "4294967296: expected at most 2147483647"],
    ["train", "accumulate", "4294967296", "4294967296: expected at most 2147483647"],
    ["train", "evaluateEvery", "4294967296", "4294967296: expected at most 2147483647"],
    ["train", "patience", "4294967296", "4294967296: expected at most 2147483647"],
    ["train", "layers", "1000000", "1000000: expected at most 1000"],
    ["train", "width", "1000000000", "1000000000: expected at most 65536"],
    ["train", "inner", "1000000000", "1000000000: expected at most 262144"],
    ["tokens", "entityTypes", "[PER, LOC]"],
    [
      "tokens",
      "entityTypes",
      "[PER, LOC, PER]",
      'PER: expected each name once: "PER" is in entityTypes already',
    ],
    [
      "tokens",
      "entityTypes",
      "$types",
      '$types: expected each name once: "PER" is in entityTypes already',
    ],
    [
      "tokens",
      "ignoreTypes",
      "[LOC]",
      'LOC: expected a type that is not kept: "LOC" is in entityTypes, too',
    ],
    [
      "tokens",
      "ignoreTypes",
      "[DATE, DATE]",
      'DATE: expected each name once: "DATE" is in ignoreTypes already',
    ],
    ["tokens", "entityTypes", '[""]', '"": expected a name: this is empty'],
    [
      "tokens",
      "entityTypes",
      "[work of art]",
      'work of art: expected a name without white space and control characters, not "work of art"',
    ],
    [
      "tokens",
      "ignoreTypes",
      '["\\u200BX"]',
      '"\\u200BX": expected a name without white space and control characters, not "\u200bX"',
    ],
    [
      "tokens",
      "entityTypes",
      "[micro]",
      'micro: expected another name: "micro" is an average in the table scores',
    ],
    ["texts", "classes", "[A, A]", 'A: expected each name once: "A" is in classes already'],
    ["texts", "classes", '["", A]', '"": expected a name: this is empty'],
    [
      "texts",
      "classes",
      "[A, micro]",
      'micro: expected another name: "micro" is an average in the table scores',
    ],
    [
      "texts",
      "classes",
      '[A, "B\\t"]',
      '"B\\t": expected a name without outer white space and control characters, not "B\\t"',
    ],
    ["tokens", "entityTypes", "[]", "[]: expected at least 1 item"],
  ] as const
) {
  const outcome = problem === undefined ? "planned" : "refused at its place";
  Deno.test(`${stage} with ${param}: ${value} is ${outcome}`, async () => {
    assert.deepEqual(await problemsOf(stage, param, value), problem === undefined ? [] : [problem]);
  });
}

Deno.test("entity types that a corpus does not have are refused where none is left", async () => {
  for (
    const [entityTypes, refused] of [
      ["[PER]", false],
      ["[DATE, PER]", false],
      ["[DATE]", true],
      ["[per, date]", true],
      ["[constructor]", true],
    ] as const
  ) {
    const problems = await problemsOf("tokens", "entityTypes", entityTypes)
      .catch((error) => [String(error)]);
    const known = entityTypes === "[per, date]" ? 'did you mean "PER"?' : "known here";
    assert.equal(problems.length, refused ? 1 : 0, entityTypes);
    if (refused) assert.ok(problems[0].startsWith(`${entityTypes}: ${known}`), problems[0]);
  }
});
