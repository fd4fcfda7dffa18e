/**
 * Thousands of corpus files with something wrong: each is refused with its place, or read as a
 * second, independent reader reads it.
 */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { readConll } from "./conll.ts";
import { conllDefaults } from "./conll_options.ts";
import { conlluDefaults, readConllu } from "./conllu.ts";
import type { ReadSplit } from "./tagged_lines.ts";
import { tarOf } from "./tar_test_archives.ts";
import { readWikiannArchive } from "./wikiann_archive.ts";

const files = 2_000;
const entityTypes = ["PER", "LOC"];

interface Independent {
  sentences: { tokens: string[]; tags: string[] }[];
  counts: Record<string, number>;
}

/** Reads the lines of a file by its documented rules, and with none of the readers' code. */
function independent(
  bytes: Uint8Array,
  parse: (line: string) => [string, string],
  leftOut = /^-DOCSTART-(?=[ \t]|$)/,
): Independent {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const counts = {
    carriageReturns: text.split("\r\n").length - 1,
    loneCarriageReturns: text.replaceAll("\r\n", "").split("\r").length - 1,
    emptyToken: 0,
    documentMarker: 0,
    orphanInside: 0,
  };
  const sentences: Independent["sentences"] = [];
  let tokens: string[] = [], tags: string[] = [];
  const end = () => {
    if (tokens.length > 0) sentences.push({ tokens, tags });
    [tokens, tags] = [[], []];
  };
  for (const line of text.replaceAll("\uFEFF", "").split(/\r\n|\r|\n/)) {
    if (/^[ \t]*$/.test(line)) end();
    else if (leftOut.test(line)) {
      if (!line.startsWith("-DOCSTART-")) continue;
      end();
      counts.documentMarker++;
    } else {
      const [token, tag] = parse(line);
      if (token === "") counts.emptyToken++;
      const before = tags.at(-1) ?? "O";
      if (tag[0] === "I" && (before === "O" || before.slice(2) !== tag.slice(2))) {
        counts.orphanInside++;
      }
      tokens.push(token === "" ? "\uFFFD" : token);
      tags.push(tag);
    }
  }
  end();
  return { sentences, counts };
}

/** What may happen to a file on its way, each with a place to happen at. */
const mutations: readonly ((text: string, random: CounterRandom) => string | Uint8Array)[] = [
  (text, random) => changeBytes(text, random, (bytes, at) => bytes[at] ^= 1 << random.integer(8)),
  (text, random) => changeBytes(text, random, (bytes, at) => bytes[at] = random.integer(256)),
  (text, random) => text.slice(0, random.integer(text.length)),
  (text, random) => text.slice(random.integer(text.length)),
  (text, random) =>
    changeLine(text, random, (line) => line.slice(0, random.integer(line.length + 1))),
  (text, random) => changeLine(text, random, (line) => line.slice(random.integer(line.length + 1))),
  (text, random) => changeLine(text, random, (line) => `${line}\n${line}`),
  (text, random) => changeLine(text, random, (line) => line + random.pick(lineEnds)),
  (text, random) =>
    changeLine(text, random, (line) => random.pick(["\uFEFF", "\u00A0", "\u200B"]) + line),
  (text, random) =>
    changeLine(text, random, (line) => line.replace(/[ \t]/, random.pick(separators))),
  (text, random) =>
    changeLine(text, random, (line) => line + random.pick([...separators, " O", "\tO"])),
  (text, random) => text.replaceAll("\n", random.pick(lineEnds)),
  (text, random) =>
    text.replace(/[ \t]/g, () => random.integer(9) > 0 ? " " : random.pick(separators)),
  (text, random) => text.replaceAll(/[ \t]/g, random.pick(separators)),
  (text) => Uint8Array.from(text, (character) => character.charCodeAt(0)),
  (text, random) => utf16(text, random.integer(2) === 0, random.integer(2) === 0),
  (text) => new TextDecoder("latin1").decode(new TextEncoder().encode(text)),
  (text) => text.normalize("NFD"),
  (text, random) => text + random.pick(["\0", "\x1a", "\uFEFF", "x", "\n\n\n", "\r"]),
  (text) => `\uFEFF${text}${text.startsWith("\uFEFF") ? "" : "\uFEFF"}${text}`,
];
const lineEnds = ["\r\n", "\r", "\n\r", "\r\r\n", "\u2028", "\u0085", "\v", "\n\n", " "];
const separators = [" ", "\t", "  ", "\u00A0", "\u3000", ",", ""];

function changeBytes(
  text: string,
  random: CounterRandom,
  change: (bytes: Uint8Array, at: number) => void,
): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i <= random.integer(3); i++) change(bytes, random.integer(bytes.length));
  return bytes;
}

function changeLine(
  text: string,
  random: CounterRandom,
  change: (line: string) => string,
): string {
  const lines = text.split("\n");
  const at = random.integer(lines.length);
  return lines.with(at, change(lines[at])).join("\n");
}

function utf16(text: string, isLittle: boolean, hasMark: boolean): Uint8Array {
  const units = (hasMark ? "\uFEFF" : "") + text;
  const view = new DataView(new ArrayBuffer(2 * units.length));
  [...Array(units.length).keys()].forEach((i) =>
    view.setUint16(2 * i, units.charCodeAt(i), isLittle)
  );
  return new Uint8Array(view.buffer);
}

/** A small corpus: words with accents and colons, entities, a marker, a blank line at odd places. */
function corpus(random: CounterRandom, line: (token: string, tag: string) => string): string {
  const names = ["Ada", "Zoë", "José", "São", "Lü", "12:30", ":", "-", "#", "a.b"];
  let text = random.integer(5) === 0 && line("", "") === " " ? "-DOCSTART- O\n\n" : "";
  for (let sentence = 0; sentence < 2 + random.integer(3); sentence++) {
    let before = "O";
    for (let word = 0; word < 1 + random.integer(5); word++) {
      const tag = random.pick(["O", "O", "B-PER", "B-LOC", before.replace("B-", "I-")]);
      text += `${line(random.pick(names), tag)}\n`;
      before = tag;
    }
    text += "\n";
  }
  return text;
}

/** Lines of a word, a space and a tag as CoNLL-U, with comments and ranges here and there. */
function asConllu(text: string): string {
  let index = 0;
  return text.split("\n").map((line) => {
    if (line === "") {
      index = 0;
      return "";
    }
    const [word, tag] = line.split(" ");
    const row = (id: string) => [id, word, word, tag, "_", "_", "0", "x", "_", "_"].join("\t");
    const before = index === 0 ? `# text = ${word}\n` : word === "-" ? `${row("1-2")}\n` : "";
    return before + row(String(++index));
  }).join("\n");
}

function mutated(
  format: string,
  number: number,
  line: (token: string, tag: string) => string,
  convert = (text: string) => text,
): Uint8Array {
  const random = new CounterRandom("sweep", format, number);
  let text: string | Uint8Array = convert(corpus(random, line));
  for (let i = 0; i <= random.integer(2) && typeof text === "string"; i++) {
    text = mutations[(number + i * 7) % mutations.length](text, random);
  }
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** How a file came out; throws where the two readers disagree. */
async function outcomeOf(
  read: () => ReadSplit | Promise<ReadSplit>,
  second: () => Independent,
  about: string,
): Promise<"read" | "refused"> {
  let split: ReadSplit;
  try {
    split = await read();
  } catch (error) {
    assert.ok(error instanceof UserError, `${about}: ${error}`);
    assert.match(error.message, /^[^\n]*(f|x\.tar\/train):\d+:\d+: Cannot /, about);
    return "refused";
  }
  const { sentences, counts } = second();
  assert.deepEqual(split.sentences, sentences, about);
  for (const [kind, count] of Object.entries(counts)) {
    const noted = split.oddities.filter(({ oddity }) => oddity === kind);
    assert.equal(noted.reduce((sum, row) => sum + row.count, 0), count, `${about}: ${kind}`);
  }
  return "read";
}

function assertBoth(outcomes: readonly string[]): void {
  const read = outcomes.filter((outcome) => outcome === "read").length;
  assert.ok(read > files / 5, `only ${read} of ${files} were read`);
  assert.ok(files - read > files / 5, `only ${files - read} of ${files} were refused`);
}

for (
  const [format, separator] of [["two columns, a space", " "], [
    "two columns, a tab",
    "\t",
  ]] as const
) {
  Deno.test(`${files} mutated column files (${format}) are read by two readers alike`, async () => {
    const outcomes: string[] = [];
    const options = {
      ...conllDefaults,
      separator: separator === " " ? "space" as const : "tab" as const,
    };
    const parse = (whole: string): [string, string] => {
      const line = whole.replace(/[ \t]+$/, "");
      const at = line.indexOf(separator);
      return [line.slice(0, at), line.slice(line.lastIndexOf(separator) + 1)];
    };
    for (let number = 0; number < files; number++) {
      const bytes = mutated(format, number, (token, tag) => `${token}${separator}${tag}`);
      outcomes.push(
        await outcomeOf(
          () => readConll(bytes, "f", { entityTypes }, options),
          () => independent(bytes, parse),
          `file ${number}: ${JSON.stringify(new TextDecoder().decode(bytes))}`,
        ),
      );
    }
    assertBoth(outcomes);
  });
}

Deno.test(`${files} mutated files of CoNLL-U are read by two readers alike`, async () => {
  const outcomes: string[] = [];
  const tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
  const parse = (line: string): [string, string] => [line.split("\t")[1], line.split("\t")[3]];
  for (let number = 0; number < files; number++) {
    const bytes = mutated("conllu", number, (token, tag) => `${token} ${tag}`, asConllu);
    outcomes.push(
      await outcomeOf(
        () => readConllu(bytes, "f", { tags }, conlluDefaults),
        () => {
          const second = independent(bytes, parse, /^(?:#|[0-9]+[-.][0-9]+\t)/);
          return { ...second, counts: { ...second.counts, orphanInside: 0 } };
        },
        `file ${number}: ${JSON.stringify(new TextDecoder().decode(bytes))}`,
      ),
    );
  }
  assertBoth(outcomes);
});

Deno.test(`${files} mutated archives of WikiANN are read by two readers alike`, async () => {
  const folder = await Deno.makeTempDir();
  const outcomes: string[] = [];
  const path = `${folder}/x.tar`;
  const members = { train: "train" };
  const options = { missingTags: "error", repair: [] } as const;
  const parse = (whole: string): [string, string] => {
    const line = whole.replace(/[ \t]+$/, "");
    const tab = line.lastIndexOf("\t");
    return [line.slice(line.indexOf(":") + 1, tab), line.slice(tab + 1)];
  };
  try {
    for (let number = 0; number < files; number++) {
      const bytes = mutated("archive", number, (token, tag) => `xx:${token}\t${tag}`);
      await Deno.writeFile(path, await tarOf([["train", bytes]]));
      outcomes.push(
        await outcomeOf(
          async () => (await readWikiannArchive(path, "xx", members, entityTypes, options)).train!,
          () => independent(bytes, parse),
          `archive ${number}: ${JSON.stringify(new TextDecoder().decode(bytes))}`,
        ),
      );
    }
    assertBoth(outcomes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
