/**
 * Runs a model in ONNX Runtime: the only importer of onnxruntime-node.
 *
 * @module
 */
import "./private.ts";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { messageOf } from "../core/errors.ts";
import type { DType, HostTensor, TypedArray, ValueInfo } from "./dtype.ts";
import { checkTensors, quoted, type SeenSizes } from "./feeds.ts";
import { explainStart, type Provider, ProviderError } from "./provider.ts";

/** How a session computes. */
export interface SessionOptions {
  /** Where; `cpu` when left out. */
  readonly provider?: Provider;
  /** Outputs that stay on the device, by name: on `webgpu` alone. */
  readonly onDevice?: readonly string[];
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

let handleOf: (tensor: DeviceTensor) => Tensor;
let deviceTensor: (dtype: DType, handle: Tensor) => DeviceTensor;

/** A tensor that lies on a device, until {@linkcode DeviceTensor.release}. */
export class DeviceTensor {
  readonly #handle: Tensor;

  private constructor(readonly dtype: DType, handle: Tensor) {
    this.#handle = handle;
  }

  static {
    handleOf = (tensor) => tensor.#handle;
    deviceTensor = (dtype, handle) => new DeviceTensor(dtype, handle);
  }

  /** Its shape. */
  get dims(): readonly number[] {
    return this.#handle.dims;
  }

  /** Frees its memory on the device. */
  release(): void {
    this.#handle.dispose();
  }
}

/** What a run may be fed. */
export type Feeds = Readonly<Record<string, HostTensor | DeviceTensor>>;

/** A model, loaded for one execution provider, with deterministic kernels where it has them. */
export class Session {
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;
  readonly #profiling: boolean;
  readonly #onDevice: ReadonlySet<string>;
  #runtimeMs = 0;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];

  private constructor(
    session: InferenceSession,
    tensor: typeof Tensor,
    options: SessionOptions,
  ) {
    this.#session = session;
    this.#Tensor = tensor;
    this.#profiling = options.profilePrefix !== undefined;
    this.#onDevice = new Set(options.onDevice);
    this.inputs = session.inputMetadata.map(toValueInfo);
    this.outputs = session.outputMetadata.map(toValueInfo);
  }

  /** Time that the runtime itself has taken in all calls of {@linkcode run}, without our own part. */
  get runtimeMs(): number {
    return this.#runtimeMs;
  }

  /**
   * Loads a model from its bytes. On `webgpu` every node must run there: nothing falls back to the
   * processor, so an operator that is missing is an error here and no slow surprise.
   *
   * @throws {ProviderError} when the provider cannot start, with what to do about it
   * @throws {Error} when ONNX Runtime rejects the model; its own words are the `cause`
   */
  static async create(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const { provider = "cpu", onDevice = [] } = options;
    if (onDevice.length > 0 && provider !== "webgpu") {
      throw new Error(
        `Cannot keep outputs on the device of provider "${provider}": only webgpu can`,
      );
    }
    try {
      // Not before: what only plans loads no native code.
      const runtime = await import("onnxruntime-node");
      const session = await runtime.InferenceSession.create(model, settings(options));
      return new Session(session, runtime.Tensor, options);
    } catch (cause) {
      const reason = explainStart(provider, messageOf(cause));
      if (reason) throw new ProviderError(provider, reason, cause);
      throw new Error(
        `Cannot load model as ONNX Runtime rejects it: ${messageOf(cause)}`,
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
   * @returns every output of the model that does not stay on the device, by name
   * @throws {Error} when a name, dtype, dim or size does not fit the model
   */
  async run(
    feeds: Feeds,
    preallocated: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    return (await this.runOnDevice(feeds, preallocated)).host;
  }

  /**
   * As {@linkcode run}, with the outputs that stay on the device too. Whoever calls releases them.
   */
  async runOnDevice(
    feeds: Feeds,
    preallocated: Readonly<Record<string, HostTensor>> = {},
  ): Promise<{
    readonly host: Record<string, HostTensor>;
    readonly device: Record<string, DeviceTensor>;
  }> {
    const symbols: SeenSizes = new Map();
    checkTensors("input", this.inputs, feeds, symbols);
    for (const { name } of this.inputs) {
      if (!(name in feeds)) {
        throw new Error(
          `Cannot run model as every input must be fed: got ${quoted(Object.keys(feeds))} ` +
            `and "${name}" is missing`,
        );
      }
    }
    checkTensors("output", this.outputs, preallocated, symbols);
    const fetches: Record<string, Tensor | null> = {};
    for (const { name } of this.outputs) {
      fetches[name] = name in preallocated ? this.#tensorOf(preallocated[name]) : null;
    }
    const inputs: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = this.#tensorOf(tensor);
    const start = performance.now();
    const results = await this.#session.run(inputs, fetches);
    this.#runtimeMs += performance.now() - start;
    const host: Record<string, HostTensor> = {}, device: Record<string, DeviceTensor> = {};
    for (const { name, dtype } of this.outputs) {
      if (this.#onDevice.has(name)) device[name] = deviceTensor(dtype, results[name]);
      else {
        const { dims, data } = results[name];
        host[name] = preallocated[name] ?? { dtype, dims, data: data as TypedArray };
      }
    }
    return { host, device };
  }

  #tensorOf(tensor: HostTensor | DeviceTensor): Tensor {
    if (tensor instanceof DeviceTensor) return handleOf(tensor);
    return new this.#Tensor(tensor.dtype, tensor.data as Float32Array, tensor.dims);
  }

  /** Frees the session's memory, and ends its profile when there is one. */
  async release(): Promise<void> {
    if (this.#profiling) this.#session.endProfiling();
    await this.#session.release();
  }
}

function settings(options: SessionOptions): InferenceSession.SessionOptions {
  const { provider = "cpu", onDevice = [], threads, profilePrefix } = options;
  return {
    executionProviders: [provider],
    executionMode: "sequential",
    interOpNumThreads: 1,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    graphOptimizationLevel: options.graphOptimizationLevel ?? "all",
    enableMemPattern: options.enableMemPattern ?? false,
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(onDevice.length === 0 ? {} : {
      preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, "gpu-buffer"])),
    }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    extra: {
      session: {
        intra_op: { allow_spinning: options.allowSpinning ?? true ? "1" : "0" },
        use_deterministic_compute: "1",
        ...(provider === "webgpu" ? { disable_cpu_ep_fallback: "1" } : {}),
      },
    },
  };
}

function toValueInfo(value: InferenceSession.ValueMetadata): ValueInfo {
  if (!value.isTensor) throw new Error(`Cannot use "${value.name}" as it must be a tensor`);
  return { name: value.name, dtype: value.type as DType, dims: value.shape };
}
