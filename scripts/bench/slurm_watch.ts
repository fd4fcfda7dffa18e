/**
 * What processes on this machine use while others work, by /proc.
 *
 * @module
 */

/** What a process has used up to now. */
export interface Usage {
  /** User and system, of all its threads. */
  readonly processorMs: number;
  /** Resident now, and at most. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** What a living process has used. */
export function usageOf(pid: number): Usage {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return parseUsage(stat, Deno.readTextFileSync(`/proc/${pid}/status`));
}

/** Reads `/proc/<pid>/stat` and `/proc/<pid>/status`. */
export function parseUsage(stat: string, status: string): Usage {
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const tickMs = 10; // USER_HZ is 100 on Linux
  const bytes = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? NaN);
  return {
    processorMs: tickMs * (fields[11] + fields[12]),
    residentBytes: bytes("VmRSS"),
    peakBytes: bytes("VmHWM"),
  };
}

/** Processor time of two moments, as a share of one core between them. */
export function shareOfCore(before: Usage, after: Usage, wallMs: number): number {
  return (after.processorMs - before.processorMs) / wallMs;
}

/** Processor time between two moments, in s. */
export function secondsOf(now: Usage, before?: Usage): string {
  return ((now.processorMs - (before?.processorMs ?? 0)) / 1000).toFixed(1);
}

/** Bytes in MiB. */
export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** A share in per cent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
