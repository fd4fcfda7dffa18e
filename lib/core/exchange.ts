/**
 * Exchanges two names in one step, so that a reader finds the one or the other behind a name, and
 * never nothing.
 *
 * @module
 */

const atWorkingFolder = -100;
const renameExchange = 2;

/** Linux's renameat2, which Deno has no function for. */
const renameat2 = open();

function open() {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return Deno.dlopen("libc.so.6", {
      renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: "i32" },
    }).symbols.renameat2;
  } catch {
    return undefined; // another C library, or one before 2.28
  }
}

/**
 * Exchanges two paths. False when nothing was done: one of them is not there, or the system or file
 * system (NFS is one) cannot.
 */
export function exchange(one: string, other: string): boolean {
  const bytes = (path: string) => new TextEncoder().encode(`${path}\0`);
  return renameat2?.(
    atWorkingFolder,
    bytes(one),
    atWorkingFolder,
    bytes(other),
    renameExchange,
  ) === 0;
}
