/**
 * How often and after which pauses a failed request is tried again.
 *
 * @module
 */
import { CounterRandom } from "./random.ts";

/** Limits of trying again. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Tries in all as long as no server has answered: without a network, waiting helps little. */
  readonly attemptsUnanswered: number;
  /** Pause before the second try, doubled for each further one. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest that a server's `Retry-After` is waited for. */
  readonly maxRetryAfterMs: number;
}

/** Six tries within half a minute. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  attemptsUnanswered: 3,
  baseDelayMs: 500,
  maxDelayMs: 15_000,
  maxRetryAfterMs: 120_000,
};

/**
 * The pause before a try: half of it fixed, half of it drawn from (address, try), so that many
 * machines do not come back at once.
 *
 * @param failed how many tries have failed, from 1
 */
export function backoffMs(policy: RetryPolicy, url: string, failed: number): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failed - 1));
  return Math.round(full / 2 * (1 + new CounterRandom("retry", url, failed).uniform()));
}

/** What a `Retry-After` header asks for, in milliseconds; it holds seconds or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Waits, unless the signal ends it. @throws the signal's reason */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
