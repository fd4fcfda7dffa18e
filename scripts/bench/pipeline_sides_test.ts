import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { chainsOf, tasksOf } from "./pipeline_chains.ts";
import { clearOurs, makeProject, ourCommand, prepareOurs } from "./pipeline_ours.ts";
import { timed } from "./pipeline_process.ts";
import { rivals } from "./pipeline_rivals.ts";

const chains = chainsOf(20);
const make = rivals.find(({ name }) => name === "GNU make")!;
const time = existsSync("/usr/bin/time") ? "" : " (skipped: no GNU time)";

Deno.test("chains: the first step writes, each other copies what the one before wrote", () => {
  const tasks = tasksOf(chains);
  assert.equal(tasks.length, 20);
  assert.deepEqual(tasks.slice(9, 12).map(({ id, command }) => [id, command]), [
    ["c0s9", "cp c0/8.txt c0/9.txt"],
    ["c1s0", "echo c1 > c1/0.txt"],
    ["c1s1", "cp c1/0.txt c1/1.txt"],
  ]);
});

Deno.test(`a prepared store is one with nothing to do, a cleared one runs all${time}`, {
  ignore: time !== "",
}, async () => {
  const project = await Deno.makeTempDir();
  try {
    await makeProject(project);
    const command = await ourCommand(project, chains);
    await prepareOurs(command);
    assert.match((await timed(command)).printed, /^0 ran, 20 fresh, 0 failed/m);
    await clearOurs(command);
    assert.match((await timed(command)).printed, /^20 ran, 0 fresh, 0 failed/m);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});

const program = make.find(undefined);
Deno.test(
  `make has nothing to do once prepared, and much before${program ? time : " (skipped: no make)"}`,
  {
    ignore: time !== "" || !program,
  },
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const command = await make.write(folder, chains, program!);
      assert.equal(make.isIdle((await timed(command)).printed, chains), false);
      const prepared = await make.write(`${folder}/prepared`, chains, program!);
      await make.prepare(prepared, chains);
      assert.equal(make.isIdle((await timed(prepared)).printed, chains), true);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
