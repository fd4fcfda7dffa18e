import { strict as assert } from "node:assert";
import type { Components } from "../store/fingerprint.ts";
import { compareComponents } from "./verdict.ts";

const before: Components = {
  kind: "train",
  code: "c1",
  packages: ["@scope/a@1.0.0", "zod@4.0.0"],
  params: { epochs: 10, sizes: [1, 2], deep: { x: 1 } },
  inputs: { tokens: [{ "train.parquet": "d1" }] },
  reads: { pin: 1 },
  runtime: { onnxruntime: "1.30.0", device: "cpu", cores: 1 },
};
const files = { before: { "a.ts": "1", "b.ts": "1" }, after: { "a.ts": "2", "c.ts": "1" } };

const cases: [about: string, after: Partial<Components>, verdicts: object[]][] = [
  ["nothing", {}, []],
  ["code, by the files that changed", { code: "c2" }, [
    { name: "codeChanged", about: "a.ts" },
    { name: "codeChanged", about: "b.ts" },
    { name: "codeChanged", about: "c.ts" },
  ]],
  ["the kind", { kind: "evaluate", code: "c2" }, [
    { name: "codeChanged", about: "use", before: "train", after: "evaluate" },
  ]],
  ["a package", { packages: ["@scope/a@1.0.1", "zod@4.0.0"] }, [
    { name: "codeChanged", about: "package.@scope/a", before: "1.0.0", after: "1.0.1" },
  ]],
  [
    "params, each by its place",
    { params: { epochs: 20, sizes: [1, 3], deep: { x: 1 }, more: 1 } },
    [
      { name: "paramChanged", about: "params.epochs", before: 10, after: 20 },
      { name: "paramChanged", about: "params.sizes.1", before: 2, after: 3 },
      { name: "paramChanged", about: "params.more", before: undefined, after: 1 },
    ],
  ],
  ["an input", { inputs: { tokens: [{ "train.parquet": "d2" }] } }, [
    { name: "inputChanged", about: "inputs.tokens.0.train.parquet", before: "d1", after: "d2" },
  ]],
  ["what was read", { reads: null }, [
    { name: "readsChanged", about: "reads", before: { pin: 1 }, after: null },
  ]],
  ["the runtime", { runtime: { onnxruntime: "1.31.0", device: "cpu", cores: 2 } }, [
    { name: "runtimeChanged", about: "runtime.onnxruntime", before: "1.30.0", after: "1.31.0" },
    { name: "runtimeChanged", about: "runtime.cores", before: 1, after: 2 },
  ]],
];

for (const [about, after, verdicts] of cases) {
  Deno.test(`verdicts name what changed: ${about}`, () => {
    assert.deepEqual(compareComponents(before, { ...before, ...after }, files), verdicts);
  });
}

Deno.test("verdicts name each of 150,000 inputs that changed", () => {
  const inputs = (digest: string) => ({
    tokens: Array.from({ length: 150_000 }, () => ({ "train.parquet": digest })),
  });
  const verdicts = compareComponents(
    { ...before, inputs: inputs("d1") },
    { ...before, inputs: inputs("d2") },
    files,
  );
  assert.equal(verdicts.length, 150_000);
  assert.equal(verdicts.at(-1)!.about, "inputs.tokens.149999.train.parquet");
});
