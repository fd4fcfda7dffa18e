import { strict as assert } from "node:assert";
import { type DriveResult, resultOf } from "./testdata/laboratory.ts";
import {
  assertWhole,
  slowInstances,
  slowLaboratory,
  tablesOf,
} from "./testdata/slow_laboratory.ts";

function assertEndedWell(engines: readonly DriveResult[]): void {
  for (const { errors, summary } of engines) {
    assert.equal(errors, "");
    assert.deepEqual([summary!.ran + summary!.fresh, summary!.failed], [slowInstances, 0]);
  }
}

Deno.test("four engines at once run each instance once", async () => {
  await using lab = await slowLaboratory();
  const engines = await Promise.all([1, 2, 3, 4].map(() => resultOf(lab.spawn())));
  assertEndedWell(engines);
  assert.equal(engines.reduce((sum, { ran }) => sum + ran.length, 0), slowInstances);
  assert.equal((await lab.read("tally")).trimEnd().split("\n").length, 16);
  assert.deepEqual(await lab.files("store/claims"), []);
  await assertWhole(lab);
});

/** Starts what follows as on a host of another name: its processes cannot be asked for by id. */
const elsewhere = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"];

async function canBeElsewhere(): Promise<boolean> {
  try {
    const [program, ...args] = [...elsewhere, "true"];
    return (await new Deno.Command(program, { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}
const other = await canBeElsewhere();

for (
  const [where, through, ignore] of [
    ["of four on one host", [], false],
    [`on another host${other ? "" : " (needs unshare, as root)"}`, elsewhere, !other],
  ] as const
) {
  Deno.test({
    name: `when an engine ${where} is killed, the others take over`,
    ignore,
    fn: async () => {
      await using lab = await slowLaboratory();
      await lab.edit("pipeline.yaml", "sleepMs: 40", "sleepMs: 500");
      const killed = lab.spawn({}, {}, through);
      while (await lab.read("tally") === "") await new Promise((wake) => setTimeout(wake, 20));
      assert.ok((await lab.files("store/claims")).length > 0);
      const others = Promise.all([1, 2, 3].map(() => resultOf(lab.spawn())));
      killed.kill("SIGKILL");
      await killed.output();
      const engines = await others;
      assertEndedWell(engines);
      const ran = engines.flatMap(({ ran }) => ran);
      assert.equal(ran.length, new Set(ran).size, "an instance is published twice");
      const lines = (await lab.read("tally")).trimEnd().split("\n").length;
      assert.ok(lines <= 16 + 2, `${lines} runs: more than those that the killed engine had begun`);
      assert.deepEqual(await lab.files("store/claims"), []);
      await assertWhole(lab);
      await using undisturbed = await slowLaboratory();
      await undisturbed.run();
      assert.deepEqual(await tablesOf(lab), await tablesOf(undisturbed));
    },
  });
}
