/**
 * How much of a run is done and how long the rest takes, from how long instances took before.
 *
 * @module
 */
import type { RunEvent } from "../lib/pipeline/events.ts";
import type { Progress } from "../lib/plan/stage.ts";

/** An instance that runs. */
export interface Running {
  startedAt: number;
  progress?: Progress;
  /** Where it is, when not here. */
  place?: string;
}

/** Seconds that an instance has run. */
export function secondsSince({ startedAt }: Running): number {
  return (performance.now() - startedAt) / 1000;
}

/** Follows a run: by this run's own durations where there are some, else by those of earlier ones. */
export class TimeLeft {
  /** Stage → instances, and those that are not settled. */
  readonly #stages = new Map<string, { count: number; open: number }>();
  readonly #taken = new Map<string, { count: number; seconds: number }>();
  #before: Readonly<Record<string, number>> = {};
  #jobs = 1;

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
      elapsed += Math.min(means.get(stageOf(instance)) ?? 1, secondsSince(state));
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
      const { done = 0, total = 0 } = state.progress ?? {};
      if (done > 0 && total > 0) means.set(stageOf(instance), secondsSince(state) * total / done);
    }
    for (const [stage, { count, seconds }] of this.#taken) means.set(stage, seconds / count);
    return means;
  }
}

function stageOf(instance: string): string {
  return instance.replace(/\[.*/, "");
}
