/**
 * Runs a program to its end under GNU time: wall time, processor time and peak memory.
 *
 * @module
 */
import { UserError } from "../../lib/core/errors.ts";

/** What is run, and where. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What one run took. */
export interface Cost {
  readonly wallMs: number;
  /** User and system, of the process and all it waited for. */
  readonly processorMs: number;
  /** Of the largest process. */
  readonly peakBytes: number;
}

/** Runs a program, and gives its cost and what it printed on either stream. */
export async function timed(command: CommandLine): Promise<{ cost: Cost; printed: string }> {
  const { program, args, folder, env } = command;
  const report = await Deno.makeTempFile();
  try {
    const startedAt = performance.now();
    const { success, stdout, stderr } = await new Deno.Command("/usr/bin/time", {
      args: ["-f", "%U %S %M", "-o", report, program, ...args],
      cwd: folder,
      env: { CI: "1", NO_COLOR: "1", ...env },
    }).output();
    const wallMs = performance.now() - startedAt;
    const printed = [stdout, stderr].map((each) => new TextDecoder().decode(each)).join("");
    if (!success) {
      throw new Error(`Cannot run ${program} ${args.join(" ")}: ${printed.slice(-2000)}`);
    }
    const line = (await Deno.readTextFile(report)).trim().split("\n").at(-1)!;
    return { cost: { wallMs, ...parseReport(line) }, printed };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const hint = "install GNU time, such as by: apt-get install time";
    throw new UserError({ message: "Cannot measure without /usr/bin/time", hint }, { cause });
  } finally {
    await Deno.remove(report);
  }
}

/** Reads `user seconds, system seconds, peak KiB`. */
export function parseReport(line: string): Pick<Cost, "processorMs" | "peakBytes"> {
  const [user, system, kibibytes] = line.split(" ").map(Number);
  return { processorMs: Math.round(1000 * (user + system)), peakBytes: 1024 * kibibytes };
}
