/**
 * One AdamW step on a block of weights (Loshchilov & Hutter 2019, Alg. 2).
 *
 * @module
 */
import type { WasmMemory } from "./wasm_memory.ts";

/** What a step is with, for one parameter. */
export interface StepConstants {
  /** Factor of a weight: 1 − rate · weight decay. */
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** rate / (1 − beta1ᵗ) */
  readonly stepSize: number;
  /** √(1 − beta2ᵗ) */
  readonly rootBias2: number;
  readonly eps: number;
}

/** Where a block lies: addresses in a memory. */
export interface Block {
  readonly weight: number;
  readonly gradient: number;
  readonly moment1: number;
  readonly moment2: number;
  /** Numbers in it. */
  readonly count: number;
}

/**
 * Moves the weights of a block, and its moments.
 *
 * @param clip factor of the gradients
 */
export function moveBlock(
  { routines }: WasmMemory,
  { weight, gradient, moment1, moment2, count }: Block,
  { decay, beta1, beta2, stepSize, rootBias2, eps }: StepConstants,
  clip: number,
): void {
  const rates = [clip, decay, beta1, beta2, stepSize, rootBias2, eps] as const;
  routines.adamw(weight, gradient, moment1, moment2, count, ...rates);
}
