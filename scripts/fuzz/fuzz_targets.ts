/**
 * The files that people get from strangers, each with a good one and what reads it.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { newestRun } from "../../cli/report_progress.ts";
import { readJournal } from "../../lib/core/download_journal.ts";
import { readConll } from "../../lib/corpora/conll.ts";
import { conllDefaults } from "../../lib/corpora/conll_options.ts";
import { readTarMembers } from "../../lib/corpora/tar_members.ts";
import { tarOf } from "../../lib/corpora/tar_test_archives.ts";
import { readWikiannParquet } from "../../lib/corpora/wikiann_parquet.ts";
import { parseLock } from "../../lib/store/lock.ts";
import { parseRecord } from "../../lib/store/record.ts";
import { Database } from "../../lib/table/duckdb.ts";
import { resultViews } from "../../lib/table/result_manifest.ts";
import { sqlString } from "../../lib/table/sql_text.ts";
import { createTokenizer, readTokenizerSource } from "../../lib/tokenizers/tokenizer_source.ts";
import { readConfig } from "../../lib/weights/published_weights.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

/** A kind of file. */
export interface FuzzTarget {
  /** What the file is called in a folder of its own. */
  readonly file: string;
  /** The bytes of a good one. */
  good(folder: string): Promise<Uint8Array>;
  /** Reads the file in a folder. A UserError refuses it; any other error is a mistake of ours. */
  read(folder: string): Promise<unknown> | unknown;
}

const project = fileURLToPath(new URL("../..", import.meta.url));
const bert = join(project, "tests/fixtures/hub_checkpoints/trainable/bert");
const labels = ["O", "B-PER", "I-PER"];
const digest = "0123456789abcdef".repeat(4);
const bytesOf = (text: string) => Promise.resolve(new TextEncoder().encode(text));
const fixture = (path: string) => () => Deno.readFile(path);

const manifest = {
  format: 1,
  tables: {
    scores: {
      columns: { value: { type: "DOUBLE", about: "a", nullable: true } },
      files: [{ path: "scores/a.parquet", sizeBytes: 1, axes: { seed: 1, source: "eng" } }],
    },
  },
};
const record = {
  format: 1,
  fingerprint: digest,
  instance: "a[x=1]",
  components: {
    kind: "a",
    packages: ["a@1"],
    code: "a",
    params: {},
    inputs: {},
    reads: [],
    runtime: null,
  },
  outputs: { "a.txt": { digest, sizeBytes: 3 } },
  sources: { "https://a/b": digest },
  log: digest,
  codeFiles: digest,
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:00:00.000Z",
  host: "a",
  provenance: { git: { commit: "a", dirty: false }, versions: { cpu: "a" } },
};

const events = [
  {
    event: "runStarted",
    run: "r",
    pipeline: "p",
    profile: "",
    stages: { a: 2, b: 1 },
    jobs: 1,
    durations: { a: 1.5 },
  },
  { event: "instanceStarted", instance: "a[x=1]", fingerprint: digest, verdicts: [] },
  { event: "instanceDone", instance: "a[x=1]", fingerprint: digest, seconds: 2 },
  { event: "instanceFailed", instance: "a[x=2]", fingerprint: digest, seconds: 1, log: [] },
  { event: "instanceSkipped", instance: "b", because: "a[x=2]" },
  { event: "runEnded", summary: { ran: 1, fresh: 0, failed: 1, stopped: 0, skipped: 1 } },
];

/** Every kind by its name. */
export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  manifest: {
    file: "manifest.json",
    good: async (folder) => {
      await Deno.mkdir(`${folder}/scores`);
      await Deno.writeTextFile(`${folder}/scores/a.parquet`, "x");
      return await bytesOf(JSON.stringify(manifest));
    },
    read: (folder) => resultViews(folder),
  },
  record: {
    file: "record.json",
    good: () => bytesOf(JSON.stringify(record)),
    read: async (folder) => parseRecord(await Deno.readTextFile(`${folder}/record.json`), digest),
  },
  lock: {
    file: "pipeline.lock",
    good: fixture(join(project, "experiments/e5_small_ner.lock")),
    read: async (folder) =>
      parseLock(await Deno.readTextFile(`${folder}/pipeline.lock`), "pipeline.lock"),
  },
  journal: {
    file: "x.partial.json",
    good: () => bytesOf(JSON.stringify({ url: "https://a/b", validator: '"v1"', total: 12 })),
    read: (folder) => readJournal(`${folder}/x.partial.json`, "https://a/b"),
  },
  events: {
    file: "runs/r.jsonl",
    good: async (folder) => {
      await Deno.mkdir(`${folder}/runs`);
      return await bytesOf(events.map((event) => JSON.stringify(event) + "\n").join(""));
    },
    read: (folder) => newestRun(folder, "p", ""),
  },
  safetensors: {
    file: "model.safetensors",
    good: fixture(join(bert, "model.safetensors")),
    read: (folder) => readSafetensors(`${folder}/model.safetensors`),
  },
  config: {
    file: "config.json",
    good: fixture(join(bert, "config.json")),
    read: (folder) => readConfig(folder),
  },
  tokenizer: {
    file: "tokenizer.json",
    good: () => bytesOf(JSON.stringify(tokenizer)),
    read: async (folder) => {
      const built = createTokenizer(await readTokenizerSource("tokenizer.json", folder));
      return built.encode(["ab", "ba", "", "x y"], 16);
    },
  },
  archive: {
    file: "a.tar.gz",
    good: archive,
    read: (folder) => readTarMembers(`${folder}/a.tar.gz`, new Set(["train", "dev"])),
  },
  parquet: {
    file: "a.parquet",
    good: parquet,
    read: (folder) => readWikiannParquet(`${folder}/a.parquet`, { labels, repair: [] }),
  },
  conll: {
    file: "a.conll",
    good: () => bytesOf("-DOCSTART- O\n\nAnn B-PER\nLee I-PER\nruns O\n\n".repeat(20)),
    read: async (folder) =>
      readConll(
        await Deno.readFile(`${folder}/a.conll`),
        "a.conll",
        { entityTypes: ["PER"] },
        conllDefaults,
      ),
  },
};

const tokenizer = {
  added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map((content, id) => ({
    id,
    content,
    special: true,
  })),
  normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Lowercase" }] },
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: { type: "BertProcessing", sep: ["</s>", 2], cls: ["<s>", 0] },
  decoder: null,
  model: {
    type: "BPE",
    vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, ab: 6 },
    merges: ["a b"],
    unk_token: "<unk>",
  },
};

async function archive(): Promise<Uint8Array> {
  const text = "en:a\tO\n".repeat(50);
  return gzipSync(await tarOf(["train", "dev", "extra"].map((name) => [name, text])));
}

async function parquet(folder: string): Promise<Uint8Array> {
  const path = join(folder, "good.parquet");
  using database = await Database.open();
  await database.run(
    "COPY (SELECT ['Ann', 'Lee', 'runs'] AS tokens, [1, 2, 0] AS ner_tags FROM range(40)) " +
      `TO ${sqlString(path)} (FORMAT parquet)`,
  );
  return await Deno.readFile(path);
}
