import { strict as assert } from "node:assert";
import { memoryLines } from "./memory_text.ts";

const rows: [Parameters<typeof memoryLines>[0], string[]][] = [
  [{ stages: {}, machineMib: 24_000 }, []],
  [{ stages: { train: 3168 } }, ["train takes about 3.1 GiB"]],
  [
    { stages: { train: 3168, predict: 640, pick: 1024 }, machineMib: 23_990 },
    ["train takes about 3.1 GiB, predict 640 MiB, pick 1 GiB; this machine has 23.4 GiB"],
  ],
];
for (const [memory, lines] of rows) {
  Deno.test(`the memory of ${Object.keys(memory.stages).length} stages is one line at most`, () => {
    assert.deepEqual(memoryLines(memory), lines);
  });
}
