import { assertSnapshot, type Case, head, messagesOf, words } from "./testdata/config_cases.ts";
import { stages as ownStages } from "../../stages/mod.ts";

const cases: Case[] = [
  { about: "Unknown and missing keys", text: `stagse: {}\nabuot: x\n` },
  {
    about: "Wrong types, all at once",
    text: `name: 3 words
about: [1]
stages:
  a b:
    use: write
  words:
    use: 3
    matrxi: {}
    matrix: { word: { a: 1, b: 2 }, zip: [one] }
    inputs: { texts: [{ stag: words }] }
    resources: { cores: [2] }
`,
  },
  { about: "A value that YAML has and JSON has not", text: `${words}params2: .inf\n` },
  { about: "A number of too many digits", text: words.replace("bee]", "12345678901234567890]") },
  { about: "An unknown stage kind", text: `${head}stages: { a: { use: wriet } }\n` },
  {
    about: "Stage kinds without the name of a task or a model",
    text: `${head}stages:
  tokens: { use: tokenize }
  train: { use: train }
  evaluate: { use: evaluate }
  memorize: { use: memorize }
`,
    kinds: ownStages,
  },
  { about: "An unknown reference", text: words.replace("text: $word", "text: $wrod") },
  { about: "A reference inside params", text: words.replace("[ape, bee]", "[ape, $other]") },
  {
    about: "A wrong param of a stage kind",
    text: words.replace(
      "$word }\n",
      "$word, copies: 0, fial: throw, fail: maybe, extra: { deeep: 1 } }\n",
    ),
  },
  {
    about: "A choice with a letter wrong, as it is and by reference",
    text: words.replace("ape, bee", "trow, half").replace("$word }", "$word, fail: $word }") +
      "  more: { use: write, with: { text: x, fail: Throw } }\n",
  },
  {
    about: "Text where a list is expected, too many retries, a list without items",
    text: `${words}    slurm: { options: --exclusive }
    retries: 99
  all: { use: concat, inputs: { texts: [] } }
  empty:
`,
  },
  { about: "A param of the wrong type", text: words.replace("text: $word }", "text: $words }") },
  { about: "A param that is missing", text: words.replace("with: { text: $word }", "with: {}") },
  { about: "An axis with no values", text: words.replace("[ape, bee]", "[]") },
  {
    about: "The same value twice in an axis",
    text: words.replace("word: $words", "word: [$words, ape]"),
  },
  { about: "A value that cannot be a name", text: words.replace("[ape, bee]", '["a b", "c,d"]') },
  {
    about: "A matrix that leaves nothing",
    text: words.replace("word: $words }", "word: $words, when: { word: cat } }"),
  },
  {
    about: "Unknown axes in when and exclude",
    text: words.replace(
      "word: $words }",
      "word: $words, when: { wrd: ape }, exclude: [{ wordd: ape }] }",
    ),
  },
  {
    about: "An include that is not a whole instance, or is there already",
    text: words.replace(
      "word: $words }",
      "word: $words, n: [1], include: [{ word: cat }, { word: ape, n: 1 }] }",
    ),
  },
  {
    about: "A zip of unknown axes and of different lengths",
    text: words.replace("word: $words }", "word: $words, n: [1, 2, 3], zip: [[word, n], [m, n]] }"),
  },
  {
    about: "Too many instances",
    text: words.replace(
      "word: $words }",
      `word: $words, ${"abcdefghij".split("").map((axis) => `${axis}: [1, 2, 3, 4]`).join(", ")} }`,
    ),
  },
  {
    about: "Too many instances by an include with lists",
    text: words.replace(
      "word: $words }",
      `word: $words, b: [1], include: [{ word: $hundreds, b: $hundreds }] }`,
    ).replace(
      "params: {",
      `params: { hundreds: [${Array.from({ length: 500 }, (_, i) => 9 + i)}], `,
    ),
  },
  {
    about: "Too many instances of several stages together",
    text:
      `${head}params: { hundreds: [${Array.from({ length: 400 }, (_, i) => 1 + i)}] }\nstages:\n` +
      ["one", "two"].map((stage) =>
        `  ${stage}: { use: write, matrix: { a: $hundreds, b: $hundreds }, with: { text: $a } }\n`
      ).join(""),
  },
  {
    about: "Too many inputs",
    text:
      `${head}params: { hundreds: [${Array.from({ length: 400 }, (_, i) => 1 + i)}] }\nstages:\n` +
      "  one: { use: write, matrix: { a: $hundreds }, with: { text: x, copies: $a } }\n" +
      "  two: { use: concat, matrix: { b: $hundreds, c: $hundreds }, inputs: { texts: one } }\n",
  },
  {
    about: "Names that are too long",
    text: words.replace(/name: \w+/, `name: ${"n".repeat(300)}`)
      .replace("stages:", `profiles: { ${"p".repeat(101)}: {} }\nstages:`),
  },
  {
    about: "Unknown and missing inputs",
    text: `${words}  all:\n    use: concat\n    inputs: { text: words }\n`,
  },
  {
    about: "An input with a name of the language",
    text: `${words}  all:\n    use: concat\n    inputs: { texts: words, constructor: words }\n`,
  },
  {
    about: "An optional input that finds nothing, and one that params ask for",
    text: `${words}  joined:
    use: concat
    inputs: { texts: words, more: { stage: words, where: { word: cat } } }
  wanting:
    use: concat
    matrix: { more: [true, false] }
    with: { wantsMore: $more }
    inputs: { texts: words }
`,
  },
  {
    about: "An unknown upstream stage",
    text: `${words}  all:\n    use: concat\n    inputs: { texts: { stage: word } }\n`,
  },
  {
    about: "An upstream stage that does not write the file",
    text:
      `${words}  all:\n    use: take\n    inputs: { rows: upper }\n  upper:\n    use: upper\n    matrix: { word: $words }\n    inputs: { text: words }\n`,
  },
  {
    about: "An input that takes one, and finds more",
    text:
      `${words}  one:\n    use: upper\n    inputs: { text: words }\n  each:\n    use: upper\n    matrix: { letter: [a, b] }\n    inputs: { text: words }\n`,
  },
  {
    about: "An input that finds nothing",
    text:
      `${words}  one:\n    use: upper\n    matrix: { word: [ape, cat] }\n    inputs: { text: words }\n`,
  },
  {
    about: "A kind that looks for what is not there",
    text:
      `${words}  taken:\n    use: take\n    matrix: { word: $words, pin: [a, b] }\n    with: { pin: $pin }\n    inputs: { rows: words }\n`,
  },
  {
    about: "A filter by an axis that is not there",
    text:
      `${words}  all:\n    use: concat\n    inputs: { texts: { stage: words, where: { wrod: ape } } }\n`,
  },
  {
    about: "A cycle",
    text:
      `${head}stages:\n  a:\n    use: concat\n    inputs: { texts: b }\n  b:\n    use: concat\n    inputs: { texts: { stage: a } }\n`,
  },
  {
    about: "Resources that cannot be read",
    text: `${words}    resources: { cores: 0, memory: 2 GB, time: soon }
  more: { use: write, with: { text: x }, resources: { time: 90min, memory: 7, gpus: 0.5 } }
  last: { use: write, with: { text: x }, resources: { gpu: 1 } }
`,
  },
  {
    about: "Retries and options of Slurm that cannot be",
    text: `${words}    retries: { stage: 2, lost: many }
    slurm: { partiton: gpu, limit: 0 }
`,
  },
  { about: "A headline that no stage writes", text: `${words}headline: line\n` },
  {
    about: "Profiles: an unknown default, and an override of an unknown param",
    text: `${words}profile: smaple\nprofiles: { sample: { wrds: [cat] } }\n`,
  },
  { about: "An unknown --profile", text: `${words}profiles: { sample: {} }\n`, profile: "smaple" },
  { about: "An unknown --set", text: words, set: ["wrds=[cat]", "x=1"] },
  {
    about: "A --set of another type",
    text: words.replace("$word }", "$word, copies: $words }"),
    set: ["words=a"],
  },
  { about: "A --set that is no YAML", text: words, set: ["words=[a"] },
  { about: "A --set without a value", text: words, set: ["words"] },
  {
    about: "A target that matches nothing",
    text: words,
    targets: ["word", "wrods[word=ape]", "words[word=cat]", "words[[", "words[wrod=ape]+"],
  },
];

Deno.test("what is wrong in a pipeline file is told with its place and what to do", async () => {
  const snapshotFile = new URL("./testdata/config_errors.txt", import.meta.url);
  await assertSnapshot(await messagesOf(cases), snapshotFile);
});
