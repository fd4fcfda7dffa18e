import { strict as assert } from "node:assert";
import { assertWhole, effort, outcome, published, reset } from "./testdata/aftermath.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const two = `
name: faults
stages:
  word:
    use: write
    with: { text: word }
    retries: 0
  first:
    use: upper
    inputs: { text: word }
    retries: 0
`;

/** Every how manieth write fails, and where that begins. */
const [step, first] = { quick: [16, 3], ci: [6, 2], full: [1, 1] }[effort];

for (const kind of ["ENOSPC", "EACCES", "SIGKILL"]) {
  // Two instances are published with so many writes: fewer would mean some without a fault point.
  for (const [role, writes] of [["engine", 35], ["worker", 28]] as const) {
    Deno.test(`${kind} at ${step === 1 ? "each" : `every ${step}th`} write of the ${role} loses nothing, and the next run goes on`, async () => {
      await using lab = await Laboratory.create(two);
      await lab.run();
      const expected = await outcome(lab);
      let faults = 0;
      for (let write = first;; write += step) {
        await reset(lab);
        const fault = `${kind}@${write}`;
        const { summary, code, events } = role === "engine"
          ? await lab.run({ jobs: 1 }, { CROSSTIE_FAULT: fault })
          : await lab.run({ jobs: 1, workerFault: fault });
        // A worker that was lost may have been tried again.
        const disturbed = code !== 0 || summary?.failed !== 0 ||
          events.some(({ event }) => /retried/i.test(event));
        if (!disturbed) break;
        faults++;
        await assertWhole(lab, fault);
        const before = await published(lab);
        const next = await lab.run({ jobs: 1 });
        assert.equal(next.errors, "", fault);
        assert.equal(next.ran.length, 2 - before.size, fault);
        assert.ok(!next.ran.some((id) => before.has(id)), fault);
        assert.equal(await outcome(lab), expected, fault);
      }
      assert.ok(faults >= Math.floor((writes - first) / step), `${faults} faults`);
    });
  }
}
