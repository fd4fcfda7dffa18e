/**
 * Copies float32 tensors to and from a WebGPU device.
 *
 * @module
 */
import type { HostTensor } from "./dtype.ts";
import { GraphBuilder } from "./graph.ts";
import { type DeviceTensor, Session } from "./session.ts";

/**
 * The runtime cannot read a tensor on a device by itself: its `getData` ends the process. A model
 * of one Identity node can, and one whose output stays on the device brings a tensor there.
 */
export class DeviceCopies {
  readonly #sessions = new Map<string, Promise<Session>>();

  /**
   * A copy on the device, to be released.
   *
   * @throws {UserError} when the provider cannot start
   */
  async upload(tensor: HostTensor): Promise<DeviceTensor> {
    const session = await this.#session("up", tensor.dims.length);
    return (await session.runOnDevice({ x: tensor })).device.y;
  }

  /**
   * A copy on the host.
   *
   * @throws {UserError} when the provider cannot start
   */
  async download(tensor: DeviceTensor): Promise<HostTensor> {
    const session = await this.#session("down", tensor.dims.length);
    return (await session.run({ x: tensor })).y;
  }

  /** Frees the sessions; tensors stay. Of one that did not start, whoever asked for it knows. */
  async release(): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const each of sessions) if (each.status === "fulfilled") await each.value.release();
  }

  #session(way: "up" | "down", rank: number): Promise<Session> {
    const key = `${way} ${rank}`;
    let session = this.#sessions.get(key);
    if (!session) {
      const dims = Array.from({ length: rank }, (_, axis) => `D${axis}`);
      const graph = new GraphBuilder("copy");
      const x = graph.input("x", "float32", dims);
      graph.output("y", graph.node("Identity", [x]), "float32", dims);
      const onDevice = way === "up" ? ["y"] : [];
      session = Session.create(graph.encode(), { provider: "webgpu", onDevice });
      this.#sessions.set(key, session);
    }
    return session;
  }
}
