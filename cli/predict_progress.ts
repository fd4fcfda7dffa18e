/**
 * How far `predict` is, on standard error: one line that is written over in a terminal, else a line
 * now and then.
 *
 * @module
 */
import { countText, sizeText } from "./sizes.ts";
import { secondsText } from "./summary_text.ts";
import { clearErrorLine, printError, printErrorPart } from "./terminal.ts";

/** How often a line is written over, and how often one is added elsewhere, in ms. */
const everyMs = { over: 200, plain: 30_000 };

/** Counts what is tagged or classified. */
export class PredictProgress {
  count = 0;
  words = 0;
  /** Texts whose end the model had no room for. */
  cut = 0;
  bytes = 0;
  readonly #total: number | undefined;
  readonly #isLive: boolean;
  readonly #unit: "sentence" | "text";
  readonly #startedMs = performance.now();
  #shownMs = performance.now();

  /**
   * @param total bytes of the input, where that is known
   * @param isLive whether the line is written over
   * @param unit what is counted; words are counted in sentences
   */
  constructor(total: number | undefined, isLive: boolean, unit: "sentence" | "text") {
    this.#total = total;
    this.#isLive = isLive;
    this.#unit = unit;
  }

  /** Counts the bytes of a stream as they are read. */
  async *counted(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  /** Notes that some more are done, and shows it where it is time to. */
  note(count: number, words: number, cut = 0): void {
    this.count += count;
    this.words += words;
    this.cut += cut;
    const now = performance.now();
    if (now - this.#shownMs < (this.#isLive ? everyMs.over : everyMs.plain)) return;
    this.#shownMs = now;
    if (this.#isLive) {
      clearErrorLine();
      printErrorPart(this.#line());
    } else printError(this.#line());
  }

  /** Ends with what was done, and a note. */
  end(note: string): void {
    if (this.#isLive) clearErrorLine();
    printError(`${this.#counts()} in ${secondsText(this.#seconds())}; ${note}`);
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.#isLive) clearErrorLine();
  }

  #seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  #counts(): string {
    const counted = countText(this.count, this.#unit);
    if (this.#unit === "sentence") return `${counted}, ${countText(this.words, "word")}`;
    return this.cut > 0 ? `${counted}, ${this.cut} of them cut at the end` : counted;
  }

  #line(): string {
    const seconds = this.#seconds();
    const share = this.#total ? Math.min(1, this.bytes / this.#total) : undefined;
    const left = share ? seconds / share - seconds : 0;
    const [rate, what] = this.#unit === "sentence" ? [this.words, "words"] : [this.count, "texts"];
    return [
      this.#counts(),
      `${sizeText(this.bytes)}${this.#total ? ` of ${sizeText(this.#total)}` : ""}`,
      `${Math.round(rate / seconds)} ${what}/s`,
      ...left >= 1 ? [`about ${secondsText(left)} left`] : [],
    ].join(", ");
  }
}
