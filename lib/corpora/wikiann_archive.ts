/**
 * Reads the raw archives of WikiANN (Rahimi et al. 2019): one `tar.gz` per language with a member
 * per split and lines `en:word<TAB>TAG`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { extract } from "tar-stream";
import { messageOf, UserError } from "../core/errors.ts";
import { OddityLog } from "./oddity_log.ts";
import type { Split } from "./tagged.ts";
import {
  type ReadSplit,
  readTaggedLines,
  type TaggedLine,
  type TaggedLinesOptions,
} from "./tagged_lines.ts";

/** How an archive is to be taken. */
export interface WikiannArchiveOptions {
  missingTags: TaggedLinesOptions["missingTags"];
}

/** What holds for an archive where the catalogue says nothing else. */
export const wikiannArchiveDefaults: WikiannArchiveOptions = { missingTags: "error" };

/**
 * Reads the members that the catalogue names as splits. Other members (`extra` in some languages)
 * are noted with the first split as `extraMember` and left; a split can be made of one by naming
 * it in the catalogue.
 *
 * @param path the archive
 * @param members which member each split is, such as `validation: "dev"`
 * @throws {UserError} when the archive is broken, a member is missing, or a line cannot be read
 * (as archive/member:line:column)
 */
export async function readWikiannArchive(
  path: string,
  members: Readonly<Partial<Record<Split, string>>>,
  entityTypes: readonly string[],
  options: WikiannArchiveOptions,
): Promise<Partial<Record<Split, ReadSplit>>> {
  const contents = await readMembers(path);
  const wanted = new Set(Object.values(members));
  const extra = new OddityLog();
  for (const [name, { byteLength }] of contents) {
    if (!wanted.has(name)) {
      extra.note("extraMember", "dropped", null, `${name} (${byteLength} bytes)`);
    }
  }
  const splits: Partial<Record<Split, ReadSplit>> = {};
  for (const [split, member] of Object.entries(members) as [Split, string][]) {
    const bytes = contents.get(member);
    if (bytes === undefined) {
      throw new UserError(
        `Cannot read the ${split} split: ${path} has no member "${member}", only ${
          [...contents.keys()].map((name) => `"${name}"`).join(", ") || "none at all"
        }`,
      );
    }
    const read = readTaggedLines(
      bytes,
      `${path}/${member}`,
      entityTypes,
      { encoding: "utf-8", scheme: "iob2", repairMojibake: false, ...options },
      parseLine,
    );
    splits[split] = read;
  }
  Object.values(splits)[0]?.oddities.push(...extra.oddities());
  return splits;
}

/** `en:word<TAB>TAG`. Words contain colons, so that only the first one ends the language. */
function parseLine(line: string): TaggedLine {
  const colon = line.indexOf(":");
  if (colon < 0) {
    return {
      kind: "problem",
      message: `Cannot find the language before the word: expected "language:word<TAB>TAG"`,
      column: 1,
      length: line.length,
    };
  }
  const tab = line.lastIndexOf("\t");
  return tab < colon ? { kind: "word", token: line.slice(colon + 1), tagColumn: 1 } : {
    kind: "word",
    token: line.slice(colon + 1, tab),
    tag: line.slice(tab + 1),
    tagColumn: tab + 2,
  };
}

/** The regular files of a gzipped tar archive, by name without a leading `./`. */
async function readMembers(path: string): Promise<Map<string, Uint8Array>> {
  const members = new Map<string, Uint8Array>();
  const file = await Deno.open(path);
  try {
    const unzipped = file.readable.pipeThrough(new DecompressionStream("gzip"));
    const archive = extract();
    archive.end(Buffer.from(await new Response(unzipped).arrayBuffer()));
    for await (const entry of archive) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      if (entry.header.type !== "file") continue;
      members.set(entry.header.name.replace(/^\.\//, ""), Buffer.concat(chunks));
    }
  } catch (cause) {
    throw new UserError({
      message: `Cannot read the archive ${path}: ${messageOf(cause)}`,
      hint: "the file is truncated, damaged or no tar.gz",
    }, { cause });
  }
  return members;
}
