import { strict as assert } from "node:assert";
import { DeviceCopies } from "./device_copies.ts";
import type { HostTensor } from "./dtype.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

const tensor: HostTensor = { dtype: "float32", dims: [2, 1], data: Float32Array.of(1, -2) };

Deno.test("copies are released whether or not they could start", async () => {
  const copies = new DeviceCopies();
  let failure = "";
  try {
    (await copies.upload(tensor)).release();
  } catch (error) {
    failure = (error as Error).name;
  }
  await copies.release();
  await copies.release();
  assert.match(failure, /^(UserError)?$/); // where there is no adapter, it says so
});

webgpuTest("what goes to the device comes back", async () => {
  const copies = new DeviceCopies();
  const there = await copies.upload(tensor);
  assert.deepEqual((await copies.download(there)).data, tensor.data);
  there.release();
  await copies.release();
});
