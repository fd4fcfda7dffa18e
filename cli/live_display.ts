/**
 * Shows a run on a terminal: a line for every stage that is done and for every failure, and below
 * these the instances at work.
 *
 * @module
 */
import { showControls } from "../lib/core/controls.ts";
import { cutEnd } from "../lib/core/display_width.ts";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { lastingLines, type Paint } from "./lasting_lines.ts";
import { instanceText, isSettled, runText, stageText } from "./progress_text.ts";
import { RunState, type StageState } from "./run_state.ts";
import type { Clock } from "./time_left.ts";

const redrawMs = 100;
const codes = { green: 32, red: 31, dim: 2 };
const paint: Paint = (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`;

/** Draws over what it drew last. */
export class LiveDisplay {
  readonly #run: RunState;
  /** Stages whose line stands. */
  readonly #told = new Set<StageState>();
  #drawn = 0;
  #lastDraw = -Infinity;

  /**
   * @param write to the terminal
   * @param size of the terminal
   */
  constructor(
    readonly now: Clock,
    readonly write: (text: string) => void,
    readonly size: () => { columns: number; rows: number },
  ) {
    this.#run = new RunState(now);
  }

  /** Shows what an event changes. */
  note(event: RunEvent): void {
    this.#run.note(event);
    const isEnd = event.event === "runEnded";
    const stages = [...this.#run.stages.values()].filter((stage) =>
      !this.#told.has(stage) && (isEnd || isSettled(stage)) && stage.done + stage.failed > 0
    );
    for (const stage of stages) this.#told.add(stage);
    // An instance that is done is told by its stage.
    const isFolded = event.event === "instanceDone" || event.event === "instanceFresh";
    const lasting = [
      ...isEnd ? stages.map((stage) => this.#stageLine(stage)) : [],
      ...isFolded ? [] : lastingLines(event, paint),
      ...isEnd ? [] : stages.map((stage) => this.#stageLine(stage)),
    ];
    if (isEnd) this.#draw(lasting, []);
    else if (lasting.length > 0 || this.now() - this.#lastDraw > redrawMs) this.#redraw(lasting);
  }

  /** Brings times up to date. */
  tick(): void {
    if (this.#run.stages.size > 0) this.#redraw([]);
  }

  #stageLine(stage: StageState): string {
    const isWhole = stage.done + stage.fresh === stage.count;
    const mark = stage.failed > 0 ? paint("red", "✗") : isWhole ? paint("green", "✓") : "·";
    return `${mark} ${stageText(stage, this.#nameWidth)}`;
  }

  get #nameWidth(): number {
    return Math.max(...[...this.#run.stages.keys()].map(({ length }) => length));
  }

  #redraw(lasting: readonly string[]): void {
    this.#lastDraw = this.now();
    this.#draw(lasting, this.#liveLines());
  }

  #draw(lasting: readonly string[], live: readonly string[]): void {
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[0J` : "";
    this.write(up + [...lasting, ...live].map((line) => `${line}\n`).join(""));
    this.#drawn = live.length;
  }

  #liveLines(): string[] {
    const { columns, rows } = this.size();
    const begun = [...this.#run.stages.values()]
      .filter((stage) => !this.#told.has(stage) && stage.done + stage.failed > 0)
      .map((stage) => `· ${stageText(stage, this.#nameWidth)}`);
    const { active, pending } = this.#run.split();
    const all = [...active, ...pending];
    const shown = all.slice(0, Math.max(1, rows - 4 - begun.length));
    const lines = [
      ...begun,
      ...shown.map(([instance, state]) => `  ${instanceText(instance, state, this.#run)}`),
      ...all.length > shown.length ? [`  and ${all.length - shown.length} more`] : [],
      runText(this.#run),
    ];
    return lines.map((line) => cutEnd(showControls(line), columns - 1));
  }
}
