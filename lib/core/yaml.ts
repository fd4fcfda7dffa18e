/**
 * Reads YAML into plain values that remember where in the file they were written.
 *
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Json } from "./canonical_json.ts";
import { messageOf, type Problem, type SourceRange, UserError } from "./errors.ts";
import { suggest } from "./suggest.ts";
import { controlCharacters, decodeUtf8 } from "./yaml_text.ts";
import { anchorsOf, maxDepth, openBefore, tooDeep } from "./yaml_shape.ts";
import { inOurWords } from "./yaml_words.ts";

/** The largest YAML file that is read, in bytes. */
export const maxYamlBytes = 256 * 1024;
/** How many values aliases may stand for in one file. */
const maxAliased = 10_000;
/** How many errors of syntax are looked at. */
const maxSyntaxErrors = 50;

/** The way to a value: keys and list positions from the root. */
export type YamlPath = readonly (string | number)[];

/** A parsed YAML document. */
export interface YamlDocument {
  readonly value: Json;
  /**
   * Where a value stands, or its key. A path that leads to nothing gives the nearest parent's key.
   */
  rangeOf(path: YamlPath, part?: "key" | "value"): SourceRange;
}

/**
 * Parses YAML 1.2. Keys are strings; dates, binaries and other tags are refused.
 *
 * @param file the name that errors show
 * @throws {UserError} with every problem and its place
 */
export function parseYaml(text: string, file: string): YamlDocument {
  try {
    return parse(text, file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`Cannot read "${file}": it is nested too deeply`, { cause: error });
  }
}

function parse(text: string, file: string): YamlDocument {
  if (text.length > maxYamlBytes) throw new UserError(tooLarge(file, text.length));
  const deep = tooDeep(text);
  if (deep !== undefined) {
    const before = text.slice(0, deep);
    const start = before.lastIndexOf("\n") + 1;
    const range = {
      file,
      line: before.split("\n").length,
      column: deep - start + 1,
      length: 1,
      lineText: text.slice(start).split(/\r?\n/, 1)[0],
    };
    const hint = "close what was opened, or nest less";
    throw new UserError({
      message: `Cannot read more than ${maxDepth} nested values`,
      range,
      hint,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const problems: Problem[] = [];
  const textLines = text.split(/\r?\n/);
  const rangeAt = (start: number, end: number): SourceRange => {
    const { line, col } = lines.linePos(Math.min(start, text.length));
    const lineText = textLines[line - 1] ?? "";
    const firstLine = text.slice(start, end).split(/\r?\n/)[0].trimEnd();
    return { file, line, column: col, length: Math.max(1, firstLine.length), lineText };
  };
  problems.push(...controlCharacters(text, rangeAt));
  if (problems.length > 0) throw new UserError(problems);
  const end = text.trimEnd().length;
  const errors = [...document.errors, ...document.warnings];
  for (const error of errors.slice(0, maxSyntaxErrors)) {
    if (/call stack/.test(error.message)) throw new RangeError(error.message);
    const { message, hint, missing } = inOurWords(error.message);
    const open = missing === undefined ? undefined : openBefore(document, text, missing, end);
    const range = open === undefined
      ? rangeAt(Math.min(error.pos[0], end), error.pos[1])
      : rangeAt(open, open + 1);
    // The second on one line follows from the first.
    if (problems.at(-1)?.range?.line !== range.line) problems.push({ message, range, hint });
    if (error.code === "TAB_AS_INDENT") break; // every line after it looks wrong
  }
  const version = document.directives?.yaml.version;
  if (problems.length === 0 && version !== undefined && version !== "1.2") {
    const hint = "take out this directive: files are YAML 1.2";
    problems.push({ message: `Cannot read YAML ${version}`, range: rangeAt(0, end), hint });
  }
  if (problems.length > 0) throw new UserError(problems);

  const rangeOfNode = (node: Node | null): SourceRange =>
    node?.range ? rangeAt(node.range[0], node.range[1]) : rangeAt(0, 0);
  const { anchors, targets } = anchorsOf(document);
  let aliased = 0;
  let outermost: SourceRange | undefined;
  const open = new Set<Node | null>();
  const convert = (given: unknown): Located => {
    const node = (isAlias(given) ? targets.get(given) : given) as Node | null;
    const range = rangeOfNode(given as Node | null);
    if (isAlias(given) && (!node || open.has(node))) {
      const { source } = given;
      const message = node
        ? `Cannot use alias "*${source}" inside itself`
        : `Cannot find "&${source}" before alias "*${source}"`;
      const hint = node ? undefined : suggest(source, anchors) ?? "put text with * in quotes";
      problems.push({ message, range, hint });
      return { range, scalar: null };
    }
    const first = isAlias(given) && !outermost;
    if (first) outermost = range;
    if (outermost && ++aliased > maxAliased) {
      const message = `Cannot use aliases for more than ${maxAliased} values`;
      const hint = "each alias stands for all its values again: write fewer";
      if (aliased === maxAliased + 1) problems.push({ message, range: outermost, hint });
      if (first) outermost = undefined;
      return { range, scalar: null };
    }
    open.add(node);
    const located = convertNode(node, range);
    open.delete(node);
    if (first) outermost = undefined;
    return located;
  };
  const convertNode = (node: Node | null, range: SourceRange): Located => {
    if (isMap(node)) {
      const entries = new Map<string, { keyRange: SourceRange; value: Located }>();
      for (const pair of node.items) {
        const keyRange = rangeOfNode(pair.key as Node);
        if (!isScalar(pair.key)) {
          problems.push({ message: "Cannot use a list or mapping as a key", range: keyRange });
          continue;
        }
        const key = pair.key.source ?? String(pair.key.value);
        if (key === "<<" && pair.key.type === "PLAIN") {
          problems.push({
            message: 'Cannot use merge key "<<"',
            range: keyRange,
            hint: "write the keys out: YAML 1.2 does not merge",
          });
          continue;
        }
        const first = entries.get(key);
        if (first) {
          problems.push({
            message: `Cannot use key "${key}" twice in one mapping`,
            range: keyRange,
            hint: `it is already on line ${first.keyRange.line}, column ${first.keyRange.column}`,
          });
          continue;
        }
        entries.set(key, { keyRange, value: convert(pair.value) });
      }
      return { range, entries };
    }
    if (isSeq(node)) return { range, items: node.items.map(convert) };
    const value = isScalar(node) ? node.value : null;
    if (value === null || typeof value === "string" || typeof value === "boolean") {
      return { range, scalar: value };
    }
    if (typeof value === "number" && Number.isFinite(value)) {
      if (isScalar(node) && /^[+-]?\d+$/.test(node.source ?? "") && !Number.isSafeInteger(value)) {
        problems.push({
          message: `Cannot keep every digit of ${node.source}`,
          range,
          hint: "put it in quotes to use it as text",
        });
      }
      return { range, scalar: value };
    }
    const shown = typeof value === "number" ? String(value) : "this";
    problems.push({
      message: `Cannot use ${shown} as a value`,
      range,
      hint: "values are text, finite numbers, true, false, null, lists and mappings",
    });
    return { range, scalar: null };
  };
  const root = convert(document.contents);
  if (problems.length > 0) throw new UserError(problems);
  return {
    value: plainValue(root),
    rangeOf: (path, part = "value") => findRange(root, path, part),
  };
}

/**
 * Reads and parses a YAML file of at most 256 KiB in UTF-8.
 *
 * @throws {UserError} when it cannot be read or parsed
 */
export async function readYaml(path: string, shownAs = path): Promise<YamlDocument> {
  let bytes: Uint8Array;
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new UserError(`Cannot read "${shownAs}": it is not a file`);
    if (size > maxYamlBytes) throw new UserError(tooLarge(shownAs, size));
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError({
        message: `Cannot find "${shownAs}"`,
        hint: "name a file with -f FILE",
      });
    }
    throw new UserError(`Cannot read "${shownAs}": ${messageOf(error)}`, { cause: error });
  }
  return parseYaml(decodeUtf8(bytes, shownAs), shownAs);
}

/** Parses one YAML value, such as the right side of `--set key=value`. */
export function parseYamlValue(text: string, shownAs: string): Json {
  return parseYaml(text, shownAs).value;
}

interface Located {
  range: SourceRange;
  scalar?: null | boolean | number | string;
  items?: Located[];
  entries?: Map<string, { keyRange: SourceRange; value: Located }>;
}

function plainValue(node: Located): Json {
  if (node.items) return node.items.map(plainValue);
  if (!node.entries) return node.scalar ?? null;
  const object: Record<string, Json> = Object.create(null);
  for (const [key, { value }] of node.entries) object[key] = plainValue(value);
  return { ...object };
}

function findRange(root: Located, path: YamlPath, part: "key" | "value"): SourceRange {
  let node = root;
  let keyRange = { ...root.range, length: 1 };
  for (const step of path) {
    const entry = node.entries?.get(String(step));
    const item = node.items?.[Number(step)];
    if (entry) {
      ({ keyRange, value: node } = entry);
    } else if (item) {
      keyRange = item.range;
      node = item;
    } else {
      return node.entries || node.items ? keyRange : node.range;
    }
  }
  return part === "key" ? keyRange : node.range;
}

function tooLarge(file: string, sizeBytes: number): Problem {
  return {
    message: `Cannot read "${file}": it has ${sizeBytes} bytes, more than ${maxYamlBytes}`,
    hint: "name another file, or take out what is generated",
  };
}
