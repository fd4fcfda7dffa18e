/**
 * Whether WebGPU can start here, for tests that need it.
 *
 * @module
 */
import { probe } from "./probe.ts";

/**
 * Registers a test that runs on WebGPU, or is skipped by name where no adapter answers
 * (`scripts/software_vulkan.sh` fetches one).
 */
export function webgpuTest(name: string, run: () => Promise<void>): void {
  const skipped = missing ? ` (skipped: ${missing.reason})` : "";
  Deno.test({ name: `${name}${skipped}`, ignore: missing !== undefined, fn: run });
}

const missing = await probe("webgpu");
