/**
 * Errors that people can act on: what is wrong, where, and what to do.
 *
 * @module
 */
import { showControls } from "./controls.ts";
import { displayWidth } from "./display_width.ts";

/** A place in a file that a person wrote. Lines and columns count from 1. */
export interface SourceRange {
  file: string;
  line: number;
  column: number;
  /** Characters to underline on that line. */
  length: number;
  /** The whole line, without its line break. */
  lineText: string;
}

/** One thing that is wrong, with its place when it has one. */
export interface Problem {
  message: string;
  range?: SourceRange;
  hint?: string;
  severity?: "error" | "warning";
  /** The param of a stage that it is about, where a stage found it and knows no place. */
  param?: readonly (string | number)[];
}

/** How many problems are printed at once. */
const shownProblems = 50;
/** How much of a line is printed, in characters. */
const shownCharacters = 100;

/**
 * Something a person can mend: a wrong file, option or environment. The command line prints it
 * without a stack trace and exits with 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly problems: readonly Problem[];

  constructor(problems: string | Problem | readonly Problem[], options?: ErrorOptions) {
    const list = typeof problems === "string"
      ? [{ message: problems }]
      : Array.isArray(problems)
      ? problems as readonly Problem[]
      : [problems as Problem];
    const shown = list.slice(0, shownProblems).map(formatProblem);
    if (list.length > shownProblems) shown.push(`and ${list.length - shownProblems} more problems`);
    super(shown.join("\n\n"), options);
    this.problems = list;
  }
}

/**
 * Prints a problem as `file:line:column: message`, the line, a squiggle and a hint. Controls, which
 * values of other people's files may hold, are shown as pictures.
 *
 * @example
 * ```ts
 * formatProblem({ message: 'Cannot use key "matrx"', hint: 'did you mean "matrix"?' });
 * ```
 */
export function formatProblem(problem: Problem): string {
  const { message, range, hint } = problem;
  const lines: string[] = [];
  const label = problem.severity === "warning" ? "warning: " : "";
  if (range) {
    const place = `${showControls(range.file)}:${range.line}:${range.column}`;
    lines.push(`${place}: ${label}${shortened(message)}`);
    lines.push(...underlined(range));
  } else {
    lines.push(label + shortened(message));
  }
  if (hint) lines.push(`  ${shortened(hint)}`);
  return lines.join("\n");
}

/** The line of a range, cut where it is long, with a squiggle. */
function underlined({ lineText, column, length }: SourceRange): string[] {
  const visible = showControls(lineText);
  const start = column - 1;
  const cut = visible.length > shownCharacters;
  const left = cut ? Math.max(0, Math.min(start - 40, visible.length - shownCharacters)) : 0;
  const right = cut ? left + shownCharacters : visible.length;
  const before = (left > 0 ? "…" : "") + visible.slice(left, start);
  const marked = visible.slice(start, Math.min(start + Math.max(1, length), right));
  const after = visible.slice(start + marked.length, right) + (right < visible.length ? "…" : "");
  const indent = before.replace(/[^\t]+/g, (text) => " ".repeat(displayWidth(text)));
  const squiggle = "~".repeat(Math.max(1, displayWidth(marked)));
  return [`  ${before}${marked}${after}`, `  ${indent}${squiggle}`];
}

/** A text whose lines are not longer than anybody reads, with controls shown. */
function shortened(text: string): string {
  const lines = showControls(text).split("\n");
  return lines.map((line) =>
    line.length <= 1_000 ? line : `${line.slice(0, 500)}…${line.slice(-499)}`
  )
    .join("\n");
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || `${error.name} without a message`;
  if (typeof error === "string") return error || "an empty text";
  return Deno.inspect(error);
}

/** What to do about what an operating system refuses. */
const systemHints: Readonly<Record<string, string>> = {
  ENOSPC: "free some space on this disk, or use another one",
  EDQUOT: "free some of your quota on this disk, or use another one",
  EROFS: "use a folder that can be written to",
  EACCES: "use a folder that you may read and write",
  EPERM: "use a folder that you may read and write",
  ENOTDIR: "a file stands where a folder should be: move it away",
  EISDIR: "a folder stands where a file should be: move it away",
  EMFILE: "raise the limit of open files (ulimit -n), or use fewer --jobs",
  ENFILE: "close other programs, or use fewer --jobs",
  ENOMEM: "close other programs, or use fewer --jobs",
  EIO: "check this disk: it cannot be read or written",
  ENAMETOOLONG: "use a folder with a shorter path",
};

/**
 * An error of the machine (a full disk, a folder that cannot be written) as one that a person can
 * mend; undefined for any other error.
 */
export function environmentError(error: unknown): UserError | undefined {
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== "string" || !Object.hasOwn(systemHints, code)) return undefined;
  const message = `Cannot go on: ${messageOf(error)}`;
  return new UserError({ message, hint: systemHints[code] }, { cause: error });
}
