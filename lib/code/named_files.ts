/**
 * Finds what modules load otherwise than by an import that a bundler follows: files that they name
 * by URL. What could load something that nobody can name is refused.
 *
 * @module
 */
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildResult, Location, Message } from "esbuild";
import { type Problem, type SourceRange, UserError } from "../core/errors.ts";
import { statIfThere } from "../core/file_state.ts";

/** What a bundler makes of modules. */
export type BuildOutcome = BuildResult<{ metafile: true; write: false }>;

const lineBreak = /\r\n|[\r\n\u2028\u2029]/;

/** The file of a path with a `?query`. */
export function fileOf(path: string): string {
  return path.replace(/[?#].*$/, "");
}

/**
 * The files that each file of a bundle names by URL; folders do not count.
 *
 * @throws {UserError} with every place that could load what is not named in quotes
 */
export async function namedFiles(
  { warnings, metafile }: BuildOutcome,
  projectFolder: string,
): Promise<Map<string, string[]>> {
  const named = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const { id, location } of warnings as (Message & { location: Location })[]) {
    if (id === "unsupported-dynamic-import") {
      problems.push(computed(rangeOf(location)));
    } else if (id === "empty-import-meta") {
      const range = rangeOf(location);
      const found = await nameAt(location, projectFolder);
      if (found.problem) problems.push({ ...found.problem, range });
      if (found.path !== undefined) {
        named.set(range.file, [...named.get(range.file) ?? [], found.path]);
      }
    }
  }
  for (const [file, { format, imports }] of Object.entries(metafile.inputs)) {
    if (format === "cjs" || /\.c[jt]s$/.test(fileOf(file))) {
      const message = `Cannot follow ${file}: a CommonJS module loads what it likes`;
      problems.push({ message, hint: "write it with import and export" });
    }
    const isPattern = ({ path, external }: typeof imports[0]): boolean =>
      external === true && /^\.{0,2}\/.*\*/.test(path);
    if (imports.some(isPattern)) problems.push(await patternIn(fileOf(file), projectFolder));
  }
  if (problems.length > 0) throw new UserError(problems);
  return named;
}

/** What a bundler found wrong, in words that say what to do. */
export function problemOf({ text, pluginName, detail, location }: Message): Problem {
  if (!location) return { message: `Cannot bundle the code of a stage: ${text}` };
  const range = rangeOf(location);
  if (pluginName) return { message: text, hint: detail, range };
  const marked = range.lineText.slice(range.column - 1, range.column - 1 + range.length);
  const noLoader = /^No loader/.test(text);
  // A pattern takes in files of any kind.
  if (noLoader && !/^(["'])[^"']*\1$/.test(marked)) return computed(range);
  const hint = noLoader ? 'read it from new URL("./file", import.meta.url)' : undefined;
  return { message: `Cannot bundle the code of a stage: ${text}`, range, hint };
}

function computed(range?: SourceRange, file = ""): Problem {
  const message =
    `Cannot follow ${range ? "this import" : `an import of ${file}`}: its module is ` +
    "known only when it runs";
  const hint = 'name the module in quotes; to choose among several, write import("…") for each';
  return { message, hint, range };
}

/** The import of a file that a bundler took for a pattern; it does not say where. */
async function patternIn(file: string, projectFolder: string): Promise<Problem> {
  const lines = (await Deno.readTextFile(resolve(projectFolder, file))).split(lineBreak);
  const pattern = /\bimport\((?!\s*(["'])[^"']*\1\s*[,)])/;
  const line = lines.findIndex((each) => pattern.test(each));
  if (line < 0) return computed(undefined, file);
  const lineText = lines[line], column = lineText.search(pattern) + 1;
  return computed({ file, line: line + 1, column, length: "import".length, lineText });
}

/** What a use of `import.meta` names; neither a path nor a problem when it is a folder. */
async function nameAt(
  { file, namespace, line, column, lineText }: Location,
  projectFolder: string,
): Promise<{ path?: string; problem?: Problem }> {
  const isFile = namespace === "" || namespace === "file";
  const path = resolve(projectFolder, fileOf(file));
  const lines = isFile ? (await Deno.readTextFile(path)).split(lineBreak) : [];
  const at = charactersIn(lineText, column);
  const before = [...lines.slice(Math.max(0, line - 5), line - 1), lineText.slice(0, at)];
  const after = [lineText.slice(at), ...lines.slice(line, line + 4)].join("\n");
  if (/^import\.meta\.main\b/.test(after)) return {};
  const [, , name = undefined] = /^import\.meta\.url\s*,?\s*\)/.test(after)
    ? /\bnew URL\(\s*(["'`])([^"'`\\$]+)\1\s*,\s*$/.exec(before.join("\n")) ?? []
    : /^import\.meta\.resolve\(\s*(["'`])(\.[^"'`\\$]*)\1\s*,?\s*\)/.exec(after) ?? [];
  if (name === undefined || !URL.canParse(name, "file:///") || URL.canParse(name)) {
    const message =
      "Cannot follow this use of import.meta: what it leads to does not count as code";
    return {
      problem: {
        message,
        hint: 'write new URL("./file", import.meta.url), with the name in quotes',
      },
    };
  }
  const found = fileURLToPath(new URL(name, pathToFileURL(`${dirname(path)}/`)));
  const info = statIfThere(found);
  if (info?.isDirectory || name.endsWith("/")) return {};
  if (info) return { path: relative(projectFolder, found) };
  return { problem: { message: `Cannot find "${name}", which counts as code of a stage` } };
}

function rangeOf({ file, line, column, length, lineText }: Location): SourceRange {
  const start = charactersIn(lineText, column);
  const end = charactersIn(lineText, column + length);
  return { file: fileOf(file), line, column: start + 1, length: end - start, lineText };
}

/** How many characters the first bytes of a text are in UTF-8. */
function charactersIn(text: string, bytes: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes)).length;
}
