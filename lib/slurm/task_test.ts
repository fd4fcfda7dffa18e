import { strict as assert } from "node:assert";
import { Laboratory } from "../pipeline/testdata/laboratory.ts";
import { SubmissionFolder } from "./submissions.ts";

const pipeline = `
name: tasks
stages:
  words: { use: write, matrix: { word: [ape, bee] }, with: { text: $word } }
  joined: { use: concat, with: { pauseMs: 1 }, inputs: { texts: words } }
  labels: { use: label, inputs: { texts: words, more: joined } }
  solution: { use: solve, inputs: { text: joined } }
`;

/** Programs of Slurm that accept everything and know nothing. */
const programs = {
  sbatch: 'cat >/dev/null; echo x >>"$0.calls"; wc -l <"$0.calls"',
  squeue: "",
  sacct: "",
  scontrol: 'echo "MaxArraySize = 1001"',
};

Deno.test("a task that finds its inputs itself makes what a run here would make", async () => {
  await using lab = await Laboratory.create(pipeline);
  await Deno.mkdir(`${lab.folder}/bin`);
  for (const [name, script] of Object.entries(programs)) {
    await lab.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    await Deno.chmod(`${lab.folder}/bin/${name}`, 0o755);
  }
  const env = { PATH: `${lab.folder}/bin:${Deno.env.get("PATH")}` };
  assert.equal((await lab.ask({ detach: true }, env)).length, 4);
  for (const { folder, submission } of SubmissionFolder.readAll(`${lab.folder}/store`)) {
    for (const index of submission.tasks.keys()) {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "-q",
          `${lab.folder}/lib/pipeline/testdata/worker_main.ts`,
          "--task",
          folder,
        ],
        env: { ...env, SLURM_ARRAY_TASK_ID: String(index) },
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    }
  }
  const { ran, summary } = await lab.run();
  assert.deepEqual(ran, []);
  assert.equal(summary?.fresh, 5);
});
