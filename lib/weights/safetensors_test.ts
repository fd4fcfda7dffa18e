import { strict as assert } from "node:assert";
import { floatTensor } from "../onnx/dtype.ts";
import { writeSafetensors } from "./safetensors.ts";
import { readSafetensors } from "./safetensors_file.ts";
import { encodeSafetensors } from "./testdata/encode_safetensors.ts";

const tensors = new Map([
  ["b.weight", floatTensor([2, 3], Float32Array.of(1, -2, 3.5, 0, 1e-30, 7))],
  ["a.bias", floatTensor([], Float32Array.of(4))],
  ["ë", floatTensor([0, 5], new Float32Array(0))],
  ["__proto__", floatTensor([1], Float32Array.of(9))],
]);

Deno.test("tensors survive a round trip through a file, and equal tensors give equal bytes", async () => {
  const path = await Deno.makeTempFile();
  writeSafetensors(path, tensors);
  const read = await readSafetensors(path);
  assert.deepEqual([...read], [...tensors]);
  assert.deepEqual(await Deno.readFile(path), encodeSafetensors(tensors));
  assert.deepEqual(encodeSafetensors(read), encodeSafetensors(tensors));
  await Deno.remove(path);
});

Deno.test("views of a larger memory are written as themselves", async () => {
  const path = await Deno.makeTempFile();
  const memory = Float32Array.of(9, 1, 2, 9);
  writeSafetensors(path, new Map([["w", floatTensor([2], memory.subarray(1, 3))]]));
  assert.deepEqual([...(await readSafetensors(path)).get("w")!.data], [1, 2]);
  await Deno.remove(path);
});
