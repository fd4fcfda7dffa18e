/**
 * AdamW, one fused pass over contiguous float32 memory, as WebAssembly text with 128-bit SIMD.
 *
 * @module
 */

/** The update of the weights at `$w`: four at once, or the one that lane 0 holds. */
function updateOf(load: string, store: string, lane: string, bytes: number): string {
  const step = ["w", "g", "m", "v"].map((name) =>
    `      (local.set $${name} (i32.add (local.get $${name}) (i32.const ${bytes})))`
  );
  return `
      ;; g := clip · g
      (local.set $grad (f32x4.mul (${load} (local.get $g)) (f32x4.splat (local.get $clip))))
      ;; m := m + (1 − b1)·(g − m)
      (local.set $m1 (${load} (local.get $m)))
      (local.set $m1 (f32x4.add (local.get $m1) (f32x4.mul
        (f32x4.splat (f32.sub (f32.const 1) (local.get $b1)))
        (f32x4.sub (local.get $grad) (local.get $m1)))))
      (${store} ${lane} (local.get $m) (local.get $m1))
      ;; v := b2·v + (1 − b2)·g²
      (local.set $v1 (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $b2)) (${load} (local.get $v)))
        (f32x4.mul (f32x4.splat (f32.sub (f32.const 1) (local.get $b2)))
          (f32x4.mul (local.get $grad) (local.get $grad)))))
      (${store} ${lane} (local.get $v) (local.get $v1))
      ;; w := decay·w − stepSize · m / (√v / rootBias2 + eps)
      (${store} ${lane} (local.get $w) (f32x4.sub
        (f32x4.mul (f32x4.splat (local.get $decay)) (${load} (local.get $w)))
        (f32x4.div (f32x4.mul (f32x4.splat (local.get $stepSize)) (local.get $m1))
          (f32x4.add
            (f32x4.div (f32x4.sqrt (local.get $v1)) (f32x4.splat (local.get $rootBias2)))
            (f32x4.splat (local.get $eps))))))
${step.join("\n")}`;
}

/** What steps without a gradient make of the weights at `$w`. */
function replayOf(load: string, store: string, lane: string, bytes: number): string {
  const next = ["w", "m", "v"].map((name) =>
    `      (local.set $${name} (i32.add (local.get $${name}) (i32.const ${bytes})))`
  );
  return `
      (local.set $w1 (${load} (local.get $w)))
      (local.set $m1 (${load} (local.get $m)))
      (local.set $v1 (${load} (local.get $v)))
      (local.set $step (local.get $steps))
      (block $replayed (loop $again
        (br_if $replayed (i32.ge_u (local.get $step) (local.get $last)))
        (local.set $m1 (f32x4.add (local.get $m1) (f32x4.mul
          (f32x4.splat (f32.sub (f32.const 1) (local.get $b1)))
          (f32x4.neg (local.get $m1)))))
        (local.set $v1 (f32x4.mul (f32x4.splat (local.get $b2)) (local.get $v1)))
        (local.set $w1 (f32x4.sub
          (f32x4.mul (v128.load32_splat (local.get $step)) (local.get $w1))
          (f32x4.div (f32x4.mul (v128.load32_splat offset=4 (local.get $step)) (local.get $m1))
            (f32x4.add
              (f32x4.div (f32x4.sqrt (local.get $v1)) (v128.load32_splat offset=8 (local.get $step)))
              (f32x4.splat (local.get $eps))))))
        (local.set $step (i32.add (local.get $step) (i32.const 12)))
        (br $again)))
      (${store} ${lane} (local.get $w) (local.get $w1))
      (${store} ${lane} (local.get $m) (local.get $m1))
      (${store} ${lane} (local.get $v) (local.get $v1))
${next.join("\n")}`;
}

/**
 * The module's text. It imports its memory as `env.memory`. Addresses are bytes, counts are
 * elements.
 *
 * - `sumSquares(x, count) → f64`: Σ xᵢ², in float64; a count that is a multiple of 4.
 * - `adamw(w, g, m, v, count, clip, decay, b1, b2, stepSize, rootBias2, eps)`:
 *   Loshchilov & Hutter 2019, Alg. 2, in PyTorch's order of operations.
 * - `replay(w, m, v, count, steps, stepCount, b1, b2, eps)`: as many steps of `adamw` with
 *   gradients of 0, bit for bit; at `steps`, three numbers for each: decay, stepSize, rootBias2.
 * - `dropMask(out, count, key0, key1, threshold)`: bytes 0 or 1; a byte is 1 (kept) when its eight
 *   random bits are at least `threshold`. Element i takes byte i mod 4 of the hash of ⌊i/4⌋, the
 *   counter-based generator of `lib/core/random.ts`. A count that is a multiple of 16.
 */
export const adamwWat = `
(module
  (import "env" "memory" (memory 1))

  (func (export "sumSquares") (param $x i32) (param $count i32) (result f64)
    (local $end i32) (local $value v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
      (local.set $value (v128.load (local.get $x)))
      (local.set $low (f64x2.add (local.get $low) (f64x2.mul
        (f64x2.promote_low_f32x4 (local.get $value))
        (f64x2.promote_low_f32x4 (local.get $value)))))
      (local.set $value (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
        (local.get $value) (local.get $value)))
      (local.set $high (f64x2.add (local.get $high) (f64x2.mul
        (f64x2.promote_low_f32x4 (local.get $value))
        (f64x2.promote_low_f32x4 (local.get $value)))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next)))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))

  (func (export "adamw")
    (param $w i32) (param $g i32) (param $m i32) (param $v i32) (param $count i32)
    (param $clip f32) (param $decay f32) (param $b1 f32) (param $b2 f32)
    (param $stepSize f32) (param $rootBias2 f32) (param $eps f32)
    (local $end i32) (local $end4 i32) (local $grad v128) (local $m1 v128) (local $v1 v128)
    (local.set $end (i32.add (local.get $w) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $end4 (i32.add (local.get $w) (i32.shl (i32.and (local.get $count) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $w) (local.get $end4)))
${updateOf("v128.load", "v128.store", "", 16)}
      (br $next)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $w) (local.get $end)))
${updateOf("v128.load32_zero", "v128.store32_lane", "0", 4)}
      (br $next))))

  (func (export "replay")
    (param $w i32) (param $m i32) (param $v i32) (param $count i32)
    (param $steps i32) (param $stepCount i32) (param $b1 f32) (param $b2 f32) (param $eps f32)
    (local $end i32) (local $end4 i32) (local $last i32) (local $step i32)
    (local $w1 v128) (local $m1 v128) (local $v1 v128)
    (local.set $last (i32.add (local.get $steps) (i32.mul (local.get $stepCount) (i32.const 12))))
    (local.set $end (i32.add (local.get $w) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $end4 (i32.add (local.get $w) (i32.shl (i32.and (local.get $count) (i32.const -4)) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $w) (local.get $end4)))
${replayOf("v128.load", "v128.store", "", 16)}
      (br $next)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $w) (local.get $end)))
${replayOf("v128.load32_zero", "v128.store32_lane", "0", 4)}
      (br $next))))

  (func (export "dropMask")
    (param $out i32) (param $count i32) (param $key0 i32) (param $key1 i32) (param $threshold i32)
    (local $end i32) (local $base v128) (local $a v128)
    (local $c21 v128) (local $c73 v128)
    (local.set $end (i32.add (local.get $out) (local.get $count)))
    (local.set $c21 (i32x4.splat (i32.const 0x21f0aaad)))
    (local.set $c73 (i32x4.splat (i32.const 0x735a2d97)))
    ;; counter · 0x9e3779b1 + key0, for counters 0, 1, 2, 3
    (local.set $base (i32x4.add (i32x4.splat (local.get $key0)) (i32x4.mul
      (v128.const i32x4 0 1 2 3) (i32x4.splat (i32.const 0x9e3779b1)))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
      (local.set $a (call $mix (local.get $base) (local.get $c21) (local.get $c73)))
      (local.set $a (call $mix (v128.xor (local.get $a) (i32x4.splat (local.get $key1)))
        (local.get $c21) (local.get $c73)))
      (v128.store (local.get $out) (v128.and (v128.const i32x4 0x01010101 0x01010101 0x01010101 0x01010101)
        (i8x16.ge_u (local.get $a) (i8x16.splat (local.get $threshold)))))
      (local.set $base (i32x4.add (local.get $base)
        (i32x4.splat (i32.mul (i32.const 4) (i32.const 0x9e3779b1)))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br $next))))

  (func $mix (param $x v128) (param $c21 v128) (param $c73 v128) (result v128)
    (local.set $x (i32x4.mul (local.get $c21)
      (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 16)))))
    (local.set $x (i32x4.mul (local.get $c73)
      (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 15)))))
    (v128.xor (local.get $x) (i32x4.shr_u (local.get $x) (i32.const 15)))))
`;
