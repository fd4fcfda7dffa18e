import { strict as assert } from "node:assert";
import { ownAttemptFolder, type Submission, SubmissionFolder } from "./submissions.ts";

async function withSubmission(
  tasks: number,
  use: (array: SubmissionFolder, store: string) => Promise<void>,
): Promise<void> {
  const store = await Deno.makeTempDir();
  const submission: Submission = {
    format: 1,
    token: "token",
    pipeline: "sample",
    profile: "sample",
    createdAt: "2026-01-01T00:00:00.000Z",
    tasks: Array.from({ length: tasks }, (_, i) => ({ instance: `train[seed=${i}]` })),
  };
  const requests = submission.tasks.map(({ instance }, i) => ({ instance, text: "ä".repeat(i) }));
  try {
    await use(await SubmissionFolder.create(store, submission, requests), store);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

Deno.test("each task reads its own request, whatever the bytes of the others", () =>
  withSubmission(40, async (array) => {
    for (const index of [0, 1, 17, 39]) {
      assert.deepEqual(SubmissionFolder.readRequest(array.folder, index), {
        instance: `train[seed=${index}]`,
        text: "ä".repeat(index),
      });
    }
    assert.throws(() => SubmissionFolder.readRequest(array.folder, 40), /is cut short/);
    await Deno.truncate(`${array.folder}/requests.jsonl`, 100);
    assert.throws(() => SubmissionFolder.readRequest(array.folder, 39), /requests.jsonl is cut/);
  }));

Deno.test("a submission is found again with its job, its ends and its progress", () =>
  withSubmission(3, async (array, store) => {
    array.noteJob("12");
    array.writeEnd(1, { kind: "done", fingerprint: "f" });
    await Deno.writeTextFile(`${array.folder}/progress/2.json`, '{"done":1,"unit":"steps"}');
    await Deno.writeTextFile(`${array.folder}/progress/0.json.tmp`, '{"do');
    const [found] = SubmissionFolder.readAll(store);
    assert.deepEqual(found.submission, array.submission);
    assert.equal(found.nameOf(2), "12_2");
    assert.deepEqual([found.ended(), found.withProgress(), found.isOver], [[1], [2], false]);
    assert.deepEqual(found.readEnd(1), { kind: "done", fingerprint: "f" });
    assert.deepEqual(found.readProgress(2), { done: 1, unit: "steps" });
    assert.equal(found.attemptFolder(2, "f"), ownAttemptFolder(array.folder, 2, "f"));
    assert.equal(ownAttemptFolder(array.folder, 2, "f"), `${store}/attempts/f/f.token-task-2`);
    assert.deepEqual(SubmissionFolder.readAll(store, new Set([array.folder])), []);
  }));
