/**
 * Reads the adapters that AdapterHub and PEFT have written and writes them anew, for
 * scripts/references/load_adapters.py to load in Python.
 *
 * Usage: deno run -A scripts/references/write_adapters.ts FOLDER
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFile } from "../../lib/core/file_kinds.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { tokenHead } from "../../lib/models/encoder/heads/token.ts";
import { readAdapter, writeAdapter } from "../../lib/weights/adapter_files.ts";
import { readTaggingHead, writeTaggingHead } from "../../lib/weights/adapter_head_files.ts";
import { readLora, writeLora } from "../../lib/weights/lora_files.ts";
import { readReference } from "./recorded_encoders.ts";

const fixtures = fileURLToPath(new URL("../../tests/fixtures/adapters", import.meta.url));

/** Writes `FOLDER/<case>/<adapter>/` for each recorded case; gives the names of the cases. */
export async function writeAdapters(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(fixtures)) {
    if (!isDirectory) continue;
    names.push(name);
    const { family, stack } = JSON.parse(
      await Deno.readTextFile(join(fixtures, name, "recorded.json")),
    );
    const reference = await readReference(family);
    const config = parseEncoderConfig(reference.config);
    for (const each of stack ?? []) {
      const from = join(fixtures, name, each), to = join(folder, name, each);
      const adapter = await readAdapter(from, config);
      await writeAdapter(to, config, adapter, adapter.weights);
      if (!await isFile(join(from, "head_config.json"))) continue;
      await writeTaggingHead(to, config, await readTaggingHead(from, config));
    }
    if (stack) continue;
    const { parameters } = tokenHead(config, reference.numLabels);
    const lora = await readLora(join(fixtures, name, "lora"), config, parameters);
    await writeLora(join(folder, name, "lora"), config, lora, parameters);
  }
  return names.sort();
}

if (import.meta.main) console.log((await writeAdapters(Deno.args[0])).join(" "));
