/**
 * WebAssembly text, assembled where it runs: the source that we read is the source that runs.
 *
 * @module
 */
import wabt from "wabt";

/** Assembles a module with 128-bit SIMD. @throws Error for text that is no module, with its place */
export async function assemble(name: string, text: string): Promise<WebAssembly.Module> {
  const tools = await wabt();
  const parsed = tools.parseWat(name, text, { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return await WebAssembly.compile(new Uint8Array(buffer));
}
