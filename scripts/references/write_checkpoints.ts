/**
 * Writes a checkpoint folder for every family and head as crosstie does, with the logits that it
 * computes, for scripts/references/load_checkpoints.py to load in Python.
 *
 * Usage: deno run -A scripts/references/write_checkpoints.ts FOLDER
 *
 * @module
 */
import { join } from "node:path";
import { device } from "../../lib/engine/cpu.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import { Session } from "../../lib/onnx/session.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import {
  batchOf,
  graphsOf,
  parametersFor,
  readReference,
  referenceNames,
} from "./recorded_encoders.ts";

/** Writes `<family>.<head>/` with config.json, model.safetensors and logits.json; gives the names. */
export async function writeCheckpoints(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const family of referenceNames) {
    const reference = await readReference(family);
    const config = parseEncoderConfig(reference.config);
    const labels = Array.from({ length: reference.numLabels }, (_, i) => `label ${i}`);
    for (const check of reference.cases) {
      if (check.slicing || check.tokenTypeIds) continue;
      const { graph } = graphsOf(config, reference.numLabels, check);
      const feeds = parametersFor(reference, check);
      const { shared } = batchOf(reference, config, check);
      const session = await Session.create(device.evaluationModel(graph), { threads: 1 });
      const { logits } = await session.run({ ...shared, ...feeds });
      await session.release();

      const name = `${family}.${check.head}`;
      const to = join(folder, name);
      await Deno.mkdir(to, { recursive: true });
      const published = publishedConfig(
        config,
        check.head,
        check.head === "MaskedLM" ? [] : labels,
      );
      await Deno.writeTextFile(join(to, "config.json"), JSON.stringify(published, null, 2) + "\n");
      const weights = new Map(graph.specs.map(({ name }) => [name, feeds[name]]));
      writeSafetensors(join(to, "model.safetensors"), weights);
      await Deno.writeTextFile(
        join(to, "logits.json"),
        JSON.stringify({
          inputIds: reference.inputIds,
          positions: Array.from(shared.labelPositions.data, Number),
          dims: logits.dims,
          values: Array.from(logits.data, Number),
        }) + "\n",
      );
      names.push(name);
    }
  }
  return names;
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (!folder) throw new Error("Cannot write checkpoints without a folder: name one");
  for (const name of await writeCheckpoints(folder)) console.log(name);
}
