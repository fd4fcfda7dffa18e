/**
 * What Linux tells of the memory of processes; nothing on other systems.
 *
 * @module
 */

/** The most main memory that a process ever had, in MiB; 0 where that cannot be told. */
export function peakMemoryMib(processId: number): number {
  return Math.ceil(numberIn(`/proc/${processId}/status`, /^VmHWM:\s+(\d+) kB/m) / 1024);
}

/** How often this machine has killed a process for want of memory. */
export function countMemoryKills(): number {
  return numberIn("/proc/vmstat", /^oom_kill (\d+)/m);
}

function numberIn(path: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(Deno.readTextFileSync(path))?.[1] ?? 0);
  } catch {
    return 0; // not Linux, or the process has ended
  }
}
