import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { planFiles } from "./plan_files.ts";
import { selectTargets } from "./targets.ts";
import { stages } from "../pipeline/testdata/registry.ts";

const words = `
name: NAME
params: { words: [ape, bee], extra: 1 }
profiles: { small: {}, large: { extra: 2 } }
stages:
  words: { use: write, matrix: { word: $words }, with: { text: $word } }
  all: { use: concat, inputs: { texts: words } }
`;

/** Plans texts as the files a.yaml, b.yaml, … of a folder; what is thrown names them so. */
async function planOf(texts: readonly string[], options = {}, again: readonly number[] = []) {
  const folder = await Deno.makeTempDir();
  const files = texts.map((_, i) => `${folder}/${"abc"[i]}.yaml`);
  await Promise.all(files.map((file, i) => Deno.writeTextFile(file, texts[i])));
  try {
    return await planFiles([...files, ...again.map((i) => files[i])], options, stages);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Error(error.message.replaceAll(`${folder}/`, ""));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const [one, two] = ["one", "two"].map((name) => words.replace("NAME", name));

Deno.test("instances of several files have their pipeline's name before their own", async () => {
  const { plan } = await planOf([one, two.replace("[ape, bee]", "[cat]")]);
  assert.deepEqual(plan.instances.map(({ id, name, stage }) => [id, name, stage]), [
    ["one:words[word=ape]", "words[word=ape]", "one:words"],
    ["one:words[word=bee]", "words[word=bee]", "one:words"],
    ["one:all", "all", "one:all"],
    ["two:words[word=cat]", "words[word=cat]", "two:words"],
    ["two:all", "all", "two:all"],
  ]);
  assert.deepEqual(plan.instances.at(-1)!.inputs, {
    texts: ["two:words[word=cat]"],
    more: [],
  });
  assert.deepEqual(plan.studies.map(({ pipeline, place }) => [pipeline, place]), [
    ["one", "one/small"],
    ["two", "two/small"],
  ]);
});

Deno.test("a single file's instances are as it names them", async () => {
  const { plan } = await planOf([one]);
  assert.deepEqual(plan.instances.map(({ id }) => id), [
    "words[word=ape]",
    "words[word=bee]",
    "all",
  ]);
});

Deno.test("a target is of every file that has it, or of the file that it names", async () => {
  const { plan } = await planOf([one, two.replace("[ape, bee]", "[cat]")]);
  const select = (...targets: string[]) => [...selectTargets(plan, targets).targets].sort();
  assert.deepEqual(select("all"), ["one:all", "two:all"]);
  assert.deepEqual(select("two:all"), ["two:all"]);
  assert.deepEqual(select("words[word=cat]"), ["two:words[word=cat]"]);
  assert.deepEqual(select("one:words[word=ape]+"), ["one:all", "one:words[word=ape]"]);
  assert.throws(() => select("three:all"), /^UserError: Cannot find target "three:all"/);
});

Deno.test("--profile and --set are for every file", async () => {
  const { plan } = await planOf([one, two], { profile: "large", set: ["words=[cat]"] });
  assert.deepEqual(plan.studies.map(({ place, isAsWritten }) => [place, isAsWritten]), [
    ["one/large+words=[cat]", false],
    ["two/large+words=[cat]", false],
  ]);
});

/** What cannot be one graph, and what is said. */
const refused: [
  about: string,
  texts: string[],
  options: object,
  again: number[],
  said: string[],
][] = [
  ["two files of one name", [one, one], {}, [], [
    'Cannot take FOLDER/a.yaml and FOLDER/b.yaml together: both have the name "one", so that ' +
    "their results would go to one folder",
    "  give one of the two files another name:",
  ]],
  ["a file twice", [one], {}, [0], [
    "Cannot take FOLDER/a.yaml twice",
    "  name every file once with -f",
  ]],
  ["a profile that one file lacks", [one, two.replace("large", "huge")], { profile: "large" }, [], [
    'Cannot find profile "large" of --profile in FOLDER/b.yaml',
    '  known here: "small", "huge"',
  ]],
  [
    "a param that one file lacks",
    [one, two.replace("extra: 1 }", "more: 1 }").replace("extra: 2", "more: 2")],
    { set: ["extra=3"] },
    [],
    [
      'Cannot set unknown param "extra" of FOLDER/b.yaml with --set',
      '  known here: "words", "more"',
    ],
  ],
  ["an option that is wrong by itself, once", [one, two], { set: ["extra"] }, [], [
    'Cannot use --set "extra"',
    "  write it as key=value, such as --set epochs=3 or --set languages=[eng,deu]",
  ]],
  [
    "problems of all files",
    [one.replace("use: write", "use: wrote"), two.replace("use: concat", "use: concet")],
    {},
    [],
    [
      'FOLDER/a.yaml:6:17: Cannot find stage kind "wrote"',
      "  ",
      'FOLDER/b.yaml:7:15: Cannot find stage kind "concet"',
    ],
  ],
];

for (const [about, texts, options, again, said] of refused) {
  Deno.test(`refused with its file: ${about}`, async () => {
    await assert.rejects(planOf(texts, options, again), (error: Error) => {
      for (const line of said) {
        assert.ok(error.message.includes(line.replaceAll("FOLDER/", "")), error.message);
      }
      return true;
    });
  });
}
