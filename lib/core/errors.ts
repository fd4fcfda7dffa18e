/**
 * Errors that people can act on: what is wrong, where, and what to do.
 *
 * @module
 */

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
}

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
    super(list.map(formatProblem).join("\n\n"), options);
    this.problems = list;
  }
}

/**
 * Prints a problem as `file:line:column: message`, the line, a squiggle and a hint.
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
    lines.push(`${range.file}:${range.line}:${range.column}: ${label}${message}`);
    lines.push(`  ${range.lineText}`);
    const before = range.lineText.slice(0, range.column - 1).replace(/[^\t]/g, " ");
    const width = Math.max(1, Math.min(range.length, range.lineText.length - range.column + 1));
    lines.push(`  ${before}${"~".repeat(width)}`);
  } else {
    lines.push(label + message);
  }
  if (hint) lines.push(`  ${hint}`);
  return lines.join("\n");
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
