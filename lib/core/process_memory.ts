/**
 * What Linux tells of the memory of processes; nothing on other systems.
 *
 * @module
 */

/**
 * The most main memory that a process had, ever or since {@linkcode forgetPeakMemory}, in MiB; 0 where
 * that cannot be told.
 */
export function peakMemoryMib(processId: number): number {
  return mibIn(processId, /^VmHWM:\s+(\d+) kB/m);
}

/** The main memory that a process has now, in MiB; 0 where that cannot be told. */
export function residentMemoryMib(processId: number): number {
  return mibIn(processId, /^VmRSS:\s+(\d+) kB/m);
}

/** Lets the peak of a process begin at what it has now; @returns whether that could be done */
export function forgetPeakMemory(processId: number): boolean {
  try {
    Deno.writeTextFileSync(`/proc/${processId}/clear_refs`, "5", { create: false });
    return true;
  } catch {
    return false; // not Linux, or not allowed
  }
}

/** How often this machine has killed a process for want of memory. */
export function countMemoryKills(): number {
  return numberIn("/proc/vmstat", /^oom_kill (\d+)/m);
}

function mibIn(processId: number, pattern: RegExp): number {
  return Math.ceil(numberIn(`/proc/${processId}/status`, pattern) / 1024);
}

function numberIn(path: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(Deno.readTextFileSync(path))?.[1] ?? 0);
  } catch {
    return 0; // not Linux, or the process has ended
  }
}
