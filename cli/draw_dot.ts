/**
 * Draws Graphviz's language as SVG, with Graphviz itself in WebAssembly.
 *
 * @module
 */
import { instance } from "@viz-js/viz";

/** A digraph as an SVG document. */
export async function drawDot(text: string): Promise<string> {
  const viz = await instance();
  return viz.renderString(text, { format: "svg", engine: "dot" }).trimEnd();
}
