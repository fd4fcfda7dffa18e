import { strict as assert } from "node:assert";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: devices
stages:
  words: { use: write, with: { text: ape } }
  solution: { use: solve, inputs: { text: words } }
`;

const folder = "lib/pipeline/testdata";

async function solutions(lab: Laboratory): Promise<string[]> {
  const texts = await Promise.all((await lab.files("store/objects")).map((path) => lab.read(path)));
  return texts.filter((text) => text.startsWith("ape on")).sort();
}

Deno.test("an instance has the code of its device and of no other", async () => {
  await using lab = await Laboratory.create(pipeline);
  const ranOn = async (device: "cpu" | "webgpu" | "cuda") => {
    const { ran, errors, summary } = await lab.run({ device });
    assert.equal(errors, "");
    assert.equal(summary?.failed, 0);
    return ran;
  };
  assert.deepEqual(await ranOn("cpu"), ["solution", "words"]);
  assert.deepEqual(await ranOn("webgpu"), ["solution"]);
  assert.deepEqual(await solutions(lab), ["ape on a graphics processor", "ape on the processor"]);
  assert.deepEqual([await ranOn("cpu"), await ranOn("webgpu")], [[], []]);

  await lab.edit(`${folder}/solve_gpu.ts`, "graphics processor`", "GPU`");
  assert.deepEqual(await ranOn("cpu"), []);
  assert.deepEqual(await lab.states({ device: "webgpu" }), {
    words: "fresh",
    solution: "runtimeChanged", // since it last ran, on the processor
  });
  assert.deepEqual(await ranOn("webgpu"), ["solution"]);

  await lab.edit(`${folder}/solve_cpu.ts`, "the processor`", "the CPU`");
  assert.deepEqual(await ranOn("webgpu"), []);
  assert.deepEqual(await ranOn("cpu"), ["solution"]);
  assert.deepEqual((await solutions(lab)).slice(0, 2), [
    "ape on a GPU",
    "ape on a graphics processor",
  ]);

  // What is not of this device is not even loaded.
  await lab.write(`${folder}/solve_gpu.ts`, "export const solve = ((");
  await lab.edit(`${folder}/solve_cpu.ts`, "the CPU`", "a CPU`");
  assert.deepEqual(await ranOn("cpu"), ["solution"]);
});
