/**
 * Runs a model in ONNX Runtime on typed arrays: the only importer of onnxruntime-node.
 *
 * @module
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import {
  type Dim,
  type DType,
  elementCount,
  formatDims,
  holdsDType,
  type HostTensor,
  type TypedArray,
  type ValueInfo,
} from "./dtype.ts";

/** How a session computes. */
export interface SessionOptions {
  /** Threads within one operator; ONNX Runtime's own choice when left out. */
  readonly threads?: number;
  /** Whether idle threads wait in a busy loop: faster by a little, at the price of CPU time. */
  readonly allowSpinning?: boolean;
  /** Plans memory ahead for fixed shapes; costs peak memory, so it is off by default. */
  readonly enableMemPattern?: boolean;
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "all";
  /** Writes a trace of every kernel to `<prefix>_<date>.json` until {@link Session.release}. */
  readonly profilePrefix?: string;
}

/** A model, loaded for the CPU execution provider, with deterministic kernels. */
export class Session {
  readonly #session: InferenceSession;
  readonly #profiling: boolean;
  #runtimeMs = 0;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];

  private constructor(session: InferenceSession, profiling: boolean) {
    this.#session = session;
    this.#profiling = profiling;
    this.inputs = session.inputMetadata.map(toValueInfo);
    this.outputs = session.outputMetadata.map(toValueInfo);
  }

  /** Time that the runtime itself has taken in all calls of {@linkcode run}, without our own part. */
  get runtimeMs(): number {
    return this.#runtimeMs;
  }

  /**
   * Loads a model from its bytes.
   *
   * @throws {Error} when ONNX Runtime rejects the model; its own words are the `cause`
   */
  static async create(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const profiling = options.profilePrefix !== undefined;
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: ["cpu"],
        executionMode: "sequential",
        interOpNumThreads: 1,
        ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
        graphOptimizationLevel: options.graphOptimizationLevel ?? "all",
        enableMemPattern: options.enableMemPattern ?? false,
        enableCpuMemArena: true,
        logSeverityLevel: 3,
        ...(profiling ? { enableProfiling: true, profileFilePrefix: options.profilePrefix } : {}),
        extra: {
          session: {
            intra_op: { allow_spinning: options.allowSpinning ?? true ? "1" : "0" },
            use_deterministic_compute: "1",
          },
        },
      });
      return new Session(session, profiling);
    } catch (cause) {
      throw new Error(
        `Cannot load model as ONNX Runtime rejects it: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  /**
   * Runs the model once. The call blocks the event loop until it is done, so that training belongs
   * in a Worker.
   *
   * @param feeds one tensor per input, by name
   * @param preallocated arrays for outputs, by name: they are written in place and come back as
   *   they are. An array may also be fed, when every use of the input precedes the output.
   * @returns every output of the model, by name
   * @throws {Error} when a name, dtype, dim or size does not fit the model
   */
  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    preallocated: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    const symbols = new Map<string, { size: number; name: string }>();
    const inputs = toTensors("input", this.inputs, feeds, symbols);
    for (const { name } of this.inputs) {
      if (!(name in feeds)) {
        throw new Error(
          `Cannot run model as every input must be fed: got ${quoted(Object.keys(feeds))} ` +
            `and "${name}" is missing`,
        );
      }
    }
    const fetches: Record<string, Tensor | null> = {};
    for (const { name } of this.outputs) fetches[name] = null;
    Object.assign(fetches, toTensors("output", this.outputs, preallocated, symbols));
    const start = performance.now();
    const results = await this.#session.run(inputs, fetches);
    this.#runtimeMs += performance.now() - start;
    const outputs: Record<string, HostTensor> = {};
    for (const { name, dtype } of this.outputs) {
      const { dims, data } = results[name];
      outputs[name] = preallocated[name] ?? { dtype, dims, data: data as TypedArray };
    }
    return outputs;
  }

  /** Frees the session's memory, and ends its profile when there is one. */
  async release(): Promise<void> {
    if (this.#profiling) this.#session.endProfiling();
    await this.#session.release();
  }
}

function toValueInfo(value: InferenceSession.ValueMetadata): ValueInfo {
  if (!value.isTensor) throw new Error(`Cannot use "${value.name}" as it must be a tensor`);
  return { name: value.name, dtype: value.type as DType, dims: value.shape };
}

function toTensors(
  role: "input" | "output",
  declared: readonly ValueInfo[],
  given: Readonly<Record<string, HostTensor>>,
  symbols: Map<string, { size: number; name: string }>,
): Record<string, Tensor> {
  const byName = new Map(declared.map((value) => [value.name, value]));
  const tensors: Record<string, Tensor> = {};
  for (const [name, { dtype, dims, data }] of Object.entries(given)) {
    const value = byName.get(name);
    if (!value) {
      throw new Error(
        `Cannot run model as ${role} names must be its own: got "${name}" ` +
          `and ${quoted([...byName.keys()])}`,
      );
    }
    if (dtype !== value.dtype || !holdsDType(data, dtype)) {
      throw new Error(
        `Cannot run model as the dtype of ${role} "${name}" must match: ` +
          `got ${dtype} in a ${data.constructor.name} and ${value.dtype}`,
      );
    }
    checkDims(role, value, dims, symbols);
    if (data.length !== elementCount(dims)) {
      throw new Error(
        `Cannot run model as the size of ${role} "${name}" must match its dims: ` +
          `got ${data.length} elements and ${formatDims(dims)}`,
      );
    }
    tensors[name] = new Tensor(dtype, data as Float32Array, dims);
  }
  return tensors;
}

function checkDims(
  role: string,
  value: ValueInfo,
  dims: readonly number[],
  symbols: Map<string, { size: number; name: string }>,
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

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
