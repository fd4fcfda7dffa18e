import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "./mod.ts";

/** A plan's problems, as `what is underlined: message; hint`. */
async function problemsOf(use: string, given: string, more = ""): Promise<string[]> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const corpus = `  corpus:\n    use: ${use}\n    with: ${given}\n`;
    await Deno.writeTextFile(file, `name: own\nstages:\n${corpus}${more}`);
    await makePlan({ file }, stages);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ range, message, hint }) =>
      `${range!.lineText.slice(range!.column - 1).slice(0, range!.length)}: ${message}; ${hint}`
    );
  } finally {
    await Deno.remove(file);
  }
}

const outside = "it lies outside of the project; copy it into the project; name a file of the " +
  "project by its path from the project's folder";
const noFile = "there is no such file; name a file of the project by its path from the project's " +
  "folder";
for (
  const [use, given, problems] of [
    ["read", "files: { train: nowhere.txt }, format: text", [
      `nowhere.txt: Cannot read "nowhere.txt" as train: ${noFile}`,
    ]],
    ["read", "files: { train: nowhere.txt, test: data/none.txt }, format: text", [
      `nowhere.txt: Cannot read "nowhere.txt" as train: ${noFile}`,
      `data/none.txt: Cannot read "data/none.txt" as test: ${noFile}`,
    ]],
    ["read", "files: { test: data }, format: text", [
      `data: Cannot read "data" as test: ${
        noFile.replace("there is no such file", "it is a folder")
      }`,
    ]],
    ["read", "files: { test: ../x.txt }, format: text", [
      `../x.txt: Cannot read "../x.txt" as test: ${outside}`,
    ]],
    ["read", "files: { test: data/../../x.txt }, format: text", [
      `data/../../x.txt: Cannot read "data/../../x.txt" as test: ${outside}`,
    ]],
    ["read", "files: { test: /etc/hostname }, format: text", [
      `/etc/hostname: Cannot read "/etc/hostname" as test: ${outside}`,
    ]],
    ["read", "files: { train: LICENSE, test: ./LICENSE }, format: text", [
      './LICENSE: Cannot read "./LICENSE" as test: it is train already; give every split a file ' +
      "of its own",
    ]],
    ["read.texts", "files: { train: nowhere.csv }, labels: [a]", [
      `nowhere.csv: Cannot read "nowhere.csv" as train: ${noFile}`,
    ]],
    ["read", "files: { train: LICENSE }, format: text", []],
  ] as [string, string, string[]][]
) {
  Deno.test(`${use} with ${given} is ${problems.length ? "refused" : "planned"}`, async () => {
    assert.deepEqual(
      await problemsOf(use, `{ corpus: towns, language: swa, ${given} }`),
      problems,
    );
  });
}

for (
  const [use, given, hints] of [
    ["read", "files: {}, format: text", [/^files:|^\{\}: .*expected the file of a split/]],
    ["read", "files: { train: LICENSE }, format: words", [
      /expected one of "text", "conll", "conllu"/,
    ]],
    ["read", "files: { train: LICENSE }, format: text, tags: upos", [/raw text has no tags/]],
    ["read", "files: { train: LICENSE }, format: text, entityTypes: [PER]", [
      /raw text has no tags: leave entityTypes out/,
    ]],
    ["read", "files: { train: LICENSE }, format: text, options: { separator: tab }", [
      /text has no option "separator"/,
    ]],
    [
      "read",
      "files: { train: LICENSE }, format: conllu, tags: upos, options: { encoding: latin1 }",
      [/conllu has no option "encoding"/],
    ],
    ["read", "files: { train: LICENSE }, format: conll", [/expected entityTypes, or tags/]],
    ["read", "files: { train: LICENSE }, format: conllu", [/needs `tags`, such as `tags: upos`/]],
    ["read", "files: { train: LICENSE }, format: conll, entityTypes: [PER], tags: upos", [
      /must not stand beside `entityTypes`/,
    ]],
    ["read", "files: { train: LICENSE }, format: conll, entityTypes: [PER, PER]", [
      /"PER" is listed twice/,
    ]],
    ["read", "files: { train: LICENSE }, format: conll, entityTypes: [P R]", [/no white space/]],
    ["read", "files: { train: LICENSE }, format: text, limit: { test: 5 }", [
      /files has no test: leave test out/,
    ]],
    ["read", "files: { dev: LICENSE }, format: text", [
      /known here: "train", "validation", "test"/,
    ]],
    ["read.texts", "files: { train: LICENSE }, labels: [a, a]", [/"a" is listed twice/]],
  ] as [string, string, RegExp[]][]
) {
  Deno.test(`${use} with ${given} contradicts itself`, async () => {
    const problems = await problemsOf(use, `{ corpus: towns, language: swa, ${given} }`);
    assert.ok(problems.length >= hints.length, "no problem");
    for (const hint of hints) assert.match(problems.join("\n"), hint);
  });
}

Deno.test("a stage that asks for tags of raw text is refused before anything runs", async () => {
  const given = "{ corpus: towns, language: swa, format: text, files: { train: LICENSE } }";
  for (const use of ["ner.tokenize", "pos.tokenize"]) {
    const more = `  tokens: { use: ${use}, with: { maxTokens: 64 }, inputs: { corpus: corpus } }\n`;
    const [problem, ...others] = await problemsOf("read", given, more);
    assert.match(problem, /Cannot ask for the tags of raw text: it has none; take mlm.tokenize/);
    assert.deepEqual(others, []);
  }
  const more = "  tokens: { use: mlm.tokenize, inputs: { corpus: corpus } }\n";
  assert.deepEqual(await problemsOf("read", given, more), []);
});
