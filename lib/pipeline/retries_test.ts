import { strict as assert } from "node:assert";
import { type DriveResult, Laboratory } from "./testdata/laboratory.ts";

const failing = (fail: string, extra: string) => `
name: retries
stages:
  bad:
    use: write
    with: { text: bad, fail: ${fail}, tally: $tally }
    ${extra}
  good:
    use: write
    with: { text: good }
params: { tally: FOLDER/tally }
`;

async function attempts(
  fail: string,
  extra: string,
): Promise<{ result: DriveResult; count: number }> {
  await using lab = await Laboratory.create("");
  await lab.write("tally", "");
  await lab.write("pipeline.yaml", failing(fail, extra).replace("FOLDER", lab.folder));
  const result = await lab.run({ keepGoing: true });
  assert.equal(result.errors, "");
  assert.ok(result.ran.includes("good"), "a failure stops what does not depend on it");
  return { result, count: (await lab.read("tally")).trimEnd().split("\n").length };
}

const cases: [fail: string, extra: string, attempts: number][] = [
  ["throw", "retries: 3", 1],
  ["mend", "retries: 3", 1],
  ["crash", "", 1],
  ["crash", "retries: 2", 3],
  ["crash", "retries: { lost: 5, crashed: 1 }", 2],
  ["half", "retries: { lost: 1 }", 2],
  ["half", "retries: 0", 1],
];

for (const [fail, extra, expected] of cases) {
  const limits = extra || "the usual retries";
  Deno.test(`"${fail}" with ${limits} is tried ${expected} times`, async () => {
    const { result, count } = await attempts(fail, extra);
    assert.equal(count, expected);
    const { ran, failed } = result.summary!;
    assert.deepEqual([ran, failed], [1, 1]);
    const retried = result.events.filter(({ event }) => event === "instanceRetried");
    assert.equal(retried.length, expected - 1);
  });
}

Deno.test("an instance that ran out of memory gets twice as much until it has enough", async () => {
  const { result, count } = await attempts(
    "memory",
    "retries: 3\n    resources: { memory: 1GiB }",
  );
  assert.equal(count, 3);
  assert.deepEqual(result.ran, ["bad", "good"]);
  const memory = result.events.flatMap((each) =>
    each.event === "instanceRetried" ? [[each.class, each.memoryMib]] : []
  );
  assert.deepEqual(memory, [["memory", 2048], ["memory", 4096]]);
});

Deno.test("what needs more than the machine is an error before anything runs", async () => {
  await using lab = await Laboratory.create(`
name: large
stages:
  small: { use: write, with: { text: small } }
  large:
    use: upper
    inputs: { text: small }
    resources: { cores: 4096, memory: 900TiB }
`);
  const { code, errors, events } = await lab.run();
  assert.notEqual(code, 0);
  assert.match(errors, /Cannot run stage "large" here: it needs 4096 cores, and there are \d+\n/);
  assert.match(errors, /change its resources, or use --executor slurm/);
  assert.match(errors, /it needs 943718400 MiB of memory, and there are \d+\n/);
  assert.deepEqual(events, []);
  assert.deepEqual(await lab.files("store/records"), []);
});
