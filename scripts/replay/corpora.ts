/**
 * Corpora of strangers: B4, B5, C2, and what their words do to a terminal, B6.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { Database } from "../../lib/table/duckdb.ts";
import { sqlString } from "../../lib/table/sql_text.ts";
import { type Attack, harmless, holds, type Outcome, refused } from "./attack.ts";
import type { Lab, Ran } from "./lab.ts";

/** A file of words that is read as it is. */
const own = (file: string) =>
  `name: own
stages:
  corpus:
    use: read
    with: { corpus: own, language: eng, format: conll, entityTypes: [PER], files: { train: ${file} } }
`;
const wikiann = (corpus: string) =>
  `name: bomb
stages:
  corpus: { use: download, with: { corpus: ${corpus}, language: sw } }
`;

/** A corpus in a mirror's folder, which must be refused. */
function mirrored(
  about: string,
  corpus: string,
  path: string,
  write: (path: string) => Promise<void>,
  judge: (ran: Ran) => Outcome,
): Attack {
  return {
    id: "B4",
    about,
    begins: "nothing",
    async attack(lab) {
      const file = lab.at("mirror", path);
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await write(file);
      await lab.write("pipeline.yaml", wikiann(corpus));
      const env = { CROSSTIE_MIRROR: lab.at("mirror") };
      const ran = await lab.run(["run"], { env, within: 500 });
      await Deno.remove(lab.at("mirror"), { recursive: true });
      return judge(ran);
    },
  };
}

/** A header of tar. */
function tarHeader(name: string, sizeBytes: number): Uint8Array {
  const header = new Uint8Array(512);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** An archive of a large member of zeros and three small ones, as several members of gzip. */
async function archive(path: string, large: string, mebibytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const put = async (bytes: Uint8Array) => {
    let rest: Uint8Array = gzipSync(bytes);
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
  };
  const small = new TextEncoder().encode("sw:Dodoma\tB-LOC\nsw:ni\tO\n\n".repeat(4));
  const padded = new Uint8Array(512);
  padded.set(small);
  for (const name of ["train", "dev", "test"]) {
    if (name !== large) await put(new Uint8Array([...tarHeader(name, small.length), ...padded]));
  }
  await put(tarHeader(large, mebibytes * 2 ** 20));
  const zeros = gzipSync(new Uint8Array(2 ** 26));
  for (let i = 0; i < mebibytes / 64; i++) {
    let rest: Uint8Array = zeros;
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
  }
  await put(new Uint8Array(1_024));
}

async function parquet(path: string, query: string): Promise<void> {
  using database = await Database.open();
  await database.run(`COPY (${query}) TO ${sqlString(path)} (FORMAT parquet, COMPRESSION zstd)`);
}

/** Every split of WikiANN's Parquet is the same bomb. */
function bombs(query: string) {
  return async (path: string) => {
    await parquet(path, query);
    for (const split of ["validation", "test"]) {
      await Deno.copyFile(path, path.replace("train", split));
    }
  };
}

function words(
  id: string,
  about: string,
  bytes: string | Uint8Array,
  judge: (ran: Ran, lab: Lab) => Promise<Outcome> | Outcome,
): Attack {
  return {
    id,
    about: `a CoNLL file: ${about}`,
    begins: "nothing",
    async attack(lab) {
      await lab.write("own.conll", bytes);
      await lab.write("pipeline.yaml", own("own.conll"));
      return await judge(await lab.run(["run"]), lab);
    },
  };
}

const good = "Ann B-PER\nsleeps O\n\n".repeat(20);
const utf16 = new Uint8Array(2 + 2 * good.length);
utf16.set([0xff, 0xfe]);
for (let i = 0; i < good.length; i++) utf16[2 + 2 * i] = good.charCodeAt(i);
const parquetPath =
  "huggingface.co/datasets/unimelb-nlp/wikiann/resolve/main/sw/train-00000-of-00001.parquet";

/** The attacks. */
export const corpora: readonly Attack[] = [
  mirrored(
    "tar.gz with a member of 1 GiB that nobody asked for",
    "wikiann-raw",
    "mmner/wikiann/sw.tar.gz",
    (path) => archive(path, "extra", 1024),
    (ran) => harmless(ran, /1 ran, 0 fresh, 0 failed/),
  ),
  mirrored(
    "tar.gz whose train is 6 GiB",
    "wikiann-raw",
    "mmner/wikiann/sw.tar.gz",
    (path) => archive(path, "train", 6 * 1024),
    (ran) => refused(ran, /Cannot read the archive/),
  ),
  mirrored(
    "Parquet: 40 equal words of 32 MiB",
    "wikiann",
    parquetPath,
    bombs("SELECT [repeat('x', 33554432)] AS tokens, [0] AS ner_tags FROM range(40)"),
    (ran) => refused(ran, /Cannot read/),
  ),
  mirrored(
    "Parquet: one list of 20,000,000 words",
    "wikiann",
    parquetPath,
    bombs(
      "SELECT list_transform(range(20000000), lambda i: 'x') AS tokens, " +
        "list_transform(range(20000000), lambda i: 0) AS ner_tags",
    ),
    (ran) => refused(ran, /Cannot read/),
  ),
  words(
    "B5",
    "one line with 1,000,000 spaces inside",
    `${good}A${" ".repeat(1e6)}B O\n`,
    (ran) => ran.code === 0 ? harmless(ran, /1 ran/) : refused(ran, /Cannot/),
  ),
  words(
    "B6",
    "a title for the terminal's window as a word",
    `\x1b]0;pwn\x07 O\n${good}`,
    async (ran, lab) => {
      holds(ran.code === 0, ran.stderr);
      const oddities = await lab.run(["sql", "SELECT kind, example FROM oddities"]);
      return harmless(oddities, /control/i);
    },
  ),
  words("C2", "UTF-16", utf16, (ran) => refused(ran, /UTF-16/)),
  words("C2", "gzip", gzipSync(good), (ran) => refused(ran, /gzip/)),
  mirrored(
    "Parquet: columns of other types (C2)",
    "wikiann",
    parquetPath,
    bombs("SELECT 1 AS tokens, 'x' AS ner_tags"),
    (ran) => refused(ran, /Cannot read.*tokens|Cannot/),
  ),
  mirrored(
    "Parquet: lists of lists (C3)",
    "wikiann",
    parquetPath,
    bombs("SELECT [['a'], ['b']] AS tokens, [0, 0] AS ner_tags FROM range(9)"),
    (ran) => refused(ran, /Cannot/),
  ),
];
