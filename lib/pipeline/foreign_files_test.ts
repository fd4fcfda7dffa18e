/** What a person puts among the results stays there, whatever is run. */
import { strict as assert } from "node:assert";
import { collectGarbage } from "../store/collect.ts";
import { effort } from "./testdata/aftermath.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: mine
params: { words: [ape, bee], loud: no }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word }
`;
const folder = "results/mine/default";

/** What a person has put into and beside the results, and how it must be found again. */
const foreign: Readonly<Record<string, string>> = {
  "results/README.md": "about all results",
  "results/mine/notes.md": "about mine",
  "results/mine/other/thesis.md": "no profile of mine",
  [`${folder}/notes.txt`]: "my notes",
  [`${folder}/plot.csv`]: "a,b",
  [`${folder}/.hidden`]: "hidden",
  [`${folder}/lines/mine.parquet`]: "no table",
  [`${folder}/lines/deep/er/mine.txt`]: "deep",
  [`${folder}/figures/a b=1/[x].svg`]: "svg",
  [`${folder}/lines2/mine.txt`]: "not a table either",
};

async function addForeign(lab: Laboratory): Promise<void> {
  for (const [path, text] of Object.entries(foreign)) {
    await Deno.mkdir(`${lab.folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await lab.write(path, text);
  }
  await lab.write("outside.txt", "outside");
  await Deno.mkdir(`${lab.folder}/elsewhere`);
  await lab.write("elsewhere/thesis.md", "thesis");
  await Deno.symlink("../../../outside.txt", `${lab.folder}/${folder}/link`);
  await Deno.symlink("nowhere", `${lab.folder}/${folder}/dangling`);
  await Deno.symlink(`${lab.folder}/elsewhere`, `${lab.folder}/${folder}/lines/linked`);
  await Deno.mkdir(`${lab.folder}/${folder}/empty/folder`, { recursive: true });
}

async function assertForeign(lab: Laboratory, when: string): Promise<void> {
  for (const [path, text] of Object.entries(foreign)) {
    assert.equal(await lab.read(path), text, `${when}: ${path}`);
  }
  const linkOf = (path: string) => Deno.readLinkSync(`${lab.folder}/${folder}/${path}`);
  assert.equal(linkOf("link"), "../../../outside.txt", when);
  assert.equal(linkOf("dangling"), "nowhere", when);
  assert.equal(linkOf("lines/linked"), `${lab.folder}/elsewhere`, when);
  assert.equal(await lab.read("elsewhere/thesis.md"), "thesis", when);
  assert.ok(Deno.statSync(`${lab.folder}/${folder}/empty/folder`).isDirectory, when);
}

/** The tables, by their files' names. */
async function tables(lab: Laboratory): Promise<string[]> {
  return (await lab.files(`${folder}/lines`)).map((path) => path.slice(folder.length + 7))
    .filter((name) => name.startsWith("words"));
}

Deno.test("a person's files, folders and links survive every command", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await addForeign(lab);
  const inode = Deno.statSync(`${lab.folder}/${folder}/notes.txt`).ino;
  const collect = () =>
    collectGarbage(`${lab.folder}/store`, {
      keepLast: 0,
      graceMs: -60_000,
      dryRun: false,
      resultsFolder: `${lab.folder}/results`,
    });
  const commands: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ["a run with nothing to do", () => lab.run()],
    ["a forced run", () => lab.run({ force: true })],
    ["a run of a part", () => lab.run({ targets: ["words[word=ape]"] })],
    ["a run with another value", () => lab.run({ set: ["words=[cat]"] })],
    [
      "another pipeline",
      () => lab.edit("pipeline.yaml", "[ape, bee]", "[ape, cat]").then(() => lab.run()),
    ],
    [
      "results that were touched",
      () =>
        lab.remove(`${folder}/lines/${encodeURI("words")}[word=cat].parquet`).then(() => lab.run()),
    ],
    [
      "a run that fails",
      () =>
        lab.edit("pipeline.yaml", "{ text: $word }", "{ text: $word, fail: throw }").then(() =>
          lab.run()
        ),
    ],
    [
      "and one that does not",
      () => lab.edit("pipeline.yaml", ", fail: throw", "").then(() => lab.run()),
    ],
    ["garbage collection", collect],
    ["a run after it", () => lab.run()],
    ["the lock compared", () => lab.ask({ ask: "compare" })],
    ["a lost store", () => lab.remove("store").then(() => lab.run())],
  ];
  for (const [name, run] of commands) {
    await run();
    await assertForeign(lab, name);
  }
  assert.equal(Deno.statSync(`${lab.folder}/${folder}/notes.txt`).ino, inode);
  assert.deepEqual(await tables(lab), ["words[word=ape].parquet", "words[word=cat].parquet"]);
  assert.deepEqual(
    [...Deno.readDirSync(`${lab.folder}/results/mine`)].map(({ name }) => name).sort(),
    [
      "default",
      "default+words=[cat]",
      "notes.md",
      "other",
    ],
  );
});

const refusals: readonly {
  readonly name: string;
  readonly prepare: (lab: Laboratory) => Promise<unknown>;
  readonly says: RegExp;
}[] = [
  {
    name: "a folder without a manifest",
    prepare: (lab) =>
      mkdir(lab, `${folder}/a`).then(() => lab.write(`${folder}/a/thesis.md`, "thesis")),
    says:
      /results\/mine\/default: it has no manifest\.json of a pipeline, and holds what is not crosstie's: a\/thesis\.md\n {2}move that elsewhere, or change the pipeline's name: "mine"/,
  },
  {
    name: "a link without more",
    prepare: (lab) => mkdir(lab, folder).then(() => Deno.symlink("x", `${lab.folder}/${folder}/y`)),
    says: /holds what is not crosstie's: y\n/,
  },
  {
    name: "a manifest that is somebody else's",
    prepare: (lab) => mkdir(lab, folder).then(() => lab.write(`${folder}/manifest.json`, "{}")),
    says: /it has no manifest\.json of a pipeline/,
  },
  {
    name: "a link in place of the folder",
    prepare: (lab) =>
      mkdir(lab, "elsewhere").then(() => mkdir(lab, "results/mine"))
        .then(() => Deno.symlink("../../elsewhere", `${lab.folder}/${folder}`)),
    says: /results\/mine\/default is a link to \.\.\/\.\.\/elsewhere\n {2}remove the link/,
  },
  {
    name: "a pipeline's folder that is a link out of the project",
    prepare: (lab) =>
      mkdir(lab, "results").then(() =>
        Deno.symlink(Deno.makeTempDirSync(), `${lab.folder}/results/mine`)
      ),
    says: /results\/mine is a link to /,
  },
  {
    name: "results that are a link out of the project",
    prepare: (lab) => Deno.symlink(Deno.makeTempDirSync(), `${lab.folder}/results`),
    says: /: results is a link to /,
  },
  {
    name: "a link that leads nowhere",
    prepare: (lab) => Deno.symlink("/no/such/folder", `${lab.folder}/results`),
    says: /: results is a link to \/no\/such\/folder/,
  },
  {
    name: "a file in place of the folder",
    prepare: (lab) => mkdir(lab, "results/mine").then(() => lab.write(folder, "thesis")),
    says: /results\/mine\/default is a file/,
  },
];
const mkdir = (lab: Laboratory, path: string) =>
  Deno.mkdir(`${lab.folder}/${path}`, { recursive: true });

for (const { name, prepare, says } of refusals) {
  Deno.test(`${name} is refused before anything runs, and left alone`, async () => {
    await using lab = await Laboratory.create(pipeline);
    await prepare(lab);
    const before = await lab.files("results");
    const { errors, ran, code, events } = await lab.run();
    assert.match(errors, says);
    assert.deepEqual([ran, code, events], [[], 1, []]);
    assert.deepEqual(await lab.files("results"), before);
  });
}

const inTheWay: readonly (readonly [path: string, isFolder: boolean, says: RegExp])[] = [
  [
    "lines/words[word=cat].parquet",
    false,
    /lines\/words\[word=cat\]\.parquet is a file that is not/,
  ],
  ["lines/words[word=cat].parquet", true, /lines\/words\[word=cat\]\.parquet is a folder that is/],
];
for (const [path, isFolder, says] of inTheWay) {
  Deno.test(`a ${isFolder ? "folder" : "file"} where a table is to be is named, before anything runs`, async () => {
    await using lab = await Laboratory.create(pipeline);
    await lab.run();
    if (isFolder) await Deno.mkdir(`${lab.folder}/${folder}/${path}`);
    else await lab.write(`${folder}/${path}`, "mine");
    await lab.edit("pipeline.yaml", "[ape, bee]", "[ape, cat]");
    const { errors, ran } = await lab.run();
    assert.match(errors, says);
    assert.deepEqual(ran, []);
    if (!isFolder) assert.equal(await lab.read(`${folder}/${path}`), "mine");
    await lab.remove(`${folder}/${path}`);
    assert.deepEqual((await lab.run()).ran, ["words[word=cat]"]);
  });
}

Deno.test("a table's folder that became a link is not followed", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await Deno.rename(`${lab.folder}/${folder}/lines`, `${lab.folder}/moved`);
  await Deno.symlink("../../../moved", `${lab.folder}/${folder}/lines`);
  await lab.write("moved/thesis.md", "thesis");
  await lab.edit("pipeline.yaml", "[ape, bee]", "[ape, cat]");
  assert.match((await lab.run()).errors, /lines is a file that is not crosstie's/);
  assert.equal(await lab.read("moved/thesis.md"), "thesis");
});

Deno.test("results of another pipeline are not replaced", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await Deno.rename(`${lab.folder}/results/mine`, `${lab.folder}/results/yours`);
  await lab.edit("pipeline.yaml", "name: mine", "name: yours");
  const { errors } = await lab.run();
  assert.match(
    errors,
    /yours\/default: it holds the results of pipeline "mine", profile "default"/,
  );
});

Deno.test("links within the project are followed, and an empty folder is taken", async () => {
  await using lab = await Laboratory.create(pipeline);
  await mkdir(lab, "disk/mine/default/empty");
  await Deno.symlink("disk", `${lab.folder}/results`);
  const { errors, summary } = await lab.run();
  assert.deepEqual([errors, summary?.ran], ["", 2]);
  assert.ok(Deno.statSync(`${lab.folder}/disk/mine/default/empty`).isDirectory);
});

const steps = { quick: 7, ci: 2, full: 1 }[effort];

Deno.test(`a person's files are whole after a kill at ${steps > 1 ? "some" : "every"} write`, async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await addForeign(lab);
  let word = "";
  for (let write = 1, rounds = 0;; write += steps, rounds++) {
    const next = `cat${rounds}`;
    await lab.edit("pipeline.yaml", word === "" ? "bee" : word, next);
    word = next;
    const { summary } = await lab.run({}, { CROSSTIE_FAULT: `SIGKILL@${write}` });
    await assertForeign(lab, `write ${write}`);
    if (summary) break;
    if (rounds % 5 === 0) await lab.run();
    assert.ok(rounds < 200);
  }
  await lab.run();
  assert.deepEqual(await tables(lab), ["words[word=ape].parquet", `words[word=${word}].parquet`]);
  // What the killed ones left goes, and nothing of a person's with it.
  await collectGarbage(`${lab.folder}/store`, {
    keepLast: 1,
    graceMs: -60_000,
    dryRun: false,
    resultsFolder: `${lab.folder}/results`,
  });
  await assertForeign(lab, "collected");
  const left = [...Deno.readDirSync(`${lab.folder}/results/mine`)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["default", "notes.md", "other"]);
});

Deno.test("a folder that a killed engine had moved out of its place comes back with a person's files", async () => {
  await using lab = await Laboratory.create(pipeline);
  await lab.run();
  await addForeign(lab);
  const moved = `${lab.folder}/${folder}.old-${crypto.randomUUID()}`;
  await Deno.rename(`${lab.folder}/${folder}`, moved);
  await lab.edit("pipeline.yaml", "bee", "cat");
  assert.equal((await lab.run()).errors, "");
  await assertForeign(lab, "moved back");
  assert.deepEqual(await tables(lab), ["words[word=ape].parquet", "words[word=cat].parquet"]);
});
