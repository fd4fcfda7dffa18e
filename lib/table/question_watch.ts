/**
 * Ends questions that take too long, or more memory than DuckDB counts: texts that a function makes
 * are in no limit of its own, and some functions do not look whether they are interrupted.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";

/** What one question may take of this process. */
export interface QuestionLimits {
  /** Time of computing; that of whoever reads the answer does not count. */
  readonly seconds: number;
  /** Memory of the whole process, in bytes. */
  readonly residentBytes: number;
}

const lookMs = 200;
/** How long DuckDB has to end a question that is interrupted. */
const graceMs = 5_000;

/** Watches one question after another. */
export class QuestionWatch {
  /** Whether a question goes on that could not be ended: nothing else can be asked then. */
  isStuck = false;
  #spentMs = 0;

  /** @param interrupt asks DuckDB to end what it is doing */
  constructor(readonly limits: QuestionLimits, readonly interrupt: () => void) {}

  /** Begins a question: its time starts anew. */
  start(): void {
    this.#spentMs = 0;
  }

  /**
   * Waits for a part of an answer.
   *
   * @throws {UserError} when the question has gone beyond a limit
   */
  async watch<T>(part: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let timer: ReturnType<typeof setInterval> | undefined;
    const broken = new Promise<UserError>((resolve) => {
      timer = setInterval(() => {
        const error = this.#broken(this.#spentMs + performance.now() - startedAt);
        if (error) resolve(error);
      }, lookMs);
    });
    try {
      const before = this.#broken(this.#spentMs); // many quick parts never wait for the timer
      const first = before ?? await Promise.race([part.then((value) => ({ value })), broken]);
      if (!(first instanceof UserError)) return first.value;
      this.interrupt();
      this.isStuck = !await endsIn(part, graceMs);
      throw first;
    } finally {
      clearInterval(timer);
      this.#spentMs += performance.now() - startedAt;
    }
  }

  #broken(spentMs: number): UserError | undefined {
    const { seconds, residentBytes } = this.limits;
    const { rss } = Deno.memoryUsage();
    if (rss > residentBytes) {
      return new UserError({
        message: `Cannot answer: it takes more than ${residentBytes / 2 ** 30} GiB of memory`,
        hint: "ask for less at once: fewer rows, shorter texts and lists",
      });
    }
    if (spentMs <= 1000 * seconds) return undefined;
    return new UserError({
      message: `Cannot answer within ${seconds} s`,
      hint: "ask for less, or give it more time: --seconds",
    });
  }
}

/** Whether something ends within a time, well or not. */
async function endsIn(part: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  part.then(() => resolve(true), () => resolve(true));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
