/**
 * An attack that is repeated, and how what it did is judged.
 *
 * @module
 */
import type { Lab, Ran } from "./lab.ts";

/** How an attack ended that did not get through. */
export interface Outcome {
  /** Refused with a message, or without effect. */
  readonly how: "refused" | "harmless";
  /** What was said. */
  readonly message: string;
  readonly ran: Ran;
}

/** A reproduction of `attacks.md`. */
export interface Attack {
  /** Its number there. */
  readonly id: string;
  readonly about: string;
  /** What it begins with. */
  readonly begins: "results" | "model" | "nothing";
  /** Attacks. @throws {Error} where it gets through */
  attack(lab: Lab): Promise<Outcome>;
}

/** The most memory that a command may take for a stranger's file, in MiB. */
const mostMib = 2_048;

/** What no answer may hold. */
// deno-lint-ignore no-control-regex
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

function checkEnd(ran: Ran): void {
  const { command, stdout, stderr, seconds, peakMib, isEnded } = ran;
  const all = stdout + stderr;
  const fail = (what: string) => new Error(`${command}: ${what}\n${all.slice(0, 2_000)}`);
  if (isEnded) throw fail(`no end after ${seconds.toFixed(0)} s`);
  if (peakMib > mostMib) throw fail(`${peakMib} MiB of memory`);
  if (/^ {4}at |Uncaught|panicked/m.test(stderr)) throw fail("a stack");
  if (controls.test(all)) throw fail("control characters");
}

/** Holds a command to have been refused with a message. */
export function refused(ran: Ran, message: RegExp): Outcome {
  checkEnd(ran);
  const found = message.exec(ran.stderr + ran.stdout);
  if (ran.code === 0 || !found) {
    throw new Error(
      `${ran.command}: code ${ran.code}, not ${message}\n${ran.stderr}${ran.stdout}`.slice(
        0,
        3_000,
      ),
    );
  }
  return { how: "refused", message: lineOf(ran.stderr + ran.stdout, found.index), ran };
}

/** Holds a command to have done what it is for, and no more. */
export function harmless(ran: Ran, message: RegExp): Outcome {
  checkEnd(ran);
  const all = ran.stderr + ran.stdout;
  const found = message.exec(all);
  if (!found) {
    throw new Error(`${ran.command}: code ${ran.code}, not ${message}\n${all.slice(0, 3_000)}`);
  }
  return { how: "harmless", message: lineOf(all, found.index), ran };
}

/** @throws {Error} unless it is so */
export function holds(so: boolean, what: string): void {
  if (!so) throw new Error(`It got through: ${what}`);
}

function lineOf(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, end < 0 ? undefined : end).trim();
}
