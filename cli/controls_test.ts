import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

/** A title for a terminal's window, a colour, and every other kind of control. */
const evil = "\x1b]0;pwn\x07\x1b[31m\x00\x08\x0c\x7f\x9b31m";
/** The same in YAML, between double quotes. */
const yaml = String.raw`\e]0;pwn\a\e[31m\0\b\f\x7f\x9b31m`;
/** What can stand in an argument. */
const argument = evil.replace("\0", "");
// deno-lint-ignore no-control-regex
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

const plain = `name: controls
params: { languages: [eng] }
stages:
  corpus:
    use: download
    matrix: { language: $languages, tag: [a, b] }
    with: { corpus: sample, language: $language, limit: { train: 4 } }
  tokens:
    use: ner.tokenize
    matrix: { language: $languages, tag: [a, b] }
    inputs: { corpus: corpus }
headline: sentences
`;

/** Pipeline files with one field that somebody else has filled. */
const files: Readonly<Record<string, string>> = {
  "a profile": `profile: "${yaml}"\n${plain}`,
  "a profile that is there": `profile: "${yaml}"\nprofiles: { "${yaml}": {} }\n${plain}`,
  "a name": plain.replace("name: controls", `name: "${yaml}"`),
  "a key": `"${yaml}": 1\n${plain}`,
  "a param": plain.replace("languages: [eng]", `languages: [eng], "${yaml}": 1`),
  "a reference": plain.replace("$languages", `"$${yaml}"`),
  "a stage": plain.replace("  tokens:", `  "${yaml}":`),
  "a kind": plain.replace("use: ner.tokenize", `use: "${yaml}"`),
  "an axis": plain.replaceAll("tag:", `"${yaml}":`),
  "a key of with": plain.replace("corpus: sample", `corpus: sample, "${yaml}": 1`),
  "a corpus": plain.replace("corpus: sample", `corpus: "${yaml}"`),
  "a value": plain.replaceAll("tag: [a", `tag: ["${yaml}"`),
  "a language": plain.replace("[eng]", `["${yaml}"]`),
  "a number": plain.replace("train: 4", `train: "${yaml}"`),
  "an input": plain.replace("corpus: corpus }", `corpus: "${yaml}" }`),
  "an input's name": plain.replace("corpus: corpus }", `"${yaml}": corpus }`),
  "a filter": plain.replace(
    "corpus: corpus }",
    `corpus: { stage: corpus, where: { tag: "${yaml}x" } } }`,
  ),
  "a resource": `${
    plain.replace("headline", "    resources: { " + `"${yaml}"` + ": 1 }\nheadline")
  }`,
  "an amount": `${
    plain.replace("headline", "    resources: { memory: " + `"${yaml}"` + " }\nheadline")
  }`,
  "a headline": plain.replace("headline: sentences", `headline: "${yaml}"`),
  "bytes that are no YAML": `${plain}\n${evil}`,
  "an anchor": `${plain}x: *${evil}\n`,
};

async function crosstie(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `${project}/main.ts`, ...args],
    cwd: folder,
    env: {
      CROSSTIE_CACHE: join(folder, "store"),
      CROSSTIE_RESULTS: join(folder, "results"),
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: out + err };
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a field of a pipeline file never reaches a terminal raw", async () => {
  await withFolder(async (folder) => {
    for (const [field, text] of Object.entries(files)) {
      const file = join(folder, "pipeline.yaml");
      await Deno.writeTextFile(file, text);
      const { text: printed } = await crosstie(folder, ["status", "--all", "-f", file]);
      assert.match(printed, /␛|Cannot|stale/, field);
      assert.doesNotMatch(printed, controls, field);
    }
  });
});

/** Every command that names instances, or what is known of them. */
const commands: readonly (readonly string[])[] = [
  ["explain", "corpus", "tokens", "--all"],
  ["logs", "corpus", "tokens"],
  ["run", "--dry-run", "--force"],
  ["status", "--all"],
  ["status", "--json"],
  ["graph"],
  ["graph", "--instances"],
  ["graph", "--instances", "--format", "dot"],
  ["graph", "--instances", "--format", "svg"],
  ["sql", "FROM sentences"],
  ["sql", "SELECT filename FROM sentences"],
  ["sql", `SELECT '${argument}' AS "${argument}"`],
  ["sql", "--format", "markdown", "SELECT chr(27) AS e"],
  ["sql", `SELEC '${argument}'`],
  ["verify"],
  ["verify", "--lock"],
  ["run", "--force"],
  ["run", "--force", "--json"],
  ["pin"],
  ["doctor"],
  ["push"],
  ["gc", "--dry-run"],
  ["cancel"],
  ["report", "--output", `report${argument}.html`],
  ["export", "--to", `out${argument}`],
  ["compare", argument, "corpus"],
  ["predict", argument, "no.txt"],
  ["explain", argument],
  [argument],
  ["run", `--${argument}`],
  ["run", "--jobs", argument],
  ["run", "--set", `${argument}=1`],
  ["run", "--set", argument],
  ["run", "--profile", argument],
];

Deno.test("a record, a log and an argument never reach a terminal raw", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "pipeline.yaml");
    await Deno.writeTextFile(file, plain);
    const first = await crosstie(folder, ["run", "-f", file]);
    assert.equal(first.code, 0, first.text);
    const server = Deno.serve(
      { port: 0, onListen: () => {} },
      () => new Response(evil, { status: 500, statusText: "no" }),
    );
    const env = {
      CROSSTIE_REMOTE: `http://127.0.0.1:${server.addr.port}/`,
      CROSSTIE_MIRROR: `/nowhere/${argument}`,
    };
    await tamper(folder);
    for (const [name, ...args] of commands) {
      const own = ["doctor", argument].includes(name) ? [] : ["-f", file];
      const remote = name === "push" || name === "doctor" ? env : {};
      const { text } = await crosstie(folder, [name, ...own, ...args], remote);
      assert.notEqual(text, "", args.join());
      assert.doesNotMatch(text, controls, [name, ...args].join(" "));
      if (name === "explain" || name === "logs") assert.match(text, /␛\]0;pwn/);
    }
    const missing = await crosstie(folder, [
      "status",
      "-f",
      `${folder}/${argument}.yaml`,
    ]);
    assert.equal(missing.code, 2);
    assert.doesNotMatch(missing.text, controls);
    await server.shutdown();
  });
});

/** Fills every text of the records, and the logs, of a store. */
async function tamper(folder: string): Promise<void> {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
    }
    return typeof value === "string" && !/^[0-9a-f]{40,64}$/.test(value)
      ? `${value}${evil}`
      : value;
  };
  const store = join(folder, "store");
  for (const shelf of Deno.readDirSync(join(store, "records"))) {
    for (const { name } of Deno.readDirSync(join(store, "records", shelf.name))) {
      const path = join(store, "records", shelf.name, name);
      const record = JSON.parse(await Deno.readTextFile(path));
      const log = join(store, "objects", record.log.slice(0, 2), record.log);
      for (const each of [path, log]) await Deno.chmod(each, 0o644);
      await Deno.writeTextFile(log, `printed ${evil}\n`);
      const { host, startedAt, endedAt, provenance } = record;
      const filled = { ...record, ...fill({ host, startedAt, endedAt, provenance }) as object };
      await Deno.writeTextFile(path, JSON.stringify(filled));
    }
  }
}
