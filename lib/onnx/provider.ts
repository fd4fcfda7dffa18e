/**
 * Execution providers: what each is asked for, and what to do when one cannot start.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";

/** Where a session computes. */
export type Provider = "cpu" | "webgpu" | "cuda";

/** Every provider. */
export const providers = ["cpu", "webgpu", "cuda"] as const satisfies readonly Provider[];

/** Why a provider cannot start, and what to do. */
export interface Unavailable {
  readonly reason: string;
  readonly remedy: string;
}

/** Reasons by what the runtime says, with what to do about each. */
const failures: readonly {
  readonly provider: Provider;
  readonly says: RegExp;
  readonly reason: string;
  readonly remedy: string;
}[] = [
  {
    provider: "cuda",
    says: /Failed to load shared library|CUDA execution provider is not enabled/,
    reason: "its libraries are not installed, or CUDA 12 and cuDNN 9 are not on the loader's path",
    remedy: "on linux/x64 with an NVIDIA driver run: deno approve-scripts npm:onnxruntime-node, " +
      "then deno install; put CUDA 12 and cuDNN 9 on LD_LIBRARY_PATH",
  },
  {
    provider: "cuda",
    says: /CUDA (failure|error)|no CUDA-capable device|driver version is insufficient/i,
    reason: "no NVIDIA graphics processor answers",
    remedy: "nvidia-smi must list a device; update the NVIDIA driver to one for CUDA 12",
  },
  {
    provider: "webgpu",
    says: /Failed to get a WebGPU adapter|No supported adapters/,
    reason: "no graphics adapter was found",
    remedy: "install a Vulkan loader and driver (Debian: libvulkan1 and mesa-vulkan-drivers, " +
      "Mesa 25 or later); scripts/software_vulkan.sh fetches a driver that needs no graphics card",
  },
];

/**
 * What the runtime's message says about a provider that did not start; undefined when it is about
 * something else, such as a wrong model.
 */
export function explainStart(provider: Provider, message: string): Unavailable | undefined {
  const known = failures.find((each) => each.provider === provider && each.says.test(message));
  return known && { reason: known.reason, remedy: known.remedy };
}

/**
 * What the runtime prints on standard error about a library that the loader did not find: it names
 * the library, which its message does not.
 */
export function explainLoader(printed: string): Unavailable | undefined {
  const file = /Failed to load library \S+ with error: ([^:\s]+): cannot open shared object file/
    .exec(printed)?.[1]?.split("/").at(-1);
  if (file === undefined) return undefined;
  return file.startsWith("libonnxruntime_providers")
    ? {
      reason: `${file} is not installed`,
      remedy: "on linux/x64 run: deno approve-scripts npm:onnxruntime-node, then deno install",
    }
    : {
      reason: `${file} is not on the loader's path`,
      remedy: "install CUDA and cuDNN of the versions that it names, and put their folders on " +
        "LD_LIBRARY_PATH; libcuda.so.1 comes with the NVIDIA driver",
    };
}

/** A provider that was asked for and cannot start. */
export class ProviderError extends UserError {
  constructor(provider: Provider, readonly unavailable: Unavailable, cause: unknown) {
    const message = `Cannot use --device ${provider}: ${unavailable.reason}`;
    super({ message, hint: unavailable.remedy }, { cause });
  }
}
