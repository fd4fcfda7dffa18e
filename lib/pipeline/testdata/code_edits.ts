/**
 * Edits of code, of packages and of the machine, each with exactly the instances that it makes run.
 *
 * @module
 */
import { both, change, type EditRow, lock, run, stage, stageFolder, yaml } from "./edit.ts";

/** Of what stages do. */
export const codeEdits: EditRow[] = [
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
    await lab.edit(`${stageFolder}/concat.ts`, "./join.ts", "./glue.ts");
    await Deno.rename(
      `${lab.folder}/${stageFolder}/join.ts`,
      `${lab.folder}/${stageFolder}/glue.ts`,
    );
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
    `codeChanged ${stageFolder}/write.ts`,
  ],
  ["a library that no stage uses", change("lib/core/random.ts", "21f0aaad", "21f0aaae"), ""],
  ["the engine", change("lib/pipeline/scheduler.ts", "pollMs = 100", "pollMs = 99"), ""],
  [
    "a library that one stage uses",
    stage("join", "lines.join(separator)", "lines.join(separator) + separator"),
    "all",
    `codeChanged ${stageFolder}/join.ts`,
  ],
  [
    "a stage that then writes the same",
    stage("upper", ".toUpperCase()", ".toUpperCase().trim()"),
    "first",
    `codeChanged ${stageFolder}/upper.ts`,
  ],
  [
    "a stage that then writes something else",
    stage("upper", ".toUpperCase()", ".toLowerCase()"),
    "first all",
    `codeChanged ${stageFolder}/upper.ts, inputChanged inputs.texts.0.text.txt, inputChanged inputs.texts.1.text.txt`,
  ],
  [
    "text that a stage prints",
    stage("write", "`writing $", "`it writes $"),
    "words",
    `codeChanged ${stageFolder}/write.ts`,
  ],
  ["what a stage is for", stage("upper", "Upper-cases the first letter", "The first letter"), ""],
  ["what a param is for", stage("concat", "between two texts", "what stands between texts"), ""],
  ["what an input is", stage("take", `"a table", takes`, `"rows", takes`), ""],
  ["what an output is", stage("write", "the text", "a text"), ""],
  ["what a table is", stage("tables", "Lines of text", "Text in lines"), ""],
  ["what a column is", stage("tables", "a line", "one line"), ""],
  [
    "the type of a column",
    stage("tables", `"VARCHAR"`, `"DOUBLE"`),
    "words",
    `codeChanged ${stageFolder}/tables.ts`,
  ],
  [
    "facts of a tracked file",
    async (lab) => {
      await lab.write(`${stageFolder}/pins.json`, '{ "pin": "other" }');
    },
    "counts",
    "readsChanged reads.pin",
  ],
  ["the layout of a tracked file", async (lab) => {
    const text = await lab.read(`${stageFolder}/pins.json`);
    await lab.write(`${stageFolder}/pins.json`, JSON.stringify(JSON.parse(text), null, 8));
  }, ""],
];

/** Of what they run on. */
export const machineEdits: EditRow[] = [
  [
    "a package that all stages use",
    lock("zod", "0.0.1"),
    "words first all counts",
    "codeChanged package.zod",
  ],
  ["a package that no stage uses", lock("vega", "99.0.0"), ""],
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
  [
    "graphics processors",
    yaml("inputs: { text: words }", "inputs: { text: words }\n    resources: { gpus: 1 }"),
    "",
  ],
  ["retries", yaml("use: write", "use: write\n    retries: { crashed: 3, memory: 0 }"), ""],
  [
    "what Slurm is told",
    both(
      yaml("use: upper", "use: upper\n    slurm: { partition: gpu, options: [--exclusive] }"),
      yaml("name: fresh", "name: fresh\nslurm: { account: lab, limit: 4 }"),
    ),
    "",
  ],
  ["how many run at once", run({ jobs: 1 }), ""],
  ["whether it goes on after failures", run({ keepGoing: true }), ""],
];
