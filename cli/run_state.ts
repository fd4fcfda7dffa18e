/**
 * How far a run is, by its events.
 *
 * @module
 */
import type { RunEvent } from "../lib/pipeline/events.ts";
import { stageOf } from "../lib/plan/targets.ts";
import { type Clock, type Running, TimeLeft } from "./time_left.ts";

/** What became of a stage's instances so far. */
export interface StageState {
  readonly name: string;
  /** The number of its instances that are needed. */
  readonly count: number;
  /** Ended in this run, here or in another process. */
  done: number;
  /** Fresh from the beginning. */
  fresh: number;
  failed: number;
  /** Stopped, or not started. */
  left: number;
  /** When the first of them started, and the last ended. */
  startedAt?: number;
  endedAt?: number;
}

/** Follows a run. */
export class RunState {
  readonly stages = new Map<string, StageState>();
  readonly running = new Map<string, Running>();
  readonly time: TimeLeft;
  #highest = 0;

  constructor(readonly now: Clock) {
    this.time = new TimeLeft(now);
  }

  note(event: RunEvent): void {
    this.time.note(event);
    switch (event.event) {
      case "runStarted":
        for (const [name, count] of Object.entries(event.stages)) {
          this.stages.set(name, { name, count, done: 0, fresh: 0, failed: 0, left: 0 });
        }
        break;
      case "instanceStarted":
        this.running.set(event.instance, { startedAt: this.now() });
        this.stages.get(stageOf(event.instance))!.startedAt ??= this.now();
        break;
      case "instanceProgress": {
        const state = this.running.get(event.instance);
        if (!state) break;
        state.progress = event.progress;
        state.first ??= { done: event.progress.done, at: this.now() };
        break;
      }
      case "instancePlaced": {
        const state = this.running.get(event.instance);
        if (!state) break;
        state.place = event.place;
        // How long it was pending is no part of how long it runs.
        if (!isPending(state)) state.startedAt = this.now();
        break;
      }
      case "instanceRetried":
        this.running.delete(event.instance);
        break;
      case "runEnded":
        break;
      default:
        this.running.delete(event.instance);
        this.#settle(event);
    }
  }

  #settle(
    event: Extract<
      RunEvent,
      {
        event:
          | "instanceDone"
          | "instanceFresh"
          | "instanceFailed"
          | "instanceStopped"
          | "instanceSkipped";
      }
    >,
  ): void {
    const stage = this.stages.get(stageOf(event.instance))!;
    if (event.event === "instanceFresh" && !event.shared) {
      stage.fresh++;
      return;
    }
    if (event.event === "instanceSkipped" || event.event === "instanceStopped") stage.left++;
    else if (event.event === "instanceFailed") stage.failed++;
    else stage.done++;
    stage.endedAt = this.now();
  }

  /** Instances at work, and those that wait in a queue. */
  split(): { active: [string, Running][]; pending: [string, Running][] } {
    const all = [...this.running];
    return {
      active: all.filter(([, state]) => !isPending(state)),
      pending: all.filter(([, state]) => isPending(state)),
    };
  }

  /** The whole run's share done, in percent, which never goes back, and the seconds left. */
  whole(): { percent: number; settled: number; total: number; seconds?: number } {
    const { share, seconds } = this.time.estimate(new Map(this.split().active));
    this.#highest = Math.max(this.#highest, Math.floor(100 * share));
    const stages = [...this.stages.values()];
    return {
      percent: this.#highest,
      settled: stages.reduce((sum, stage) => sum + settledOf(stage), 0),
      total: stages.reduce((sum, { count }) => sum + count, 0),
      seconds,
    };
  }
}

/** How many instances of a stage need nothing more. */
export function settledOf({ done, fresh, failed, left }: StageState): number {
  return done + fresh + failed + left;
}

/** Whether an instance waits in a queue. */
function isPending({ progress, place }: Running): boolean {
  return progress === undefined && place !== undefined && !place.endsWith("running");
}
