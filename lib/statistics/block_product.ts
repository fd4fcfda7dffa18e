/**
 * A product of matrices by blocks that stay in registers, as WebAssembly text with 128-bit SIMD:
 * [8 rows, n] times [n, 2 columns], each sum in the order of n, so that no processor rounds otherwise.
 *
 * @module
 */
import { assemble } from "../core/wat.ts";

/** Rows and columns of a block. */
export const [blockRows, blockColumns] = [8, 2];

const [rowBytes, columnBytes] = [8 * blockRows, 8 * blockColumns];
const sumBytes = 8 * blockRows * blockColumns;
const pageBytes = 65536;
/** wasm32 addresses 4 GiB. */
const largestMemory = 65535 * pageBytes;

const pairs = [0, 1, 2, 3];
const columns = [0, 1];
const blocks = columns.flatMap((c) => pairs.map((p) => [c, p] as const));
const lines = (made: readonly string[]) => made.join("\n");

/** `$sums[8c + r] := Σ_i $times[i, r] · $panel[i, c]`, i from 0 to `$n`. */
const text = `(module
  (memory (import "env" "memory") 1)
  (func (export "multiply")
    (param $times i32) (param $panel i32) (param $sums i32) (param $n i32)
    (local $last i32)
${lines(columns.map((c) => `    (local $c${c} v128)`))}
${lines(blocks.map(([c, p]) => `    (local $s${c}${p} v128)`))}
    (local.set $last (i32.add (local.get $panel) (i32.mul (local.get $n) (i32.const ${columnBytes}))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $panel) (local.get $last)))
${
  lines(columns.map((c) =>
    `      (local.set $c${c} (v128.load64_splat offset=${8 * c} (local.get $panel)))`
  ))
}
${
  lines(blocks.map(([c, p]) =>
    `      (local.set $s${c}${p} (f64x2.add (local.get $s${c}${p})
        (f64x2.mul (local.get $c${c}) (v128.load offset=${16 * p} (local.get $times)))))`
  ))
}
      (local.set $times (i32.add (local.get $times) (i32.const ${rowBytes})))
      (local.set $panel (i32.add (local.get $panel) (i32.const ${columnBytes})))
      (br $next)))
${
  lines(blocks.map(([c, p]) =>
    `    (v128.store offset=${rowBytes * c + 16 * p} (local.get $sums) (local.get $s${c}${p}))`
  ))
}))`;

const compiled = await assemble("block_product.wat", text);

type Multiply = (times: number, panel: number, sums: number, n: number) => void;

/** The matrices of a product, in a memory of their own. */
export class BlockProduct {
  /** [n, 8]. */
  readonly times: Float64Array;
  /** Each [n, 2]. */
  readonly panels: readonly Float64Array[];
  /** [panels, 2, 8], what {@linkcode run} gives. */
  readonly sums: Float64Array;
  readonly #multiply: Multiply;
  readonly #n: number;

  /**
   * Reserves zeroed matrices.
   *
   * @throws RangeError when they take more than 4 GiB
   */
  constructor(n: number, panels: number) {
    const total = n * (rowBytes + panels * columnBytes) + panels * sumBytes;
    if (total > largestMemory) {
      throw new RangeError(
        `Cannot sum ${n} rows of ${panels * blockColumns} columns at once: ` +
          `they take ${total} bytes, and one memory holds 4 GiB`,
      );
    }
    const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(total / pageBytes)) });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#multiply = exports.multiply as Multiply;
    this.#n = n;
    let next = 0;
    const reserve = (count: number): Float64Array => {
      const view = new Float64Array(memory.buffer, next, count);
      next += view.byteLength;
      return view;
    };
    this.sums = reserve(panels * blockRows * blockColumns);
    this.times = reserve(n * blockRows);
    this.panels = Array.from({ length: panels }, () => reserve(n * blockColumns));
  }

  /** Multiplies `times`, transposed, by every panel. */
  run(): void {
    this.panels.forEach((panel, p) =>
      this.#multiply(
        this.times.byteOffset,
        panel.byteOffset,
        this.sums.byteOffset + p * sumBytes,
        this.#n,
      )
    );
  }
}
