/**
 * The prompt of `crosstie sql`.
 *
 * @module
 */
import process from "node:process";
import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { showControls } from "../lib/core/controls.ts";
import { messageOf } from "../lib/core/errors.ts";
import type { ReadOnlyTables } from "../lib/table/read_only.ts";
import { endsWithSemicolon } from "../lib/table/sql_tokens.ts";
import { type AnswerTarget, printAnswer } from "./print_answer.ts";
import { History, mostQuestions } from "./sql_history.ts";
import type { TableFormat } from "./text_table.ts";

/**
 * Answers questions until the input ends; past ones are kept in a file. A question goes on over
 * lines until a semicolon or an empty line ends it.
 */
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
  await write(showControls(`Tables: ${names.join(", ")}.\n`));
  await write("A question ends with ; or an empty line. Tab completes, Ctrl-D ends.\n");
  const history = await History.in(historyFile);
  let begun: string[] = [], isAnswering = false, isClosed = false;
  const terminal = createInterface({
    input,
    output,
    history: [...history.questions],
    historySize: mostQuestions,
    completer: async (line: string): Promise<[string[], string]> => {
      const { words, begun: word } = await tables.complete([...begun, line].join("\n"));
      return [[...words], word];
    },
  });
  // By itself it would keep lines, and what was said to a full screen.
  let recalled: string[] = [];
  const recall = (lines = recalled) => {
    recalled = lines;
    lines.splice(0, lines.length, ...history.questions);
  };
  terminal.on("history", recall);
  const prompt = () => {
    terminal.setPrompt(begun.length > 0 ? "...> " : "sql> ");
    terminal.prompt();
  };
  terminal.once("close", () => isClosed = true);
  terminal.on("SIGINT", () => {
    if (isAnswering) return tables.interrupt();
    if (begun.length === 0 && terminal.line === "") return terminal.close();
    begun = [];
    terminal.write(null, { ctrl: true, name: "e" });
    terminal.write(null, { ctrl: true, name: "u" });
    output.write("\n");
    prompt();
  });
  prompt();
  for await (const line of terminal) {
    if (line.trim() !== "") begun.push(line);
    const question = begun.join("\n").trim();
    if (question !== "" && (line.trim() === "" || endsWithSemicolon(question))) {
      begun = [];
      isAnswering = true;
      await history.keep(question);
      recall();
      try {
        const answer = await tables.stream(question, { asText: format === "csv" });
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
    if (!isClosed) prompt(); // lines that were entered before are answered still
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
