import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import { encodeSafetensors } from "./testdata/encode_safetensors.ts";
import { SafetensorsFile } from "./safetensors_file.ts";

async function opened<T>(
  bytes: Uint8Array,
  use: (file: SafetensorsFile) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await Deno.writeFile(path, bytes);
    using file = await SafetensorsFile.open(path);
    return await use(file);
  } finally {
    await Deno.remove(path);
  }
}

function bytesOf(header: unknown, data: Uint8Array = new Uint8Array(8)): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

Deno.test("float32 tensors are read one by one, whatever their order", async () => {
  const tensors = new Map([
    ["a", floatTensor([2, 3], Float32Array.of(1, -2, 3.5, 0, 1e-30, 7))],
    ["b", floatTensor([], Float32Array.of(4))],
    ["c", floatTensor([0, 5], new Float32Array(0))],
  ]);
  await opened(encodeSafetensors(tensors), async (file) => {
    assert.deepEqual(file.names, ["a", "b", "c"]);
    for (const name of ["c", "a", "b"]) {
      assert.deepEqual(await file.read(name), tensors.get(name));
      assert.deepEqual(file.shapeOf(name), tensors.get(name)?.dims);
    }
    assert.equal(file.shapeOf("d"), undefined);
    await assert.rejects(file.read("d"), /it has no tensor "d"/);
  });
});

/** Three tensors, the second so large that several readers share it. */
function largeTensors() {
  const sizes = { small: 7, large: 9_000_001, last: 3 };
  return new Map(
    Object.entries(sizes).map(([name, size]) => [
      name,
      floatTensor([size], Float32Array.from({ length: size }, (_, i) => i + size)),
    ]),
  );
}

Deno.test("a large tensor is read whole and in order, alone and among others", async () => {
  const tensors = largeTensors();
  await opened(encodeSafetensors(tensors), async (file) => {
    const same = (got: ReadonlyMap<string, FloatTensor>, names: readonly string[]) => {
      assert.deepEqual([...got.keys()], names);
      for (const [name, { dims, data }] of got) {
        assert.deepEqual(dims, tensors.get(name)!.dims);
        assert.ok(data.every((value, i) => value === tensors.get(name)!.data[i]), name);
      }
    };
    same(await file.readAll(), ["small", "large", "last"]);
    same(await file.readAll(["last", "large"]), ["last", "large"]);
    same(new Map([["large", await file.read("large")]]), ["large"]);
  });
});

Deno.test("a large tensor is not read from a file that took another's place", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/model.safetensors`;
  const bytes = encodeSafetensors(largeTensors());
  try {
    await Deno.writeFile(path, bytes);
    using file = await SafetensorsFile.open(path);
    await Deno.writeFile(`${path}.new`, bytes);
    await Deno.rename(`${path}.new`, path);
    await assert.rejects(file.read("large"), /another file took its place while it was read/);
    assert.deepEqual((await file.read("last")).data, largeTensors().get("last")!.data);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every F16 and BF16 value becomes the float32 of the same number", async () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const data = new Uint8Array(halves.buffer);
  for (const dtype of ["F16", "BF16"]) {
    const header = { w: { dtype, shape: [2 ** 16], data_offsets: [0, 2 ** 17] } };
    const { data: got } = await opened(bytesOf(header, data), (file) => file.read("w"));
    const view = new DataView(new ArrayBuffer(4));
    got.forEach((value, i) => {
      if (dtype === "F16") view.setUint16(0, i);
      else view.setUint32(0, i * 2 ** 16);
      const wanted = dtype === "F16" ? view.getFloat16(0) : view.getFloat32(0);
      assert.ok(Object.is(value, wanted), `${dtype} ${i}: got ${value} and ${wanted}`);
    });
  }
});

Deno.test("a buffer of another type can lie in the file, but is not read", async () => {
  const header = { ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
  await opened(bytesOf(header), async (file) => {
    assert.deepEqual(file.names, ["ids"]);
    await assert.rejects(file.read("ids"), /tensor "ids" is I64, expected F32, F16 or BF16/);
  });
});

const huge = bytesOf({});
new DataView(huge.buffer).setBigUint64(0, 10n ** 15n, true);
const whole = encodeSafetensors(new Map([["w", floatTensor([2], Float32Array.of(1, 2))]]));
const entry = (fields: object) =>
  bytesOf({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields } });

const at = (start: number, end: number) => ({
  dtype: "F32",
  shape: [(end - start) / 4],
  data_offsets: [start, end],
});
const two = (start: number, end: number) => ({ w: at(start, end) });
const one = (start: number) => at(start, start + 4);

const broken: [string, Uint8Array, RegExp][] = [
  ["an empty file", new Uint8Array(0), /it has 0 bytes/],
  ["a header that claims 10^15 bytes", huge, /claims 1000000000000000 bytes, the file has 18/],
  ["a file cut in its header", whole.slice(0, 40), /its header claims \d+ bytes, the file has 40/],
  ["a file cut in its data", whole.slice(0, -4), /tensor "w" lies at 0 … 8, outside the file/],
  ["a header that is not JSON", bytesOf("{nonsense"), /its header is not JSON/],
  ["a header that is no object", bytesOf("[1]"), /its header is not an object/],
  ["an entry that is no object", bytesOf({ w: 3 }), /"w" lacks a dtype/],
  ["a negative size", entry({ shape: [-2] }), /"w" lacks a dtype, a shape or offsets/],
  ["negative offsets", entry({ data_offsets: [-8, 0] }), /outside the file/],
  ["offsets that are no numbers", entry({ data_offsets: ["0", "8"] }), /outside the file/],
  ["offsets behind the end", entry({ data_offsets: [8, 16] }), /lies at 8 … 16, outside/],
  ["bytes after the last tensor", bytesOf(two(0, 8), new Uint8Array(16)), /8 … 16 belong to no/],
  ["bytes before the first tensor", bytesOf(two(8, 16), new Uint8Array(16)), /0 … 8 belong to no/],
  ["no tensor, and bytes", bytesOf({}), /bytes 0 … 8 belong to no tensor/],
  ["a hole", bytesOf({ ...two(0, 8), v: at(12, 20) }, new Uint8Array(20)), /8 … 12 belong to no/],
  ["tensors that overlap", bytesOf({ ...two(0, 8), v: at(4, 12) }, new Uint8Array(12)), /overlap/],
  ["tensors at one place", bytesOf({ ...two(0, 8), v: at(0, 8) }), /"w" and "v" overlap/],
  ["a tensor in another", bytesOf({ ...two(0, 8), v: one(4) }), /"w" and "v" overlap/],
  [
    "a name that stands twice",
    bytesOf(
      `{"w":${JSON.stringify(at(0, 8))},"w":${JSON.stringify(at(8, 16))}}`,
      new Uint8Array(16),
    ),
    /bytes 0 … 8 belong to no tensor/,
  ],
  ["a shape beyond all numbers", entry({ shape: [2 ** 40, 2 ** 40] }), /has 8 bytes/],
  ["a header without end", bytesOf("[".repeat(100_000)), /its header is not JSON/],
  ["a size that does not fit the shape", entry({ shape: [3] }), /shape \[3\] has 8 bytes/],
];

for (const [name, bytes, message] of broken) {
  Deno.test(`safetensors file: ${name} is refused by name`, async () => {
    await assert.rejects(
      opened(bytes, (file) => file.read("w")),
      (error) =>
        error instanceof UserError && message.test(error.message) &&
        error.message.includes(".safetensors"),
    );
  });
}
