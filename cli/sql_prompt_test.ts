import { strict as assert } from "node:assert";
import { PassThrough, Readable } from "node:stream";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import { defineTable } from "../lib/table/schema.ts";
import { refused } from "../lib/table/testdata/refused_statements.ts";
import { rows, withScores } from "../lib/table/testdata/scores.ts";
import { askOn, converse } from "./sql_prompt.ts";

const scores = defineTable({
  name: "scores",
  about: "",
  columns: { source: { type: "VARCHAR", about: "" }, f1: { type: "DOUBLE", about: "" } },
  key: ["source"],
});

Deno.test("the prompt outlives every error, and keeps each question as it is entered", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "scores.parquet"), historyFile = join(folder, "new/history");
  await writeTable(scores, path, [{ source: "eng\x1b[31m", f1: 90 }]);
  const kept: string[] = [];
  const keptNow = () => Deno.readTextFile(historyFile).catch(() => "");
  const lines = [
    "FROM scores",
    "SELEC 1",
    "",
    "FROM nobody",
    "DROP VIEW scores",
    "EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS f1",
    `EXPLAIN ANALYZE COPY scores TO '${path}' (FORMAT csv, USE_TMP_FILE false)`,
    "FROM enable_logging()",
    "SET memory_limit = '1GB'",
    "FROM read_text('/etc/passwd')",
    "SELECT error('by itself')",
    "SELECT 1; SELECT 2",
    "SELECT 'a",
    "FROM scores; -- again",
  ];
  async function* typed() {
    for (const line of lines) {
      yield `${line}\n\n`;
      await new Promise((resolve) => setTimeout(resolve, 20));
      kept.push(await keptNow());
    }
  }
  const output = new PassThrough();
  let text = "";
  output.on("data", (part) => text += part);
  {
    using tables = await ReadOnlyTables.open({
      scores: { files: [path], columns: scores.columns },
    });
    const input = Readable.from(typed());
    await converse(tables, { names: ["scores"], format: "table", historyFile, input, output });
  }
  assert.equal(text.split("eng␛[31m").length - 1, 2, text);
  assert.match(text, /Tables: scores\.\n.*Ctrl-D ends\./);
  assert.match(text, /Cannot read the SQL: syntax error at or near "SELEC"/);
  assert.match(text, /Cannot run a DROP statement/);
  assert.match(text, /Cannot call "enable_logging" here/);
  assert.match(text, /by itself/);
  assert.doesNotMatch(text, /root:/);
  assert.equal(await keptNow(), lines.filter(Boolean).map((line) => `${line}\n`).join(""));
  assert.ok(kept.some((each) => each !== "" && each.split("\n").length < lines.length));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a history that cannot be kept, or is long, is no reason to give no answers", async () => {
  const folder = await Deno.makeTempDir();
  const ask = async (historyFile: string) => {
    using tables = await ReadOnlyTables.open({});
    const output = new PassThrough();
    let text = "";
    output.on("data", (part) => text += part);
    const input = Readable.from(["SELECT 6 * 7 AS n;\n"]);
    await converse(tables, { names: [], format: "json", historyFile, input, output });
    assert.match(text, /"n": 42/);
  };
  await Deno.writeTextFile(join(folder, "file"), "");
  await ask(join(folder, "file/history"));
  const history = join(folder, "history");
  await Deno.writeTextFile(history, Array.from({ length: 2000 }, (_, i) => `${i}\n`).join(""));
  await ask(history);
  const lines = (await Deno.readTextFile(history)).trimEnd().split("\n");
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [501, "1500", "SELECT 6 * 7 AS n;"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a question ends where the input does, and by Ctrl-C", async () => {
  const ends: [about: string, end: (input: PassThrough, terminal: Interface) => void][] = [
    ["an answer", (input) => input.write("q\n")],
    ["the end of the input", (input) => input.end()],
    ["Ctrl-C", (_, terminal) => terminal.emit("SIGINT")],
    ["closed", (_, terminal) => terminal.close()],
  ];
  for (const [about, end] of ends) {
    const input = new PassThrough();
    const terminal = createInterface({ input, output: new PassThrough() });
    const asked = askOn(terminal, "more? ");
    end(input, terminal);
    assert.equal(await asked, "q", about);
    assert.deepEqual([terminal.listenerCount("SIGINT")], [0], about);
    terminal.close();
    assert.equal(await askOn(terminal, "again? "), "q", about);
  }
});

Deno.test("at a terminal a question goes on over lines, Tab completes, and arrows bring whole questions back", async () => {
  await withScores(async (tables, folder) => {
    const historyFile = join(folder, "history");
    await Deno.writeTextFile(historyFile, "SELECT 1 AS one;\nSELECT 2\n\tAS two;\n");
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    let text = "";
    output.on("data", (part) => text += part);
    const ended = converse(tables, {
      names: ["scores"],
      format: "csv",
      historyFile,
      input,
      output,
    });
    /** Types, and gives what is shown until the screen says what is waited for. */
    const type = async (keys: string, until: string): Promise<string> => {
      text = "";
      input.write(keys);
      while (!text.includes(until)) await new Promise((wait) => setTimeout(wait, 5));
      return text;
    };
    const up = "\x1b[A";
    await type("SELECT count(*) AS rows", "rows");
    await type("\r", "...> ");
    await type("FROM sco", "sco");
    await type("\t", "res"); // a table
    await type("\r", "...> ");
    await type("WHERE tar", "tar");
    await type("\t", "get"); // a column, of a question whose table stands on another line
    await type(" = ';\r", "...> "); // no semicolon that ends it
    assert.match(await type("';\r", "sql> "), /rows\r?\n0\r?\n/);
    await type("SELECT 40\r", "...> ");
    assert.match(await type("  + 2 AS sum\r\r", "sql> "), /sum\r?\n42\r?\n/); // an empty line ends it
    assert.match(await type(up, "sum"), /SELECT 40\n {2}\+ 2 AS sum/);
    await type("\x03", "sql> "); // Ctrl-C drops what stands there
    await type("SELECT 5\r", "...> ");
    await type("\x03", "sql> "); // and what was begun
    await type(up, "sum");
    await type(up, "';");
    await type(up, "two;");
    assert.match(await type("\r", "sql> "), /two\r?\n2\r?\n/);
    assert.equal(
      await Deno.readTextFile(historyFile),
      "SELECT 1 AS one;\nSELECT 2\n\tAS two;\n" +
        "SELECT count(*) AS rows\n\tFROM scores\n\tWHERE target = ';\n\t';\n" +
        "SELECT 40\n\t  + 2 AS sum\nSELECT 2\n\tAS two;\n",
    );
    input.write("\x04");
    await ended;
  });
});

Deno.test("the prompt refuses every statement that is refused elsewhere", async () => {
  await withScores(async (tables, folder) => {
    const secret = join(folder, "secret.csv");
    await Deno.writeTextFile(secret, "a,b\nnobody reads this,1\n");
    const lines = Object.values(refused).flat().filter((line) => !/\n\s*\n|\0|^\s*$/.test(line))
      .map((
        line,
      ) =>
        line.replaceAll("<out>", join(folder, "out")).replaceAll("<in>", secret)
          .replaceAll("<scores>", join(folder, "scores.parquet"))
      );
    const output = new PassThrough();
    let text = "";
    output.on("data", (part) => text += part);
    await converse(tables, {
      names: ["scores"],
      format: "json",
      historyFile: join(folder, "history"),
      input: Readable.from(lines.map((line) => `${line}\n\n`)),
      output,
    });
    // A line may end a question here, as that of SELECT 1 does.
    assert.doesNotMatch(text, /nobody reads this|root:|"(?!1":)\w+": /);
    assert.deepEqual((await tables.ask("FROM scores")).rows, rows);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "history",
      "scores.parquet",
      "secret.csv",
    ]);
  });
});
