/** Pairs and single texts are told apart before anything runs. */
import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "./mod.ts";

async function problemsOf(corpus: string, language: string, use: string, params = "") {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(
      file,
      `name: pairs
stages:
  corpus: { use: download.texts, with: { corpus: ${corpus}, language: ${language} } }
  tokens: { use: ${use}, inputs: { corpus: corpus }${params} }
`,
    );
    await makePlan({ file }, stages);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message, hint, range }) => `${range!.line}: ${message}; ${hint}`);
  } finally {
    await Deno.remove(file);
  }
}

const classes = ", with: { classes: [positive, neutral, negative] }";
for (
  const [corpus, language, use, params, problems] of [
    ["xnli", "de", "entail.tokenize", "", []],
    ["sentiment", "english", "classify.tokenize", classes, []],
    ["xnli", "de", "classify.tokenize", classes, [
      "4: Cannot ask for the class of one text of a pair; tokenize pairs with `use: entail.tokenize`",
    ]],
    ["sentiment", "english", "entail.tokenize", classes, [
      "4: Cannot ask about pairs of a corpus of single texts; tokenize single texts with " +
      "`use: classify.tokenize`, or name the column of second texts in data/sources.yaml",
    ]],
    ["xnli", "de", "entail.tokenize", ", with: { classes: [yes, micro, yes] }", [
      '4: Cannot use this as "stages.tokens.with.classes.1"; expected another name: "micro" is an average in the table scores',
      '4: Cannot use this as "stages.tokens.with.classes.2"; expected each name once: "yes" is in classes already',
    ]],
  ] as const
) {
  const outcome = problems.length === 0 ? "planned" : "refused at its place";
  Deno.test(`${use} of ${corpus}${params} is ${outcome}`, async () => {
    assert.deepEqual(await problemsOf(corpus, language, use, params), problems);
  });
}
