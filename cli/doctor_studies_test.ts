import { strict as assert } from "node:assert";
import { stages } from "../lib/pipeline/testdata/registry.ts";
import { findStudies, judgeStudies, studyLines } from "./doctor_studies.ts";

const occupy = (name: string, more: string, resources = "{}") =>
  `  ${name}: { use: occupy, with: { name: n, tally: t${more} }, resources: ${resources} }\n`;
const file = (stages: string, head = "") => `name: p\n${head}stages:\n${stages}`;

const files: Record<string, string> = {
  "pipeline.yaml": file(occupy("a", "") + occupy("train", ", expectedMib: 3168")),
  "experiments/a_profiles.yaml": file(
    occupy("train", ", expectedMib: $mib") + occupy("predict", ", expectedMib: 320"),
    "params: { mib: 1000 }\nprofiles: { cpu: {}, paper: { mib: 9000 } }\n",
  ),
  "experiments/b_declared.yaml": file(occupy("train", ", expectedMib: 2000", "{ memory: 8GiB }")),
  "experiments/c_unknown.yaml": file(occupy("train", "", "{ memory: 2GiB }")),
  "experiments/d_small.yaml": file(occupy("a", "")),
  "experiments/e_gpu.yaml": file(occupy("train", ", expectedMib: 9000", "{ gpus: 1 }")),
  "experiments/f_cores.yaml": file(occupy("train", "", "{ cores: 8 }")),
  "experiments/g_kind.yaml": file("  a: { use: ocupy }\n"),
  "experiments/h_text.yml": "name: [\n",
  "experiments/notes.txt": "no study",
};

Deno.test("every study and profile is judged by its largest stage, and none is thrown", async () => {
  const project = await Deno.makeTempDir();
  await Deno.mkdir(`${project}/experiments`);
  for (const [path, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${project}/${path}`, text);
  }
  const studies = await judgeStudies(
    await findStudies(project),
    project,
    stages,
    { cores: 4, memoryMib: 4096, gpus: 0 },
  );
  await Deno.remove(project, { recursive: true });
  const lines = studyLines(studies);
  assert.deepEqual(lines.slice(0, -2), [
    "fits     pipeline.yaml                       train takes about 3.1 GiB of 4 GiB",
    "fits     experiments/a_profiles.yaml  cpu    train takes about 1 GiB of 4 GiB",
    "too big  experiments/a_profiles.yaml  paper  train takes about 8.8 GiB of 4 GiB",
    "                                             → make batchSize smaller (accumulate keeps the " +
    "sentences of a step), or maxTokens, or use --executor slurm",
    "too big  experiments/b_declared.yaml         train asks for 8 GiB of 4 GiB",
    "                                             → it takes about 2 GiB: change its resources",
    "fits     experiments/c_unknown.yaml          train asks for 2 GiB of 4 GiB",
    "fits     experiments/d_small.yaml            no stage is known to take much memory",
    "no GPU   experiments/e_gpu.yaml              train asks for 1 of 0 graphics processors",
    "                                             → use --executor slurm",
    "too big  experiments/f_cores.yaml            train asks for 8 of 4 cores",
    "                                             → change its resources, or use --executor slurm",
    'broken   experiments/g_kind.yaml             line 3: Cannot find stage kind "ocupy"',
    '                                             → did you mean "occupy"?',
  ]);
  assert.match(lines.at(-2)!, /^broken {3}experiments\/h_text.yml {14}\S/);
  assert.deepEqual(studies[2], {
    study: "experiments/a_profiles.yaml",
    profile: "paper",
    state: "too big",
    stage: "train",
    memoryMib: 9024,
    detail: "train takes about 8.8 GiB of 4 GiB",
    remedy: "make batchSize smaller (accumulate keeps the sentences of a step), or maxTokens, or " +
      "use --executor slurm",
    machineMib: 4096,
  });
});

Deno.test("a project without studies has no lines", async () => {
  const project = await Deno.makeTempDir();
  assert.deepEqual(await findStudies(project), []);
  await Deno.remove(project);
  assert.deepEqual(studyLines([]), []);
});
