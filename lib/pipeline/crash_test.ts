import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import process from "node:process";
import { assertWhole, slowLaboratory, tablesOf } from "./testdata/slow_laboratory.ts";
import { type DriveResult, Laboratory, resultOf } from "./testdata/laboratory.ts";

const failing = (fail: string) => `
name: failing
stages:
  bad:
    use: write
    with: { text: bad, fail: ${fail} }
  good:
    use: write
    matrix: { word: [x, y] }
    with: { text: $word }
  after:
    use: upper
    inputs: { text: bad }
`;

function failureOf({ events }: DriveResult) {
  const failure = events.find((each) => each.event === "instanceFailed");
  assert.ok(failure?.event === "instanceFailed");
  return failure;
}

for (
  const [fail, message, failureClass] of [
    ["throw", "the stage was asked to fail", "stage"],
    [
      "mend",
      'words.txt:3:5: Cannot read "bda"\n  the bda word\n      ~~\n  did you mean "bad"?',
      "stage",
    ],
    ["die", "its process ended with code 7", "crashed"],
    ["crash", "its process ended by signal SIGSEGV", "crashed"],
    ["half", "its process ended by signal SIGKILL", "lost"],
    ["forget", 'Cannot publish bad: stage kind "write" did not write "rows.parquet"', "stage"],
  ] as const
) {
  Deno.test(`a stage that fails by "${fail}" publishes nothing, and fails alone`, async () => {
    await using lab = await Laboratory.create(failing(fail));
    const result = await lab.run({ keepGoing: true });
    assert.equal(result.errors, "");
    const failure = failureOf(result);
    assert.equal(failure.message, message);
    assert.equal(failure.class, failureClass);
    assert.deepEqual(failure.log.slice(0, 2), ["writing bad", "printed by a library"]);
    assert.deepEqual(result.ran, ["good[word=x]", "good[word=y]"]);
    const { ran, fresh, failed, skipped } = result.summary!;
    assert.deepEqual({ ran, fresh, failed, skipped }, { ran: 2, fresh: 0, failed: 1, skipped: 1 });
    assert.equal((await lab.files("store/records")).length, 2);
    assert.equal(
      await lab.read(`${failure.attemptFolder.slice(lab.folder.length + 1)}.log`)
        .then((text) => text.startsWith("writing bad")),
      true,
    );
    await assertWhole(lab);
    const again = await lab.run({ keepGoing: true });
    assert.deepEqual(again.ran, []);
    assert.equal(again.summary?.fresh, 2);
  });
}

Deno.test("a worker whose engine is killed ends, also while it computes", async () => {
  await using lab = await Laboratory.create(`
name: busy
stages:
  busy:
    use: write
    with: { text: busy, blockMs: 20000 }
`);
  const engine = lab.spawn();
  const worker = await blockingProcess(lab);
  engine.kill("SIGKILL");
  const killedAt = performance.now();
  await engine.output();
  while (isAlive(worker)) {
    assert.ok(performance.now() - killedAt < 1_500, "it outlives its engine");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

/** The process that says in its log that it blocks. */
async function blockingProcess(lab: Laboratory): Promise<number> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const path of await lab.files("store/attempts")) {
      const found = path.endsWith(".log") && /process (\d+)/.exec(await lab.read(path));
      if (found) return Number(found[1]);
    }
  }
}

/** Whether a process runs; one that ended and was not waited for does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(Deno.readTextFileSync(stat));
}

Deno.test("after a failure nothing more starts without keep-going", async () => {
  await using lab = await Laboratory.create(failing("throw"));
  const { ran, summary } = await lab.run({ jobs: 1 });
  assert.deepEqual(ran, []);
  assert.equal(summary?.skipped, 3);
});

Deno.test("an instance is stopped when its time is up", async () => {
  await using lab = await Laboratory.create(`
name: slow
stages:
  slow:
    use: write
    with: { text: slow, sleepMs: 60000 }
    resources: { time: 1s }
`);
  const result = await lab.run();
  assert.equal(failureOf(result).class, "time");
  assert.ok(result.summary!.seconds < 4);
});

Deno.test("an engine killed at any instant leaves whole results, and no result is made twice", async () => {
  await using lab = await slowLaboratory();
  for (const delayMs of [150, 300, 220, 400, 350]) {
    const engine = lab.spawn();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    engine.kill("SIGKILL");
    await engine.output();
    await assertWhole(lab);
  }
  const published = (await lab.files("store/records")).length;
  const before = (await lab.read("tally")).split("\n").length;
  const { errors, summary } = await lab.run();
  assert.equal(errors, "");
  assert.deepEqual([summary!.ran + summary!.fresh, summary!.failed], [17, 0]);
  const runsNow = (await lab.read("tally")).split("\n").length - before;
  assert.ok(runsNow <= 17 - published, `${runsNow} runs, ${published} were published`);
  await assertWhole(lab);
  await using other = await slowLaboratory();
  await other.run();
  assert.deepEqual(await tablesOf(lab), await tablesOf(other));
});

Deno.test("an interrupted run stops within 2 s and says so; the next one goes on", async () => {
  await using lab = await slowLaboratory();
  await lab.edit("pipeline.yaml", "sleepMs: 40", "sleepMs: 30000");
  const engine = lab.spawn();
  while (!(await lab.files("store/attempts")).some((path) => path.endsWith(".log"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const stoppedAt = performance.now();
  engine.kill("SIGINT");
  const { summary, errors } = await resultOf(engine);
  assert.equal(errors, "");
  assert.equal(summary?.interrupted, true);
  assert.ok(summary.stopped >= 1);
  assert.equal(summary.stopped + summary.skipped, 17);
  assert.ok(performance.now() - stoppedAt < 2_000);
  assert.deepEqual(await lab.files("store/claims"), []);
  await lab.edit("pipeline.yaml", "sleepMs: 30000", "sleepMs: 1");
  assert.equal((await lab.run()).summary?.ran, 17);
});
