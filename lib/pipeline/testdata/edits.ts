/**
 * What makes an instance run: edits of a project, each with exactly the instances that it makes
 * run. `precision_test.ts` holds the engine to it.
 *
 * @module
 */
import { codeEdits, machineEdits } from "./code_edits.ts";
import { contentOf, type EditRow, resultOf, yaml } from "./edit.ts";
import { graphEdits, paramEdits } from "./pipeline_edits.ts";

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

const places: EditRow[] = [
  ["the pipeline's name", yaml("name: fresh", "name: stale"), ""],
  ["the name of its file", async (lab) => {
    await Deno.rename(`${lab.folder}/pipeline.yaml`, `${lab.folder}/other.yaml`);
    return { files: [`${lab.folder}/other.yaml`] };
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
  ["the results, gone", (lab) => lab.remove("results"), ""],
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
  [
    "a content, damaged, of the same size",
    async (lab) => {
      const path = await contentOf(lab, "A+B");
      await Deno.remove(path);
      await Deno.writeTextFile(path, "A-B");
    },
    "all",
    "outputCorrupt text.txt",
  ],
  [
    "a content that others take, damaged",
    async (lab) => {
      const path = await contentOf(lab, "bee");
      await Deno.remove(path);
      await Deno.writeTextFile(path, "bed");
    },
    "words[word=bee]",
    "outputCorrupt text.txt",
  ],
  ["what is remembered of earlier runs", (lab) => lab.remove("store/history"), ""],
  ["what is remembered of code", (lab) => lab.remove("store/code"), ""],
  ["the lock file, gone", (lab) => lab.remove("pipeline.lock"), ""],
  ["a result, replaced by hand", async (lab) => {
    const path = await resultOf(lab, "words[word=ape]");
    await Deno.remove(path);
    await Deno.writeTextFile(path, "mine");
  }, ""],
  [
    "a result, written over by hand where it is a link into the store",
    async (lab) => {
      const path = await resultOf(lab, "words[word=ape]");
      await Deno.chmod(path, 0o644);
      await Deno.writeTextFile(path, "PAR1madPAR1");
    },
    "words[word=ape]",
    "outputCorrupt rows.parquet",
  ],
];

/** Every edit. */
export const edits: Record<string, readonly EditRow[]> = {
  "the code of a stage": codeEdits,
  "packages and the machine": machineEdits,
  "params": paramEdits,
  "the graph": graphEdits,
  "files and folders": places,
};
