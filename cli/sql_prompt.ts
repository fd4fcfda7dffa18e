/**
 * The prompt of `crosstie sql`.
 *
 * @module
 */
import process from "node:process";
import { dirname } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { showControls } from "../lib/core/controls.ts";
import { messageOf } from "../lib/core/errors.ts";
import type { ReadOnlyTables } from "../lib/table/read_only.ts";
import { type AnswerTarget, printAnswer } from "./print_answer.ts";
import type { TableFormat } from "./text_table.ts";

const historyLines = 500;

/** Answers questions until the input ends; past ones are kept in a file. */
export async function converse(
  tables: ReadOnlyTables,
  { names, format, historyFile, input = process.stdin, output = process.stdout }: {
    readonly names: readonly string[];
    readonly format: TableFormat;
    readonly historyFile: string;
    readonly input?: Readable;
    readonly output?: Writable;
  },
): Promise<void> {
  const write = (text: string) =>
    new Promise<void>((resolve, reject) =>
      output.write(text, (error) => error ? reject(error) : resolve())
    );
  await write(showControls(`Tables: ${names.join(", ")}. Ctrl-D ends.\n`));
  const terminal = createInterface({
    input,
    output,
    history: (await pastLines(historyFile)).reverse(),
    historySize: historyLines,
    prompt: "sql> ",
  });
  let isAnswering = false, isClosed = false;
  terminal.once("close", () => isClosed = true);
  terminal.on("SIGINT", () => isAnswering ? tables.interrupt() : terminal.close());
  terminal.prompt();
  for await (const line of terminal) {
    if (line.trim() !== "") {
      await keepLine(historyFile, line);
      isAnswering = true;
      try {
        const answer = await tables.stream(line, { asText: format === "csv" });
        await printAnswer(answer, format, {
          isTerminal: true,
          write,
          screen: output === process.stdout && Deno.stdout.isTerminal()
            ? screenOf(terminal)
            : undefined,
        });
      } catch (error) {
        await write(`${showControls(messageOf(error))}\n`);
      }
      if (tables.isStuck) {
        await write("This question cannot be ended by itself: the prompt ends with it.\n");
        return terminal.close();
      }
      isAnswering = false;
    }
    if (!isClosed) terminal.prompt(); // lines that were entered before are answered still
  }
}

/** The terminal's screen; who sits before it is asked whether to go on. */
export function screenOf(terminal?: Interface): NonNullable<AnswerTarget["screen"]> {
  const { rows, columns } = Deno.consoleSize(); // 0 where nobody knows
  const ask = async (question: string): Promise<string> => {
    if (terminal) return await askOn(terminal, question);
    const own = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await askOn(own, question);
    } finally {
      own.close();
    }
  };
  let isAll = false;
  return {
    lines: rows || 24,
    columns: columns || 80,
    more: async () => {
      if (isAll) return true;
      const said = (await ask("-- more: Enter, all: a, end: q -- ")).trim().toLowerCase();
      isAll = said === "a";
      return said !== "q";
    },
  };
}

/** The answer to a question; `q` where the input ends, or Ctrl-C is pressed, before there is one. */
export async function askOn(terminal: Interface, question: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const end = () => resolve("q");
  for (const event of ["close", "SIGINT"]) terminal.once(event, end);
  try {
    return await Promise.race([terminal.question(question).catch(() => "q"), promise]);
  } finally {
    for (const event of ["close", "SIGINT"]) terminal.off(event, end);
  }
}

/** The newest lines of earlier times; what is older is let go. */
async function pastLines(file: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(file).catch(() => "")).split("\n").filter(Boolean);
  if (lines.length <= historyLines) return lines;
  const kept = lines.slice(-historyLines);
  await Deno.writeTextFile(file, kept.map((line) => `${line}\n`).join("")).catch(() => {});
  return kept;
}

/** Keeps a line at once: whatever ends this process, it is there. */
async function keepLine(file: string, line: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, `${line}\n`, { append: true });
  } catch {
    // A folder that cannot be written to is no reason to give no answers.
  }
}
