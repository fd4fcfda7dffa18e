/**
 * What tests of fetching encoders share.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { retry } from "../../corpora/testdata/fetching.ts";
import type { PublishedEncoder } from "../catalogue.ts";
import { fetchEncoder } from "../fetch_encoder.ts";
import type { HubOptions } from "../hub_files.ts";

const fixtures = fileURLToPath(new URL("../../../tests/fixtures", import.meta.url));
/** Weights in one file. */
export const bert = join(fixtures, "hub_checkpoints/trainable/bert");
/** Weights in two shards. */
export const sharded = join(fixtures, "hub_checkpoints/trainable/xlm-roberta");
const tokenizerJson = join(fixtures, "tokenizers/unigram.json");
/** What the tests call a model of the fixtures. */
export const model: PublishedEncoder = { repository: "ann/tiny", revision: "v1", sha256: {} };
const nobody = "http://127.0.0.1:9";

/** Content by name or path. */
export type Files = Map<string, Uint8Array>;

/** The files of a checkpoint of the fixtures, with a tokenizer. */
export async function filesOf(folder: string): Promise<Files> {
  const files: Files = new Map([["tokenizer.json", await Deno.readFile(tokenizerJson)]]);
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, await Deno.readFile(join(folder, name)));
  }
  return files;
}

/** The bytes of a text. */
export const text = (content: string) => new TextEncoder().encode(content);

/** The files at their place on a hub, or below the folder of a hub's host in a mirror. */
export function placed(files: Files, { repository, revision } = model): Files {
  return new Map(
    [...files].map(([name, bytes]) => [`/${repository}/resolve/${revision}/${name}`, bytes]),
  );
}

/** Writes files below a folder. */
export async function writeAll(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
}

/** Fetches into `<folder>/out`. */
export async function fetchInto(
  folder: string,
  options: Partial<HubOptions>,
  encoder: PublishedEncoder = model,
) {
  const lines: string[] = [], sources: Record<string, string> = {};
  const out = join(folder, "out");
  await Deno.mkdir(out, { recursive: true });
  await fetchEncoder(encoder, {
    config: join(out, "config.json"),
    weights: join(out, "model.safetensors"),
    tokenizer: join(out, "tokenizer.json"),
    tokenizerConfig: join(out, "tokenizer_config.json"),
  }, {
    folder: join(folder, "downloads"),
    hub: nobody,
    retry: { ...retry, attempts: 3, attemptsUnanswered: 1 },
    log: (line) => void lines.push(line),
    onSource: (url, digest) => void (sources[url] = digest),
    ...options,
  });
  return { out, lines, sources, text: (name: string) => Deno.readTextFile(join(out, name)) };
}
