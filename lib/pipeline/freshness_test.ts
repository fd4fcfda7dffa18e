import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: fresh
params: { words: [ape, bee], times: 1, idle: 1 }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, copies: $times }
  first:
    use: upper
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

const words = ["words[word=ape]", "words[word=bee]"];
const first = ["first[word=ape]", "first[word=bee]"];
const counts = ["counts[word=ape]", "counts[word=bee]"];
const folder = "lib/pipeline/testdata";

/** Every edit with exactly the instances that it makes run. Edits add up, from top to bottom. */
const edits: [name: string, edit: (lab: Laboratory) => Promise<void>, ran: string[]][] = [
  ["nothing", async () => {}, []],
  [
    "a comment in a stage",
    (lab) => lab.edit(`${folder}/upper.ts`, "const text", "// x\nconst text"),
    [],
  ],
  [
    "the formatting of a stage",
    (lab) => lab.edit(`${folder}/upper.ts`, "text.slice(0, 1)", "text\n.slice( 0,1 )"),
    [],
  ],
  [
    "the name of a local variable",
    (lab) =>
      lab.edit(
        `${folder}/concat.ts`,
        'const taken = texts.map((text) => text.slice(0, params.first));\n    await Deno.writeTextFile(output("text.txt"), join(taken,',
        'const cut = texts.map((text) => text.slice(0, params.first));\n    await Deno.writeTextFile(output("text.txt"), join(cut,',
      ),
    [],
  ],
  [
    "a type",
    (lab) => lab.edit(`${folder}/join.ts`, "readonly string[]", "ReadonlyArray<string>"),
    [],
  ],
  [
    "an unused export of a library",
    (lab) =>
      lab.edit(`${folder}/join.ts`, "/** Joins lines", "export const unused = 1;\n/** Joins lines"),
    [],
  ],
  [
    "a library that one stage uses",
    (lab) =>
      lab.edit(`${folder}/join.ts`, "lines.join(separator)", "lines.join(separator) + separator"),
    ["all"],
  ],
  [
    "a library that no stage uses",
    (lab) => lab.edit("lib/core/random.ts", "0x21f0aaad", "0x21f0aaae"),
    [],
  ],
  [
    "the engine",
    (lab) => lab.edit("lib/pipeline/scheduler.ts", "const pollMs = 100", "const pollMs = 99"),
    [],
  ],
  [
    "a stage that then writes the same",
    (lab) => lab.edit(`${folder}/upper.ts`, ".toUpperCase()", ".toUpperCase().trim()"),
    first,
  ],
  [
    "a param whose outcome is cut off downstream",
    (lab) => lab.edit("pipeline.yaml", "times: 1", "times: 2"),
    [...words, ...first],
  ],
  ["the same param back", (lab) => lab.edit("pipeline.yaml", "times: 2", "times: 1"), []],
  ["a param by --set alike", (lab) => lab.edit("pipeline.yaml", "copies: $times", "copies: 2"), []],
  ["a param that no stage uses", (lab) => lab.edit("pipeline.yaml", "idle: 1", "idle: 2"), []],
  [
    "a default value written out",
    (lab) => lab.edit("pipeline.yaml", "use: concat", "use: concat\n    with: { separator: + }"),
    [],
  ],
  ["a param of one stage", (lab) => lab.edit("pipeline.yaml", "separator: +", "separator: '-'"), [
    "all",
  ]],
  [
    "the order of keys and a comment in the file",
    (lab) =>
      lab.edit(
        "pipeline.yaml",
        "with: { text: $word, copies: 2 }",
        "with: { copies: 2, text: $word } # x",
      ),
    [],
  ],
  ["a stage's name", (lab) => lab.edit("pipeline.yaml", "  all:", "  everything:"), []],
  [
    "one more value of an axis",
    (lab) => lab.edit("pipeline.yaml", "[ape, bee]", "[ape, bee, cat]"),
    ["words[word=cat]", "first[word=cat]", "counts[word=cat]", "everything"],
  ],
  ["one value less", (lab) => lab.edit("pipeline.yaml", "[ape, bee, cat]", "[bee, cat]"), [
    "everything",
  ]],
  [
    "the order of the values that are joined",
    (lab) => lab.edit("pipeline.yaml", "[bee, cat]", "[cat, bee]"),
    ["everything"],
  ],
  [
    "the number of cores of a numeric stage",
    (lab) =>
      lab.edit(
        "pipeline.yaml",
        "inputs: { text: words }",
        "inputs: { text: words }\n    resources: { cores: 2 }",
      ),
    ["first[word=cat]", "first[word=bee]"],
  ],
  [
    "the cores of another stage",
    (lab) =>
      lab.edit(
        "pipeline.yaml",
        "inputs: { texts: first }",
        "inputs: { texts: first }\n    resources: { cores: 2, memory: 3GiB, time: 5m }",
      ),
    [],
  ],
  ["the version of onnxruntime", async (lab) => {
    const version = JSON.parse(await lab.read("deno.json")).imports["onnxruntime-node"];
    const lock = JSON.parse(await lab.read("deno.lock"));
    lock.specifiers[version] = "9.9.9";
    await lab.write("deno.lock", JSON.stringify(lock));
  }, ["first[word=cat]", "first[word=bee]"]],
  ["the version of a package that no stage uses", async (lab) => {
    const lock = JSON.parse(await lab.read("deno.lock"));
    lock.npm["arquero@99.0.0"] = { dependencies: [] };
    await lab.write("deno.lock", JSON.stringify(lock));
  }, []],
  ["the version of a package that all stages use", async (lab) => {
    const text = await lab.read("deno.lock");
    const version = JSON.parse(await lab.read("deno.json")).imports.zod.replace("npm:zod@", "");
    await lab.write(
      "deno.lock",
      text.replaceAll(`"npm:zod@${version}":"${version}"`, `"npm:zod@${version}":"0.0.1"`),
    );
  }, [
    "words[word=cat]",
    "words[word=bee]",
    "first[word=cat]",
    "first[word=bee]",
    "counts[word=cat]",
    "counts[word=bee]",
    "everything",
  ]],
  ["the time of every file", async (lab) => {
    for (const path of await lab.files("lib")) await Deno.utime(`${lab.folder}/${path}`, 1e9, 1e9);
  }, []],
  ["the time of every result", async (lab) => {
    for (const path of await lab.files("store/objects")) {
      await Deno.utime(`${lab.folder}/${path}`, 1e9, 1e9);
    }
  }, []],
];

Deno.test("exactly the expected instances rerun after each edit", async (t) => {
  await using lab = await Laboratory.create(pipeline);
  const cold = await lab.run();
  assert.equal(cold.errors, "");
  assert.deepEqual(cold.ran, [...words, ...first, ...counts, "all"].sort());
  for (const [name, edit, expected] of edits) {
    await t.step(name, async () => {
      await edit(lab);
      const { ran, errors, summary } = await lab.run();
      assert.equal(errors, "");
      assert.equal(summary?.failed, 0);
      assert.deepEqual(ran, [...expected].sort());
    });
  }
});

Deno.test("a state has a name, and downstream waits until it is known", async () => {
  await using lab = await Laboratory.create(pipeline);
  assert.deepEqual(await lab.states({ targets: ["all"] }), {
    "words[word=ape]": "neverRan",
    "words[word=bee]": "neverRan",
    "first[word=ape]": "waiting",
    "first[word=bee]": "waiting",
    all: "waiting",
  });
  await lab.run();
  await lab.edit("pipeline.yaml", "bee]", "wasp]");
  await lab.edit(`${folder}/upper.ts`, "toUpperCase()", "toUpperCase() + 1");
  assert.deepEqual(await lab.states(), {
    "words[word=ape]": "fresh",
    "words[word=wasp]": "neverRan",
    "first[word=ape]": "codeChanged",
    "first[word=wasp]": "waiting",
    all: "waiting",
    "counts[word=ape]": "fresh",
    "counts[word=wasp]": "waiting",
  });
});

Deno.test("an output that is gone or cut short is noticed and made again", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const target = { targets: ["words[word=ape]"] };
  const contents = await Promise.all(
    (await lab.files("store/objects")).map(async (path) => [path, await lab.read(path)]),
  );
  const object = `${lab.folder}/${contents.find(([, text]) => text === "ape")![0]}`;
  await Deno.remove(object);
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "outputMissing" });
  assert.deepEqual((await lab.run()).ran, ["words[word=ape]"]);
  await Deno.remove(object);
  await Deno.writeTextFile(object, "ap");
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "outputCorrupt" });
  assert.deepEqual((await lab.run()).ran, ["words[word=ape]"]);
  assert.deepEqual(await lab.states(target), { "words[word=ape]": "fresh" });
});

Deno.test("force runs the targets alone, fresh or not", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  const { ran, events } = await lab.run({ targets: ["first"], force: true });
  assert.deepEqual(ran, first);
  const started = events.find((each) => each.event === "instanceStarted");
  assert.deepEqual(started?.event === "instanceStarted" && started.verdicts, [{ name: "forced" }]);
});
