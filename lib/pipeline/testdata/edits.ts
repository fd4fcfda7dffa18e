/**
 * What makes an instance run: edits of a project, each with exactly the instances that it makes
 * run. `precision_test.ts` holds the engine to it.
 *
 * @module
 */
import { both, change, contentOf, type Edit, lock, run } from "./edit.ts";

/** The pipeline that is edited. */
export const pipeline = `
name: fresh
params: { words: [ape, bee], times: 1, idle: 1 }
profile: plain
profiles: { plain: {}, alike: { times: 1 }, thrice: { times: 3 } }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, copies: $times }
  first:
    use: upper # numeric: the only one that the runtime can change
    matrix: { word: $words }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
  counts:
    use: take
    matrix: { word: $words }
    inputs: { rows: words }
`;

const folder = "lib/pipeline/testdata";

/** What is edited, how, what runs (a stage stands for its instances), and why. */
export type Row = [about: string, edit: Edit, runs: string, because?: string];

const stage = (kind: string, from: string, to: string): Edit =>
  change(`${folder}/${kind}.ts`, from, to);
const yaml = (from: string, to: string): Edit => change("pipeline.yaml", from, to);

const code: Row[] = [
  ["nothing", async () => {}, ""],
  ["a comment", stage("upper", "const text", "// x\nconst text"), ""],
  ["the comment that documents it", stage("upper", "/** Upper-cases", "/** Changes"), ""],
  ["its formatting", stage("upper", "text.slice(0, 1)", "text\n.slice( 0,1 )"), ""],
  ["quotes and semicolons", stage("upper", `files["text.txt"]);`, `files['text.txt'])`), ""],
  [
    "the name of a local variable",
    both(
      stage("concat", "const taken", "const cut"),
      stage("concat", "join(taken,", "join(cut,"),
    ),
    "",
  ],
  [
    "the name of what a library exports",
    both(
      stage("join", "function join", "function joined"),
      stage("concat", "{ join }", "{ joined }"),
      stage("concat", "join(taken", "joined(taken"),
    ),
    "",
  ],
  ["the name of a library's file", async (lab) => {
    await lab.edit(`${folder}/concat.ts`, "./join.ts", "./glue.ts");
    await Deno.rename(`${lab.folder}/${folder}/join.ts`, `${lab.folder}/${folder}/glue.ts`);
  }, ""],
  ["a type", stage("join", "readonly string[]", "ReadonlyArray<string>"), ""],
  ["a type that is declared", stage("join", "/** Joins", "export type Line = string;\n/** J"), ""],
  ["what nobody uses", stage("join", "/** Joins", "export const unused = 1;\n/** J"), ""],
  [
    "the order of imports, in which modules start",
    both(
      stage("write", 'import { z } from "zod";\n', ""),
      stage("write", '"./tables.ts";\n', '"./tables.ts";\nimport { z } from "zod";\n'),
    ),
    "words",
    `codeChanged ${folder}/write.ts`,
  ],
  ["a library that no stage uses", change("lib/core/random.ts", "21f0aaad", "21f0aaae"), ""],
  ["the engine", change("lib/pipeline/scheduler.ts", "pollMs = 100", "pollMs = 99"), ""],
  [
    "a library that one stage uses",
    stage("join", "lines.join(separator)", "lines.join(separator) + separator"),
    "all",
    `codeChanged ${folder}/join.ts`,
  ],
  [
    "a stage that then writes the same",
    stage("upper", ".toUpperCase()", ".toUpperCase().trim()"),
    "first",
    `codeChanged ${folder}/upper.ts`,
  ],
  [
    "a stage that then writes something else",
    stage("upper", ".toUpperCase()", ".toLowerCase()"),
    "first all",
    `codeChanged ${folder}/upper.ts, inputChanged inputs.texts.0.text.txt, inputChanged inputs.texts.1.text.txt`,
  ],
  [
    "text that a stage could print",
    stage("upper", "Upper-cases the first letter", "The first letter in upper case"),
    "first",
    `codeChanged ${folder}/upper.ts`,
  ],
  [
    "facts of a tracked file",
    async (lab) => {
      await lab.write(`${folder}/pins.json`, '{ "pin": "other" }');
    },
    "counts",
    "readsChanged reads.pin",
  ],
  ["the layout of a tracked file", async (lab) => {
    const text = await lab.read(`${folder}/pins.json`);
    await lab.write(`${folder}/pins.json`, JSON.stringify(JSON.parse(text), null, 8));
  }, ""],
];

const packages: Row[] = [
  [
    "a package that all stages use",
    lock("zod", "0.0.1"),
    "words first all counts",
    "codeChanged package.zod",
  ],
  ["a package that no stage uses", lock("arquero", "99.0.0"), ""],
  ["a task", change("deno.json", '"sql":', '"query":'), ""],
  ["onnxruntime", lock("onnxruntime-node", "9.9.9"), "first", "runtimeChanged runtime.onnxruntime"],
  ["the device", run({ device: "webgpu" }), "first", "runtimeChanged runtime.device"],
  [
    "the cores of a numeric stage",
    yaml("inputs: { text: words }", "inputs: { text: words }\n    resources: { cores: 2 }"),
    "first",
    "runtimeChanged runtime.cores",
  ],
  [
    "the cores of another stage",
    yaml("inputs: { texts: first }", "inputs: { texts: first }\n    resources: { cores: 2 }"),
    "",
  ],
  [
    "memory and time",
    yaml(
      "inputs: { text: words }",
      "inputs: { text: words }\n    resources: { memory: 3GiB, time: 5m }",
    ),
    "",
  ],
  ["how many run at once", run({ jobs: 1 }), ""],
];

const params: Row[] = [
  [
    "a param, whose outcome is cut off downstream",
    yaml("times: 1", "times: 2"),
    "words first",
    "paramChanged params.copies, inputChanged inputs.text.0.text.txt",
  ],
  ["a param that no stage uses", yaml("idle: 1", "idle: 2"), ""],
  [
    "the name of a param",
    both(
      yaml("times: 1, idle", "n: 1, idle"),
      yaml("$times", "$n"),
      yaml("{ times: 1 }", "{ n: 1 }"),
      yaml("{ times: 3 }", "{ n: 3 }"),
    ),
    "",
  ],
  ["the same number otherwise", yaml("times: 1", "times: 1.0e0"), ""],
  ["the same text otherwise", yaml("[ape, bee]", `["ape", 'bee']`), ""],
  ["a param in place of its reference", yaml("copies: $times", "copies: 1"), ""],
  ["a default written out", yaml("use: concat", "use: concat\n    with: { separator: '+' }"), ""],
  [
    "the param of one stage",
    yaml("use: concat", "use: concat\n    with: { separator: '-' }"),
    "all",
    "paramChanged params.separator",
  ],
  [
    "the order of keys, and a comment",
    yaml("{ text: $word, copies: $times }", "{ copies: $times, text: $word } # x"),
    "",
  ],
  ["flow as block", yaml("inputs: { texts: first }", "inputs:\n      texts:\n        - first"), ""],
  ["--set to what it is", run({ set: ["times=1"] }), ""],
  ["a profile with the same values", run({ profile: "alike" }), ""],
  ["a profile with other values", run({ profile: "thrice" }), "words first", "neverRan"],
];

const graph: Row[] = [
  ["a stage's name", yaml("  all:", "  joined:"), ""],
  [
    "an axis's name",
    both(
      yaml("{ word:", "{ item:"),
      yaml("{ word:", "{ item:"),
      yaml("{ word:", "{ item:"),
      yaml("text: $word,", "text: $item,"),
    ),
    "",
  ],
  [
    "one value more",
    yaml("[ape, bee]", "[ape, bee, cat]"),
    "words[word=cat] first[word=cat] counts[word=cat] all",
    "neverRan, inputChanged inputs.texts.2",
  ],
  ["one value less", yaml("[ape, bee]", "[ape]"), "all", "inputChanged inputs.texts.1"],
  [
    "the order of values that are joined",
    yaml("[ape, bee]", "[bee, ape]"),
    "all",
    "inputChanged inputs.texts.0.text.txt, inputChanged inputs.texts.1.text.txt",
  ],
  [
    "another stage's instances as one more input",
    yaml("{ texts: first }", "{ texts: first, more: words }"),
    "all",
    "inputChanged inputs.more.0, inputChanged inputs.more.1",
  ],
  ["a filter that takes the same", yaml("texts: first", "texts: { stage: first, where: {} }"), ""],
  [
    "one stage more",
    yaml("stages:", "stages:\n  new: { use: write, with: { text: new } }"),
    "new",
    "neverRan",
  ],
  ["one stage less", yaml("  all:\n    use: concat\n    inputs: { texts: first }\n", ""), ""],
];

const places: Row[] = [
  ["the pipeline's name", yaml("name: fresh", "name: stale"), ""],
  ["the name of its file", async (lab) => {
    await Deno.rename(`${lab.folder}/pipeline.yaml`, `${lab.folder}/other.yaml`);
    return { file: `${lab.folder}/other.yaml` };
  }, ""],
  ["the folder of the project", (lab) => lab.move(), ""],
  ["the time of every file", async (lab) => {
    for (const path of await lab.files("lib")) await Deno.utime(`${lab.folder}/${path}`, 1e9, 1e9);
  }, ""],
  ["the time of every content", async (lab) => {
    for (const path of await lab.files("store/objects")) {
      await Deno.utime(`${lab.folder}/${path}`, 1e9, 1e9);
    }
  }, ""],
  ["the results, gone", (lab) => Deno.remove(`${lab.folder}/results`, { recursive: true }), ""],
  [
    "a content, gone",
    async (lab) => {
      await Deno.remove(await contentOf(lab, "ape"));
    },
    "words[word=ape]",
    "outputMissing text.txt",
  ],
  [
    "a content, cut short",
    async (lab) => {
      const path = await contentOf(lab, "A+B");
      await Deno.remove(path);
      await Deno.writeTextFile(path, "A");
    },
    "all",
    "outputCorrupt text.txt",
  ],
];

/** Every edit. */
export const edits: Record<string, Row[]> = {
  "the code of a stage": code,
  "packages and the machine": packages,
  "params": params,
  "the graph": graph,
  "files and folders": places,
};
