/**
 * How much of a run is done and how long the rest takes, judged by earlier instances.
 *
 * @module
 */
import type { RunEvent } from "../lib/pipeline/events.ts";
import type { Progress } from "../lib/plan/stage.ts";
import { stageOf } from "../lib/plan/targets.ts";

/** Milliseconds since some moment. */
export type Clock = () => number;

/** An instance that runs. */
export interface Running {
  startedAt: number;
  progress?: Progress;
  /** Its first progress and when that was; a resumed instance begins far on. */
  first?: { readonly done: number; readonly at: number };
  /** Where it runs, when not here. */
  place?: string;
}

/** Follows a run: by its own durations where there are some, else by those of earlier runs. */
export class TimeLeft {
  /** Stage → instances, and those that are not settled. */
  readonly #stages = new Map<string, { count: number; open: number }>();
  readonly #taken = new Map<string, { count: number; seconds: number }>();
  #before: Readonly<Record<string, number>> = {};
  #jobs = 1;

  constructor(readonly now: Clock = () => performance.now()) {}

  note(event: RunEvent): void {
    if (event.event === "runStarted") {
      this.#jobs = event.jobs;
      this.#before = event.durations;
      for (const [stage, count] of Object.entries(event.stages)) {
        this.#stages.set(stage, { count, open: count });
      }
    } else if (
      event.event === "instanceDone" || event.event === "instanceFresh" ||
      event.event === "instanceFailed" || event.event === "instanceStopped" ||
      event.event === "instanceSkipped"
    ) {
      const stage = stageOf(event.instance);
      this.#stages.get(stage)!.open--;
      if (event.event !== "instanceDone") return;
      const { count, seconds } = this.#taken.get(stage) ?? { count: 0, seconds: 0 };
      this.#taken.set(stage, { count: count + 1, seconds: seconds + event.seconds });
    }
  }

  /** Seconds that an instance has run. */
  secondsOf({ startedAt }: Running): number {
    return (this.now() - startedAt) / 1000;
  }

  /**
   * Seconds that an instance still takes: by how fast it goes, else by what others of its stage
   * took; undefined where neither is known, or it takes longer than those did.
   */
  leftOf(instance: string, state: Running): number | undefined {
    const whole = this.#wholeOf(state) ?? this.#known().get(stageOf(instance));
    const left = whole === undefined ? undefined : whole - this.secondsOf(state);
    return left !== undefined && left >= 0 ? left : undefined;
  }

  /**
   * The share of the work that is done, from 0 to 1, and the seconds that are left; these are
   * undefined while nothing is known of a stage that is still to come.
   *
   * @param running without what waits in a queue
   */
  estimate(running: ReadonlyMap<string, Running>): { share: number; seconds?: number } {
    const means = this.#means(running);
    let all = 0, open = 0, elapsed = 0, known = true;
    for (const [stage, { count, open: left }] of this.#stages) {
      const mean = means.get(stage);
      if (left > 0 && mean === undefined) known = false;
      all += count * (mean ?? 1);
      open += left * (mean ?? 1);
    }
    for (const [instance, state] of running) {
      elapsed += Math.min(means.get(stageOf(instance)) ?? 1, this.secondsOf(state));
    }
    const work = Math.max(0, open - elapsed);
    return {
      share: all === 0 ? 0 : 1 - work / all,
      // A cluster may work on more than this machine would.
      seconds: known ? work / Math.max(this.#jobs, running.size) : undefined,
    };
  }

  #means(running: ReadonlyMap<string, Running>): Map<string, number> {
    const means = new Map(Object.entries(this.#before));
    for (const [instance, state] of running) {
      const whole = this.#wholeOf(state);
      if (whole !== undefined) means.set(stageOf(instance), whole);
    }
    return new Map([...means, ...this.#own()]);
  }

  /** Seconds that an instance takes in all, by how fast it goes. */
  #wholeOf(state: Running): number | undefined {
    const { done = 0, total = 0 } = state.progress ?? {};
    const first = state.first ?? { done: 0, at: state.startedAt };
    if (total <= 0 || done <= first.done) return undefined;
    const left = (this.now() - first.at) / 1000 * (total - done) / (done - first.done);
    return this.secondsOf(state) + left;
  }

  #known(): Map<string, number> {
    return new Map([...Object.entries(this.#before), ...this.#own()]);
  }

  /** Stage → mean seconds of its instances in this run. */
  #own(): [string, number][] {
    return [...this.#taken].map(([stage, { count, seconds }]) => [stage, seconds / count]);
  }
}
