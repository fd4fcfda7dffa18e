import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { cancelCommand } from "../cli/cancel.ts";
import { compareCommand } from "../cli/compare.ts";
import { completionsCommand } from "../cli/completions.ts";
import { doctorCommand } from "../cli/doctor.ts";
import { exportCommand } from "../cli/export.ts";
import { explainCommand } from "../cli/explain.ts";
import { gcCommand } from "../cli/gc.ts";
import { graphCommand } from "../cli/graph.ts";
import { initCommand } from "../cli/init.ts";
import { logsCommand } from "../cli/logs.ts";
import { predictCommand } from "../cli/predict.ts";
import { pinCommand } from "../cli/pin.ts";
import { reportCommand } from "../cli/report.ts";
import { runCommand } from "../cli/run.ts";
import { sqlCommand } from "../cli/sql.ts";
import { statusCommand } from "../cli/status.ts";
import { pullCommand, pushCommand } from "../cli/sync.ts";
import { verifyCommand } from "../cli/verify.ts";
import { parseYaml } from "../lib/core/yaml.ts";
import { parseCatalogue } from "../lib/corpora/catalogue.ts";
import { macroStatements } from "../lib/table/macros.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { View } from "../lib/table/views.ts";
import { stages } from "../stages/mod.ts";
import {
  blocks,
  commands,
  type Found,
  headings,
  inlineCode,
  links,
  readPages,
  root,
} from "./pages.ts";

const pages = await readPages();
const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  tasks: Record<string, string>;
};
const all = [
  ...[initCommand(), runCommand(), statusCommand(), explainCommand(), graphCommand()],
  ...[cancelCommand(), logsCommand(), sqlCommand(), doctorCommand(), verifyCommand()],
  ...[reportCommand(), exportCommand()],
  ...[
    compareCommand(),
    gcCommand(),
    pinCommand(),
    pushCommand(),
    pullCommand(),
    predictCommand(),
    completionsCommand(() => []),
  ],
];
const flagsOf = new Map(
  all.map((
    command,
  ) => [command.name(), command.options.flatMap(({ long, short }) => [long, short])]),
);

/** What is wrong with a command that a page tells to run. */
function faults({ place, text }: Found): string[] {
  const found: string[] = [];
  for (const [, task] of text.matchAll(/\bdeno(?:@[\d.]+)? task (?:-q )?([a-z][\w:-]*)/g)) {
    if (tasks[task] === undefined) found.push(`${place}: there is no task ${task}`);
  }
  for (const [script] of text.matchAll(/\bscripts\/[\w./-]+\.\w+/g)) {
    if (!existsSync(join(root, script))) found.push(`${place}: there is no ${script}`);
  }
  const [, task, rest] = /\bdeno(?:@[\d.]+)? task (?:-q )?([a-z]+)(?: (.*))?$/.exec(text) ?? [];
  const known = flagsOf.get(task === "pipeline" ? "run" : task);
  for (
    const [flag] of (rest ?? "").replace(/'[^']*'|"[^"]*"/g, "").matchAll(/(?<=^| )--?[a-z][\w-]*/g)
  ) {
    if (known && !known.includes(flag)) found.push(`${place}: ${task} has no ${flag}`);
  }
  return found;
}

Deno.test("every task, script and option that a page names is there", () => {
  const told = pages.flatMap((page) => [...commands(page), ...inlineCode(page)]);
  assert.ok(told.filter(({ text }) => /deno task/.test(text)).length > 30);
  assert.deepEqual(told.flatMap(faults), []);
});

Deno.test("a command that is not there, or has another option, is found", () => {
  const of = (text: string) => faults({ place: "x:1", text });
  assert.deepEqual(of("deno task pipelines"), ["x:1: there is no task pipelines"]);
  assert.deepEqual(of("deno task status --lock"), ["x:1: status has no --lock"]);
  assert.deepEqual(of("deno run -A scripts/none.ts"), ["x:1: there is no scripts/none.ts"]);
  assert.deepEqual(of(`npx --yes deno@2.9.6 task sql --format csv "FROM a --b"`), []);
});

Deno.test("every link inside the project leads to a file, and to a heading where it names one", () => {
  const broken = pages.flatMap(links).filter(({ text, heading }) => {
    if (!existsSync(join(root, text))) return true;
    const page = pages.find(({ path }) => path === text);
    return heading !== undefined && page !== undefined && !headings(page).includes(heading);
  });
  assert.deepEqual(broken, []);
});

Deno.test("every file of the project that a page names is there", () => {
  const named = pages.filter(({ path }) => path !== "CHANGELOG.md").flatMap(inlineCode)
    .filter(({ text }) => /^(?:cli|lib|scripts|stages|tests)\/[\w./-]+$/.test(text));
  assert.ok(named.length > 40);
  assert.deepEqual(named.filter(({ text }) => !existsSync(join(root, text))), []);
});

Deno.test("the README lists every command", () => {
  const readme = pages.find(({ path }) => path === "README.md")!;
  const named = inlineCode(readme).map(({ text }) => /^deno task ([a-z]+)/.exec(text)?.[1]);
  const names = all.map((command) => command.name() === "run" ? "pipeline" : command.name());
  assert.deepEqual(names.filter((name) => !named.includes(name)), []);
});

/** The axes of the sample's instances, by what they write. */
const axesOf = (table: string): Record<string, string | number> =>
  table === "transfer"
    ? {}
    : ["sentences", "texts", "oddities", "examples"].includes(table)
    ? { language: "eng" }
    : { source: "eng", seed: 42 };

Deno.test("every question in SQL that a page asks is one that the tables can answer", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const views: Record<string, View> = {};
    for (const kind of await Promise.all(Object.values(stages).map((entry) => entry.load()))) {
      for (const output of Object.values(kind.outputs)) {
        if (output.kind !== "table" || views[output.schema.name]) continue;
        const { name, columns } = output.schema;
        await writeTable(output.schema, `${folder}/${name}.parquet`, []);
        views[name] = { files: [`${folder}/${name}.parquet`], columns, axes: [axesOf(name)] };
      }
    }
    using tables = await ReadOnlyTables.open(views, {}, macroStatements(views));
    // Those of the how-tos are asked by walkthroughs_test.ts.
    const asked = pages.filter(({ path }) => !path.startsWith("docs/how_to/")).flatMap(commands)
      .flatMap(({ place, text }) => {
        const query = /\btask (?:-q )?sql .*?"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
        return query === undefined ? [] : [{ place, text: query.replaceAll('\\"', '"') }];
      });
    assert.ok(asked.length > 5);
    for (const { place, text } of asked) {
      await assert.doesNotReject(tables.ask(text), `${place}: ${text}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every stage in a block of YAML is of a kind that there is, with its params and inputs", async () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const { place, text } of pages.flatMap((page) => blocks(page, "yaml"))) {
    const { value } = parseYaml(text, place);
    for (const stage of stagesIn(value)) {
      seen++;
      const entry = stages[stage.use];
      if (!entry) {
        wrong.push(`${place}: ${stage.use}`);
        continue;
      }
      const kind = await entry.load();
      const { properties } = z.toJSONSchema(kind.params, { io: "input", unrepresentable: "any" });
      for (const name of Object.keys(stage.with ?? {})) {
        if (!Object.hasOwn(properties!, name)) wrong.push(`${place}: ${stage.use} has no ${name}`);
      }
      for (const name of Object.keys(stage.inputs ?? {})) {
        if (!Object.hasOwn(kind.inputs, name)) {
          wrong.push(`${place}: ${stage.use} takes no ${name}`);
        }
      }
    }
  }
  assert.ok(seen > 5);
  assert.deepEqual(wrong, []);
});

Deno.test("every entry for the catalogue in a block of YAML is one that is read", () => {
  const entries = pages.flatMap((page) => blocks(page, "yaml"))
    .filter(({ text }) => /^ {2}format: /m.test(text));
  assert.ok(entries.length > 1);
  for (const { place, text } of entries) {
    const indented = text.split("\n").map((line) => `  ${line}`).join("\n");
    assert.doesNotThrow(() => parseCatalogue(`corpora:\n${indented}\n`, place), place);
  }
});

interface ShownStage {
  readonly use: string;
  readonly with?: Record<string, unknown>;
  readonly inputs?: Record<string, unknown>;
}

function stagesIn(value: unknown): ShownStage[] {
  if (value === null || typeof value !== "object") return [];
  const own = "use" in value && typeof value.use === "string" ? [value as ShownStage] : [];
  return [...own, ...Object.values(value).flatMap(stagesIn)];
}
