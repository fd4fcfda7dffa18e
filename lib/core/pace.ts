/**
 * Ends transfers that bring nothing, or too little, and says so before.
 *
 * @module
 */

/** How little may come. */
export interface PaceLimits {
  /** The longest silence, in ms. */
  readonly idleMs: number;
  /** At least so many bytes must come … */
  readonly leastBytes: number;
  /** … in each such time, in ms. */
  readonly overMs: number;
  /** After such a time with less than that rate it is said that a server is waited for, in ms. */
  readonly noteMs: number;
}

/** 1 KiB a second, over a minute. */
export const defaultPace: PaceLimits = {
  idleMs: 30_000,
  leastBytes: 60 * 1024,
  overMs: 60_000,
  noteMs: 10_000,
};

/** Too little came: the transfer is alive, and would take for ever. */
export class SlowError extends Error {
  override readonly name = "SlowError";
}

/**
 * Watches the tries of one transfer, one at a time. The rate is that of all tries together, without
 * the pauses between them: a server that sends some bytes at each would otherwise never be slow.
 */
export class Pace {
  #abort = new AbortController();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #window: ReturnType<typeof setTimeout> | undefined;
  #notes: ReturnType<typeof setInterval> | undefined;
  #startedAt = 0;
  /** Of the window: time before this try, and bytes. */
  #spentMs = 0;
  #bytes = 0;
  #bytesAtNote = 0;

  /** @param note hears once a try that little comes */
  constructor(readonly limits: PaceLimits, readonly note?: (text: string) => void) {}

  /** Begins a try. @returns a signal that aborts it with its reason */
  start(): AbortSignal {
    this.#abort = new AbortController();
    this.#restartIdle();
    this.#startWindow(this.limits.overMs - this.#spentMs);
    this.#bytesAtNote = this.#bytes;
    this.#notes = setInterval(() => this.#look(), this.limits.noteMs);
    return this.#abort.signal;
  }

  /** Bytes have come, or an answer to them will. */
  came(bytes: number): void {
    this.#bytes += bytes;
    this.#restartIdle();
  }

  /** Ends a try. */
  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#window);
    clearInterval(this.#notes);
    this.#spentMs += performance.now() - this.#startedAt;
  }

  #restartIdle(): void {
    clearTimeout(this.#idle);
    const { idleMs } = this.limits;
    const reason = () => new Error(`no data for ${idleMs / 1000} s`);
    this.#idle = setTimeout(() => this.#abort.abort(reason()), idleMs);
  }

  #startWindow(ms: number): void {
    this.#startedAt = performance.now();
    this.#window = setTimeout(() => {
      const { leastBytes, overMs } = this.limits;
      const came = this.#bytes;
      this.#spentMs = this.#bytes = this.#bytesAtNote = 0;
      if (came >= leastBytes) return this.#startWindow(overMs);
      this.#startedAt = performance.now();
      this.#abort.abort(new SlowError(`only ${came} bytes came in ${overMs / 1000} s`));
    }, Math.max(0, ms));
  }

  #look(): void {
    const { leastBytes, overMs, noteMs } = this.limits;
    const came = this.#bytes - this.#bytesAtNote;
    this.#bytesAtNote = this.#bytes;
    if (came >= leastBytes * noteMs / overMs) return;
    this.note?.(`${came} bytes came in ${noteMs / 1000} s`);
    clearInterval(this.#notes);
  }
}
