/**
 * How a run ended, in a line.
 *
 * @module
 */
import type { RunSummary } from "../lib/pipeline/events.ts";

/** `3 ran, 150 fresh, 0 failed in 4.2 s`. */
export function summaryText(
  { ran, fresh, failed, stopped, skipped, seconds, interrupted }: RunSummary,
): string {
  const counts = [`${ran} ran`, `${fresh} fresh`, `${failed} failed`];
  if (stopped > 0) counts.push(`${stopped} interrupted`);
  if (skipped > 0) counts.push(`${skipped} not started`);
  return `${interrupted ? "interrupted: " : ""}${counts.join(", ")} in ${secondsText(seconds)}`;
}

/** `0.2 s`, `32 s`, `3 min 5 s` or `2 h 14 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
