/**
 * Reads the tensors of files that torch.save has written, and refuses everything else that a pickle
 * can hold. Nothing in a file is ever run.
 *
 * @module
 */
import { readSmallBytes } from "../core/small_file.ts";
import { UserError } from "../core/errors.ts";
import { elementCount, type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import { type Pickled, PickledMap, PickledName, readPickle } from "./pickle.ts";
import { toFloat32 } from "./safetensors_format.ts";
import { isZip, zipEntries } from "./stored_zip.ts";

/** The storages that are read: their element types, as safetensors calls them, and bytes of each. */
const storages: Readonly<Record<string, { readonly dtype: string; readonly sizeBytes: number }>> = {
  "torch.FloatStorage": { dtype: "F32", sizeBytes: 4 },
  "torch.HalfStorage": { dtype: "F16", sizeBytes: 2 },
  "torch.BFloat16Storage": { dtype: "BF16", sizeBytes: 2 },
};
const orderedDict = "collections.OrderedDict";
const rebuildTensor = "torch._utils._rebuild_tensor_v2";
const allowed = new Set([orderedDict, rebuildTensor, ...Object.keys(storages)]);

/** An adapter or a head is far smaller, in bytes. */
const mostBytes = 2 ** 30;

/** What begins a file of PyTorch before 1.6, as does its version. */
const magicNumber = 0x1950a86a20f9469cfc6cn, oldVersion = 1001;

/** Numbers that tensors share. */
class Storage {
  constructor(readonly key: string, readonly type: string, readonly count: number) {}
}

/** A tensor, before its numbers are read. */
class PickledTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly size: readonly number[],
    readonly stride: readonly number[],
  ) {}
}

/** The bytes of a storage. */
type BytesOf = (storage: Storage) => Uint8Array<ArrayBuffer>;

/**
 * Reads a dict of tensors, such as `pytorch_adapter.bin`, as float32.
 *
 * @throws {UserError} when the file holds anything but a dict of float tensors, is cut or damaged
 */
export async function readTorchTensors(path: string): Promise<Map<string, FloatTensor>> {
  return torchTensors(path, await readSmallBytes(path, mostBytes));
}

/** The same of the bytes of a file. */
export function torchTensors(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Map<string, FloatTensor> {
  const refuse = (why: string) =>
    new UserError({
      message: `Cannot read ${path} as tensors: ${why}`,
      hint: "a pickle can run code, so only dicts of float tensors are read; save it again with " +
        "safetensors, or as torch.save(model.state_dict(), path)",
    });
  const { tensors, bytesOf } = isZip(bytes) ? ofArchive(bytes, refuse) : ofStream(bytes, refuse);
  return new Map([...tensors].map(([name, tensor]) => [
    name,
    numbersOf(name, tensor, bytesOf, refuse),
  ]));
}

/** A dict of tensors, and nothing else. */
function dictOf(value: Pickled, refuse: (why: string) => Error): Map<string, PickledTensor> {
  if (!(value instanceof PickledMap)) throw refuse(`it holds ${kindOf(value)}, not a dict`);
  const tensors = new Map<string, PickledTensor>();
  for (const [name, tensor] of value) {
    if (typeof name !== "string") throw refuse(`it has ${kindOf(name)} as a tensor's name`);
    if (!(tensor instanceof PickledTensor)) throw refuse(`"${name}" is ${kindOf(tensor)}`);
    tensors.set(name, tensor);
  }
  return tensors;
}

/** What a reader of pickles does at names, calls and storages. */
function readerOf(refuse: (why: string) => Error) {
  return {
    refuse,
    name(found: PickledName) {
      if (allowed.has(`${found}`)) return;
      throw refuse(
        /^torch\.\w+Storage$/.test(`${found}`)
          ? `it has numbers of ${found}, expected ${Object.keys(storages).join(", ")}`
          : `it asks for ${found}, which is no tensor`,
      );
    },
    call(found: PickledName, args: readonly Pickled[]): Pickled {
      if (`${found}` === orderedDict && args.length === 0) return new PickledMap();
      if (`${found}` === rebuildTensor) return tensorOf(args, refuse);
      throw refuse(`it calls ${found} with ${args.length} arguments`);
    },
    persistent(id: Pickled): Pickled {
      const [tag, type, key, _device, count, view] = Array.isArray(id) ? id : [];
      if (
        tag !== "storage" || !(type instanceof PickledName) || typeof key !== "string" ||
        !isCount(count) || (view ?? null) !== null || !Object.hasOwn(storages, `${type}`)
      ) throw refuse("its storages are none that torch.save writes");
      return new Storage(key, `${type}`, count);
    },
  };
}

function tensorOf(args: readonly Pickled[], refuse: (why: string) => Error): PickledTensor {
  const [storage, offset, size, stride] = args;
  if (
    !(storage instanceof Storage) || !isCount(offset) || !areCounts(size) || !areCounts(stride) ||
    size.length !== stride.length
  ) throw refuse("a tensor of it lacks a storage, a size or strides");
  const last = size.reduce((sum, count, i) => sum + (count - 1) * stride[i], offset);
  const count = elementCount(size);
  if (count > storage.count || (count > 0 && last >= storage.count)) {
    throw refuse(`a tensor of shape [${size}] reaches beyond its storage of ${storage.count}`);
  }
  return new PickledTensor(storage, offset, size, stride);
}

/** A file of PyTorch from 1.6 on: an archive with a pickle and a file for each storage. */
function ofArchive(bytes: Uint8Array<ArrayBuffer>, refuse: (why: string) => Error) {
  const entries = zipEntries(bytes, refuse);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw refuse("it is an archive that torch.save has not written");
  const root = pickles[0].slice(0, -"/data.pkl".length);
  if (entries.has(`${root}/constants.pkl`)) throw refuse("it is a TorchScript program");
  const order = entries.get(`${root}/byteorder`);
  if (order && new TextDecoder().decode(order) !== "little") {
    throw refuse("its numbers are big-endian");
  }
  const { value } = readPickle(entries.get(pickles[0])!, 0, readerOf(refuse));
  const bytesOf: BytesOf = ({ key }) => {
    const found = entries.get(`${root}/data/${key}`);
    if (!found) throw refuse(`its storage "${key}" is missing`);
    return found;
  };
  return { tensors: dictOf(value, refuse), bytesOf };
}

/** A file of PyTorch before 1.6: pickles one after another, and then each storage. */
function ofStream(bytes: Uint8Array<ArrayBuffer>, refuse: (why: string) => Error) {
  const reader = readerOf(refuse);
  let at = 0;
  const next = () => {
    const { value, end } = readPickle(bytes, at, reader);
    at = end;
    return value;
  };
  if (next() !== magicNumber || next() !== oldVersion) {
    throw refuse("it is a pickle that torch.save has not written");
  }
  const system = next();
  if (!(system instanceof PickledMap) || system.get("little_endian") !== true) {
    throw refuse("its numbers are big-endian");
  }
  const tensors = dictOf(next(), refuse), keys = next();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = new Map<Pickled, number>();
  const countBytes = 8;
  const sizes = new Map<string, number>();
  for (const { storage: { key, type, count } } of tensors.values()) {
    sizes.set(key, storages[type].sizeBytes * count);
  }
  for (const key of Array.isArray(keys) ? keys : []) {
    const size = typeof key === "string" ? sizes.get(key) : undefined;
    if (size === undefined) throw refuse("it has a storage that no tensor needs");
    if (at + countBytes + size > bytes.length) throw refuse(`its storage "${key}" is cut`);
    if (view.getBigInt64(at, true) < 0n) throw refuse(`its storage "${key}" is damaged`);
    starts.set(key, at + countBytes);
    at += countBytes + size;
  }
  const bytesOf: BytesOf = ({ key, type, count }) => {
    const start = starts.get(key);
    if (start === undefined) throw refuse(`its storage "${key}" is missing`);
    if (view.getBigInt64(start - countBytes, true) !== BigInt(count)) {
      throw refuse(`its storage "${key}" is of another size`);
    }
    return bytes.subarray(start, start + storages[type].sizeBytes * count);
  };
  return { tensors, bytesOf };
}

/** The numbers of a tensor in row-major order. */
function numbersOf(
  name: string,
  { storage, offset, size, stride }: PickledTensor,
  bytesOf: BytesOf,
  refuse: (why: string) => Error,
): FloatTensor {
  const { dtype, sizeBytes } = storages[storage.type];
  const bytes = bytesOf(storage);
  if (bytes.length !== sizeBytes * storage.count) {
    throw refuse(
      `the storage of "${name}" has ${bytes.length} bytes, not ${storage.count} numbers`,
    );
  }
  const all = toFloat32(bytes.slice(), { dtype, shape: size, data_offsets: [0, bytes.length] });
  const values = new Float32Array(elementCount(size));
  const place = size.map(() => 0);
  for (let i = 0, from = offset; i < values.length; i++) {
    values[i] = all[from];
    for (let axis = size.length - 1; axis >= 0; axis--) {
      from += stride[axis];
      if (++place[axis] < size[axis]) break;
      from -= size[axis] * stride[axis];
      place[axis] = 0;
    }
  }
  return floatTensor(size, values);
}

function isCount(value: Pickled | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function areCounts(value: Pickled | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function kindOf(value: Pickled): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return "a list";
  if (value instanceof PickledMap) return "a dict";
  if (value instanceof PickledTensor) return "a tensor";
  if (value instanceof PickledName) return `${value}`;
  return typeof value === "string" ? "a text" : `the ${typeof value} ${value}`;
}
