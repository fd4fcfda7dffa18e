/**
 * Tests that need WebGPU.
 *
 * @module
 */
import { probe, webgpuHasFloat16 } from "./probe.ts";

/**
 * Registers a test that runs on WebGPU, or is skipped by name where no adapter answers
 * (`scripts/software_vulkan.sh` fetches one), or one without 16-bit floats where they are needed.
 */
export function webgpuTest(
  name: string,
  run: () => Promise<void>,
  { float16 = false }: { float16?: boolean } = {},
): void {
  const reason = missing?.reason ??
    (float16 && !hasFloat16 ? "the adapter has no float16" : undefined);
  const skipped = reason ? ` (skipped: ${reason})` : "";
  Deno.test({ name: `${name}${skipped}`, ignore: reason !== undefined, fn: run });
}

const missing = await probe("webgpu");
const hasFloat16 = !missing && await webgpuHasFloat16();
