/**
 * How far a run is, in lines.
 *
 * @module
 */
import type { Progress } from "../lib/plan/stage.ts";
import { type RunState, settledOf, type StageState } from "./run_state.ts";
import { secondsText } from "./summary_text.ts";
import type { Running } from "./time_left.ts";

/** `train[seed=42]  1200 of 4800 steps, 25 %, loss 0.312, for 12 s, about 36 s left`. */
export function instanceText(instance: string, state: Running, run: RunState): string {
  const left = run.time.leftOf(instance, state);
  const parts = [
    ...progressParts(state.progress),
    ...state.progress || !state.place ? [] : [state.place],
    `for ${secondsText(run.time.secondsOf(state))}`,
    ...leftText(left),
  ];
  return `${instance}  ${parts.join(", ")}`;
}

function leftText(seconds: number | undefined): string[] {
  return seconds === undefined || seconds < 1 ? [] : [`about ${secondsText(seconds)} left`];
}

function progressParts(progress: Progress | undefined): string[] {
  if (!progress) return [];
  const { done, total, unit, detail } = progress;
  return [
    `${done}${total ? ` of ${total}` : ""} ${unit}`,
    ...total ? [`${Math.floor(100 * done / total)} %`] : [],
    ...detail ? [detail] : [],
  ];
}

/** `evaluate  84 of 84, 32 s`. */
export function stageText(stage: StageState, nameWidth = 0): string {
  const { name, count, done, fresh, failed, startedAt, endedAt } = stage;
  const parts = [
    `${done + fresh} of ${count}`,
    ...fresh > 0 ? [`${fresh} fresh`] : [],
    ...failed > 0 ? [`${failed} failed`] : [],
    // Instances that other processes ran took none of our time.
    ...startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt
      ? [secondsText((endedAt - startedAt) / 1000)]
      : [],
  ];
  return `${name.padEnd(nameWidth)}  ${parts.join(", ")}`;
}

/** `35 % · 40 of 120, 2 running, about 3 min 5 s left`. */
export function runText(run: RunState): string {
  const { percent, settled, total, seconds } = run.whole();
  const { active, pending } = run.split();
  const parts = [
    `${settled} of ${total}`,
    `${active.length} running`,
    ...pending.length > 0 ? [`${pending.length} pending`] : [],
    ...leftText(seconds),
  ];
  return `${percent} % · ${parts.join(", ")}`;
}

/** Whether all of a stage's instances are settled. */
export function isSettled(stage: StageState): boolean {
  return settledOf(stage) >= stage.count;
}
