import { strict as assert } from "node:assert";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "./mod.ts";

const evaluation = `
  corpus: { use: download, with: { corpus: sample, language: eng } }
  floor: { use: ner.memorize, inputs: { train: corpus, examples: corpus } }
  scores:
    use: ner.evaluate
    matrix: { trainedOn: [eng], size: [1, 2] }
    inputs: { predictions: floor }
`;

/** What is said of a stage that reads evaluations whose axes are `trainedOn` and `size`. */
async function said(stage: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, `name: axes\nstages:${evaluation}  asked: ${stage}\n`);
    await makePlan({ file }, stages);
    return "";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await Deno.remove(file);
  }
}

const no = (cannot: string, axis: string) =>
  new RegExp(
    `:9:\\d+: Cannot tell ${cannot} of scores\\[trainedOn=eng,size=1\\]: ` +
      `it has no axis "${axis}"`,
  );

const cases: readonly (readonly [stage: string, refused?: RegExp])[] = [
  ["{ use: transfer, inputs: { scores: scores } }", no("the source", "source")],
  [
    "{ use: transfer, inputs: { scores: scores }, with: { sourceAxis: of } }",
    no("the source", "of"),
  ],
  ["{ use: transfer, inputs: { scores: scores }, with: { sourceAxis: trainedOn } }"],
  [
    "{ use: select, inputs: { scores: { stage: scores, where: { size: 1 } } } }",
    no("the source", "source"),
  ],
  [
    "{ use: select, with: { sources: [eng] }, " +
    "inputs: { scores: { stage: scores, where: { size: 1 } } } }",
  ],
  [
    "{ use: select, with: { protocols: [last] }, " +
    "inputs: { scores: { stage: scores, where: { size: 1 } } } }",
  ],
  [
    "{ use: crossing, with: { sizeAxis: sentences }, inputs: { curve: scores, level: scores } }",
    no("the number of training sentences", "sentences"),
  ],
  ["{ use: crossing, with: { sizeAxis: size }, inputs: { curve: scores, level: scores } }"],
];

for (const [stage, refused] of cases) {
  Deno.test(`an axis that is missing is told before anything runs: ${stage}`, async () => {
    if (refused) assert.match(await said(stage), refused);
    else assert.equal(await said(stage), "");
  });
}
