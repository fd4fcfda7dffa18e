import { strict as assert } from "node:assert";
import { DeviceCopies } from "./device_copies.ts";
import type { HostTensor } from "./dtype.ts";
import { GraphBuilder } from "./graph.ts";
import { probe } from "./probe.ts";
import { explainLoader, explainStart, ProviderError } from "./provider.ts";
import { Session } from "./session.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

/** y = 2 x and its sum. */
function doubling(extra?: (graph: GraphBuilder, x: string) => void): Uint8Array {
  const graph = new GraphBuilder("doubling");
  const x = graph.input("x", "float32", ["N", 2]);
  const y = graph.node("Add", [x, x]);
  graph.output("y", y, "float32", ["N", 2]);
  const axes = graph.initializer("axes", "int64", [2], BigInt64Array.of(0n, 1n));
  graph.output("sum", graph.node("ReduceSum", [y, axes]), "float32", [1, 1]);
  extra?.(graph, x);
  return graph.encode();
}

const x: HostTensor = { dtype: "float32", dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) };

Deno.test("the cpu provider can start", async () => {
  assert.equal(await probe("cpu"), undefined);
});

Deno.test("what the runtime says when a library or an adapter is missing is explained", () => {
  const said = [
    ["cuda", "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library"],
    ["cuda", "CUDA failure 100: no CUDA-capable device is detected ; GPU=0"],
    ["webgpu", "webgpu_context.cc:136 Failed to get a WebGPU adapter: No supported adapters"],
  ] as const;
  const explained = said.map(([provider, message]) => explainStart(provider, message)!);
  assert.match(explained[0].remedy, /deno approve-scripts npm:onnxruntime-node/);
  assert.match(explained[1].remedy, /nvidia-smi/);
  assert.match(explained[2].remedy, /mesa-vulkan-drivers.*software_vulkan\.sh/);
  assert.equal(explainStart("webgpu", "Node (Gemm) has input size 0"), undefined);
  assert.equal(explainStart("cpu", said[0][1]), undefined);
});

Deno.test("a library that the loader misses is named, and told from one that is not installed", () => {
  // Recorded with onnxruntime-node 1.30.0, the second beside the CUDA libraries of the same version.
  const printed = (folder: string, missing: string) =>
    "provider_bridge_ort.cc:1988 [ONNXRuntimeError] : 1 : FAIL : Failed to load library " +
    `${folder}/libonnxruntime_providers_cuda.so with error: ${missing}: ` +
    "cannot open shared object file: No such file or directory\n";
  const absent = explainLoader(printed("/bin", "/bin/libonnxruntime_providers_shared.so"))!;
  assert.equal(absent.reason, "libonnxruntime_providers_shared.so is not installed");
  assert.match(absent.remedy, /approve-scripts/);
  const unfound = explainLoader(printed("/bin", "libcublasLt.so.13"))!;
  assert.equal(unfound.reason, "libcublasLt.so.13 is not on the loader's path");
  assert.match(unfound.remedy, /LD_LIBRARY_PATH/);
  assert.equal(explainLoader("Warning: Couldn't load Vulkan: libvulkan.so.1"), undefined);
});

for (const provider of ["webgpu", "cuda"] as const) {
  const missing = await probe(provider);
  Deno.test({
    name: `a session on ${provider} says why it cannot start` +
      (missing ? "" : ` (skipped: ${provider} works here)`),
    ignore: missing === undefined,
    async fn() {
      await assert.rejects(Session.create(doubling(), { provider }), (error) => {
        assert.ok(error instanceof ProviderError);
        assert.equal(
          error.message,
          `Cannot use --device ${provider}: ${missing!.reason}\n  ${missing!.remedy}`,
        );
        return true;
      });
    },
  });
}

Deno.test("outputs stay on the device of webgpu alone", async () => {
  await assert.rejects(Session.create(doubling(), { onDevice: ["y"] }), {
    message: 'Cannot keep outputs on the device of provider "cpu": only webgpu can',
  });
});

webgpuTest("outputs on the device are fed back, and come home by a copy", async () => {
  const session = await Session.create(doubling(), { provider: "webgpu", onDevice: ["y"] });
  let { host, device } = await session.runOnDevice({ x });
  assert.deepEqual([...host.sum.data], [20]);
  assert.deepEqual(Object.keys(host), ["sum"]);
  for (const expected of [40, 80, 160]) {
    const { y } = device;
    assert.deepEqual([y.dtype, y.dims], ["float32", [2, 2]]);
    ({ host, device } = await session.runOnDevice({ x: y }));
    y.release();
    assert.deepEqual([...host.sum.data], [expected]);
  }
  const copies = new DeviceCopies();
  const { dims, data } = await copies.download(device.y);
  assert.deepEqual([dims, [...data]], [[2, 2], [16, 32, 48, 64]]);
  device.y.release();
  const uploaded = await copies.upload(x);
  assert.deepEqual([...(await session.run({ x: uploaded })).sum.data], [20]);
  uploaded.release();
  await copies.release();
  await session.release();
});

webgpuTest("nothing falls back from webgpu to the processor", async () => {
  const model = doubling((graph, x) =>
    graph.output("sign", graph.node("Sign", [x]), "float32", ["N", 2])
  );
  await assert.rejects(Session.create(model, { provider: "webgpu" }), /fallback to CPU EP/);
  await (await Session.create(model)).release();
});
