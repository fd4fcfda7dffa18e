/**
 * A process that answers one line of JSON to each line that it is asked, so that several processes
 * can take turns.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import process from "node:process";
import type { Readable } from "node:stream";

/** One process that is measured. What it says on its standard error goes to ours. */
export class Side {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    // A process that has ended takes no questions: the missing answer tells.
    child.stdin!.on("error", () => {});
    this.#answers = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  }

  /** Starts a program; `name` is for errors. */
  static start(name: string, command: string, args: readonly string[]): Side {
    return new Side(
      name,
      spawn(command, [...args], { stdio: ["pipe", "pipe", "inherit"] }),
    );
  }

  /** Starts a module of this project. */
  static startModule(name: string, module: URL, args: readonly string[]): Side {
    return Side.start(name, Deno.execPath(), ["run", "-A", module.href, ...args]);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {Error} when the process ends instead
   */
  async ask<Answer>(question: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#process.stdin!.write(JSON.stringify(question) + "\n");
    const { value, done } = await this.#answers.next();
    if (!done) return JSON.parse(value);
    throw new Error(`Cannot measure ${this.#name} as its process ended: it says above why`);
  }

  /** Lets the process end, and waits until it has. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.stdin!.end();
    await ended;
  }
}

/** The other end: answers every question until there are no more. */
export async function answerQuestions<Question>(
  answer: (question: Question) => Promise<unknown>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
}

/** Resident memory of this process, in bytes. */
export async function residentBytes(): Promise<{ now: number; peak: number }> {
  const status = await Deno.readTextFile("/proc/self/status");
  const bytes = (field: string) =>
    1024 * Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)![1]);
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}
