/**
 * Checks what is fed to a model, so that errors name the tensor and both shapes.
 *
 * @module
 */
import {
  type Dim,
  elementCount,
  formatDims,
  holdsDType,
  type HostTensor,
  type TypedArray,
  type ValueInfo,
} from "./dtype.ts";

/** Where a symbolic size was first seen. */
export type SeenSizes = Map<string, { size: number; name: string }>;

/**
 * Checks tensors against what a model declares; a tensor without `data` lies on a device.
 *
 * @param symbols sizes of symbols so far; those of these tensors are added
 * @throws {Error} when a name, dtype, dim or size does not fit
 */
export function checkTensors(
  role: "input" | "output",
  declared: readonly ValueInfo[],
  given: Readonly<Record<string, Omit<HostTensor, "data"> & { readonly data?: TypedArray }>>,
  symbols: SeenSizes,
): void {
  const byName = new Map(declared.map((value) => [value.name, value]));
  for (const [name, { dtype, dims, data }] of Object.entries(given)) {
    const value = byName.get(name);
    if (!value) {
      throw new Error(
        `Cannot run model as ${role} names must be its own: got "${name}" ` +
          `and ${quoted([...byName.keys()])}`,
      );
    }
    if (dtype !== value.dtype || (data && !holdsDType(data, dtype))) {
      const place = data ? `a ${data.constructor.name}` : "a tensor on the device";
      throw new Error(
        `Cannot run model as the dtype of ${role} "${name}" must match: ` +
          `got ${dtype} in ${place} and ${value.dtype}`,
      );
    }
    checkDims(role, value, dims, symbols);
    if (data && data.length !== elementCount(dims)) {
      throw new Error(
        `Cannot run model as the size of ${role} "${name}" must match its dims: ` +
          `got ${data.length} elements and ${formatDims(dims)}`,
      );
    }
  }
}

function checkDims(
  role: string,
  value: ValueInfo,
  dims: readonly number[],
  symbols: SeenSizes,
): void {
  const got = `got ${formatDims(dims)} and ${formatDims(value.dims)}`;
  if (dims.length !== value.dims.length) {
    throw new Error(`Cannot run model as the rank of ${role} "${value.name}" must match: ${got}`);
  }
  value.dims.forEach((dim: Dim, axis) => {
    if (typeof dim === "number") {
      if (dim === dims[axis]) return;
      throw new Error(
        `Cannot run model as the dims of ${role} "${value.name}" must match: ${got}`,
      );
    }
    if (dim === "") return;
    const known = symbols.get(dim);
    if (known === undefined) symbols.set(dim, { size: dims[axis], name: value.name });
    else if (known.size !== dims[axis]) {
      throw new Error(
        `Cannot run model as "${dim}" must be the same everywhere: got ${dims[axis]} in ` +
          `"${value.name}" and ${known.size} in "${known.name}"`,
      );
    }
  });
}

/** Names as people read them: `"a", "b"`. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
