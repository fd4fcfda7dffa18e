/**
 * Whether an execution provider can start here.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { GraphBuilder, int } from "./graph.ts";
import { type Provider, ProviderError, type Unavailable } from "./provider.ts";
import { Session } from "./session.ts";

/**
 * Loads a model of one node and runs it.
 *
 * @returns undefined when that works; why not otherwise
 */
export async function probe(provider: Provider): Promise<Unavailable | undefined> {
  const graph = new GraphBuilder("probe");
  graph.output("y", graph.node("Neg", [graph.input("x", "float32", [1])]), "float32", [1]);
  try {
    const session = await Session.create(graph.encode(), { provider, threads: 1 });
    const { y } = await session.run({
      x: { dtype: "float32", dims: [1], data: Float32Array.of(3) },
    });
    await session.release();
    if (y.data[0] === -3) return undefined;
    return { reason: `it computes −3 as ${y.data[0]}`, remedy: "update its driver" };
  } catch (error) {
    if (error instanceof ProviderError) return error.unavailable;
    return { reason: messageOf(error).split("\n")[0], remedy: "use --device cpu" };
  }
}

/**
 * Whether WebGPU's adapter computes in 16-bit floats.
 *
 * @throws {ProviderError} when WebGPU cannot start
 */
export async function webgpuHasFloat16(): Promise<boolean> {
  const graph = new GraphBuilder("float16");
  const x = graph.input("x", "float32", [1]);
  const half = graph.node("Cast", [x], { attributes: { to: int(10) } });
  const y = graph.node("Cast", [graph.node("Add", [half, half])], { attributes: { to: int(1) } });
  graph.output("y", y, "float32", [1]);
  const session = await Session.create(graph.encode(), { provider: "webgpu" });
  try {
    await session.run({ x: { dtype: "float32", dims: [1], data: Float32Array.of(3) } });
    return true;
  } catch {
    return false; // the shader is made when it is first run
  } finally {
    await session.release();
  }
}
