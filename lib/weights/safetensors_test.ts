import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const tensors = new Map([
  ["b.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 7) }],
  ["a.bias", { shape: [], data: Float32Array.of(4) }],
  ["ë", { shape: [0, 5], data: new Float32Array(0) }],
]);

Deno.test("tensors survive a round trip, and equal tensors give equal bytes", () => {
  const bytes = encodeSafetensors(tensors);
  assert.deepEqual(decodeSafetensors(bytes, "x"), tensors);
  assert.deepEqual(encodeSafetensors(decodeSafetensors(bytes, "x")), bytes);
});

Deno.test("views of a larger memory are written as themselves", () => {
  const memory = Float32Array.of(9, 1, 2, 9);
  const bytes = encodeSafetensors(new Map([["w", { shape: [2], data: memory.subarray(1, 3) }]]));
  assert.deepEqual([...decodeSafetensors(bytes, "x").get("w")!.data], [1, 2]);
});

const good = encodeSafetensors(tensors);

function withHeader(header: unknown): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const huge = good.slice();
new DataView(huge.buffer).setBigUint64(0, 10n ** 15n, true);

const broken: [string, Uint8Array, RegExp][] = [
  ["an empty file", new Uint8Array(0), /0 bytes/],
  ["a header that claims 10^15 bytes", huge, /claims 1000000000000000 bytes/],
  ["a truncated file", good.slice(0, good.length - 4), /outside the file/],
  ["a header that is not JSON", withHeader("{nonsense"), /not JSON/],
  [
    "another dtype",
    withHeader({ w: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }),
    /"w" is I64, expected F32, F16 or BF16/,
  ],
  [
    "a size that does not fit the shape",
    withHeader({ w: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }),
    /shape \[3\] has 8 bytes/,
  ],
  [
    "negative offsets",
    withHeader({ w: { dtype: "F32", shape: [2], data_offsets: [-8, 0] } }),
    /outside the file/,
  ],
];

for (const [name, bytes, message] of broken) {
  Deno.test(`safetensors: ${name} is refused by name`, () => {
    assert.throws(
      () => decodeSafetensors(bytes, "model.safetensors"),
      (error) =>
        error instanceof UserError && message.test(error.message) &&
        error.message.includes("model.safetensors"),
    );
  });
}
