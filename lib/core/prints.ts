/**
 * Catches what a process prints, so that it goes where it belongs.
 *
 * @module
 */

/** Receives what is printed. */
export interface PrintTarget {
  /** Where what is printed goes now; nowhere when left out. */
  target?: (line: string) => void;
}

/**
 * Sends what is printed on the console, or written to standard output by this thread's JavaScript,
 * elsewhere. Native code and Workers still write to the process's own.
 */
export function capturePrints(): PrintTarget {
  const print: PrintTarget = {};
  for (const method of ["log", "info", "debug", "warn", "error"] as const) {
    console[method] = (...values: unknown[]) => {
      const text = values.map((value) => typeof value === "string" ? value : Deno.inspect(value));
      print.target?.(text.join(" "));
    };
  }
  const decoder = new TextDecoder();
  Deno.stdout.writeSync = (bytes) => {
    print.target?.(decoder.decode(bytes).replace(/\r?\n$/, ""));
    return bytes.length;
  };
  Deno.stdout.write = (bytes) => Promise.resolve(Deno.stdout.writeSync(bytes));
  return print;
}
