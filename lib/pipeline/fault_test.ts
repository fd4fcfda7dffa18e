import { strict as assert } from "node:assert";
import { assertWhole, full, outcome, published, reset } from "./testdata/aftermath.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const two = `
name: faults
stages:
  word:
    use: write
    with: { text: word }
  first:
    use: upper
    inputs: { text: word }
`;

for (const kind of ["ENOSPC", "EACCES", "SIGKILL"]) {
  for (const role of ["engine", "worker"]) {
    Deno.test(`${kind} at ${full ? "each" : "every ninth"} write of the ${role} loses nothing, and the next run goes on`, async () => {
      await using lab = await Laboratory.create(two);
      await lab.run();
      const expected = await outcome(lab);
      const step = full ? 1 : 16;
      let faults = 0;
      for (let write = full ? 1 : 3;; write += step) {
        await reset(lab);
        const fault = `${kind}@${write}`;
        const { summary, code } = role === "engine"
          ? await lab.run({ jobs: 1 }, { CROSSTIE_FAULT: fault })
          : await lab.run({ jobs: 1, workerFault: fault });
        if (code === 0 && summary?.failed === 0) break;
        faults++;
        await assertWhole(lab, fault);
        const before = await published(lab);
        const next = await lab.run({ jobs: 1 });
        assert.equal(next.errors, "", fault);
        assert.equal(next.ran.length, 2 - before.size, fault);
        assert.ok(!next.ran.some((id) => before.has(id)), fault);
        assert.equal(await outcome(lab), expected, fault);
      }
      assert.ok(faults >= (full ? 35 : 2), `${faults} writes`);
    });
  }
}
