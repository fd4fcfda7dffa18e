/**
 * Whether WebGPU can start here, for tests that need it.
 *
 * @module
 */
import { GraphBuilder } from "./graph.ts";
import { Session } from "./session.ts";

/**
 * Registers a test that runs on WebGPU, or is skipped by name where no adapter answers
 * (`scripts/software_vulkan.sh` fetches one).
 */
export function webgpuTest(name: string, run: () => Promise<void>): void {
  const skipped = adapter === undefined ? "" : ` (skipped: ${adapter})`;
  Deno.test({ name: `${name}${skipped}`, ignore: adapter !== undefined, fn: run });
}

const adapter: string | undefined = await missingAdapter();

async function missingAdapter(): Promise<string | undefined> {
  const graph = new GraphBuilder("probe");
  graph.output("y", graph.node("Neg", [graph.input("x", "float32", [1])]), "float32", [1]);
  try {
    await (await Session.create(graph.encode(), { provider: "webgpu" })).release();
    return undefined;
  } catch {
    return "no WebGPU adapter";
  }
}
