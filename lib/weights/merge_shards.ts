/**
 * Brings the shards of published weights together in one safetensors file.
 *
 * @module
 */
import { basename } from "node:path";
import { UserError } from "../core/errors.ts";
import { writeAll } from "./safetensors.ts";
import { SafetensorsFile } from "./safetensors_file.ts";
import { encodeHeader, type SizedTensor } from "./safetensors_format.ts";

/** A file of weights, and the tensors that are wanted of it. */
export interface Shard {
  readonly path: string;
  readonly tensors: readonly string[];
}

/**
 * Writes the tensors of all shards into one file, in the order given and with their own types. A few
 * MiB are held in memory.
 *
 * @param model for errors
 * @throws {UserError} when a shard is no safetensors file or lacks one of its tensors
 */
export async function mergeShards(
  model: string,
  shards: readonly Shard[],
  to: string,
): Promise<void> {
  using stack = new DisposableStack();
  const tensors: { name: string; file: SafetensorsFile; sized: SizedTensor }[] = [];
  for (const { path, tensors: names } of shards) {
    const file = stack.use(await SafetensorsFile.open(path));
    for (const name of names) {
      const sized = file.sizeOf(name);
      if (sized) tensors.push({ name, file, sized });
      else {
        throw new UserError({
          message: `Cannot load ${model} as tensor "${name}" is not in ${basename(path)}, where ` +
            "its index has it",
          hint: "index and shards must be of one revision: fetch them again",
        });
      }
    }
  }
  const out = stack.use(await Deno.open(to, { write: true, create: true, truncate: true }));
  writeAll(out, encodeHeader(tensors.map(({ name, sized }) => [name, sized])));
  for (const { name, file } of tensors) {
    for await (const piece of file.bytesOf(name)) writeAll(out, piece);
  }
}
