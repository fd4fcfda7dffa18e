/**
 * Questions that are no questions, and results folders of strangers: A1 to A4, B1, C4 to C6.
 *
 * @module
 */
import { type Attack, harmless, holds, refused } from "./attack.ts";
import type { Lab } from "./lab.ts";

const results = "results/tiny/default";
const scored = `${results}/scores/floor[source=eng].parquet`;

function question(
  id: string,
  query: (lab: Lab) => string,
  message: RegExp,
  output?: string,
): Attack {
  const about = query({ at: (...names: string[]) => names.join("/") } as Lab);
  return {
    id,
    about: `sql ${output ? `--output ${output} ` : ""}"${about}"`,
    begins: "results",
    async attack(lab) {
      const args = output ? ["--output", output.includes(":") ? output : lab.at(output)] : [];
      const before = await digest(lab);
      const outcome = refused(await lab.run(["sql", ...args, query(lab)]), message);
      if (output) holds(!await exists(lab.at(output)), `${output} was written`);
      holds(before === await digest(lab), "a stored content has changed");
      return outcome;
    },
  };
}

function answered(id: string, query: string, answer: RegExp, output?: string): Attack {
  return {
    id,
    about: `sql ${output ? `--output ${output} ` : ""}"${query}"`,
    begins: "results",
    async attack(lab) {
      const args = output ? ["--output", lab.at(output)] : [];
      const ran = await lab.run(["sql", ...args, query]);
      holds(ran.code === 0, ran.stderr);
      if (!output) return harmless(ran, answer);
      const written = await Deno.readTextFile(lab.at(output));
      return harmless({ ...ran, stdout: written.slice(0, 300) }, answer);
    },
  };
}

function manifest(about: string, of: (lab: Lab) => Promise<unknown> | unknown): Attack {
  return {
    id: "A3",
    about: `manifest.json: ${about}`,
    begins: "results",
    async attack(lab) {
      const path = `${results}/manifest.json`, before = await Deno.readTextFile(lab.at(path));
      try {
        await lab.write(path, await of(lab));
        const outcome = refused(await lab.run(["sql", "SELECT 1"]), /manifest\.json: /);
        holds(!await exists(lab.at("man.csv")), "man.csv was written");
        return outcome;
      } finally {
        await lab.write(path, before);
      }
    },
  };
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** What all contents of the store are. */
async function digest(lab: Lab): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "find .crosstie/objects results -type f -exec sha256sum {} + | sort"],
    cwd: lab.folder,
  }).output();
  return new TextDecoder().decode(stdout);
}

const sent = (query: string) =>
  `FROM query(if(current_setting('enable_external_access'), '${query}', 'SELECT 1 AS x'))`;

/** The attacks. */
export const questions: readonly Attack[] = [
  question("A1", () => sent("FROM read_text(''/etc/passwd'')"), /^Cannot call "query"/m, "o.csv"),
  question("A1", () => sent("FROM read_csv(''http://127.0.0.1:9/x'')"), /^Cannot call/m, "o.csv"),
  question("A1", () => "SELECT 1", /^Cannot export to "s3:/m, "s3://127.0.0.1/x.csv"),
  answered("A1", "SELECT 1 AS one -- done", /^one$/m, "o1.csv"),
  answered("A1", "SELECT 1 AS one;;", /^one$/m, "o2.csv"),
  question(
    "A2",
    (lab) =>
      `EXPLAIN ANALYZE COPY (SELECT 666 AS evil) TO '${lab.at(scored)}' ` +
      "(FORMAT csv, USE_TMP_FILE false)",
    /^Cannot run /m,
  ),
  question(
    "A2",
    (lab) =>
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${lab.at(results)}/history/*.parquet' (FORMAT csv)`,
    /^Cannot run /m,
  ),
  question(
    "A2",
    () => "EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS f1",
    /^Cannot run /m,
  ),
  {
    id: "A2",
    about: "the same through a pipe, and a question behind it",
    begins: "results",
    async attack(lab) {
      const stdin = "EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS f1;\n" +
        "SELECT f1 FROM scores";
      return refused(await lab.run(["sql"], { stdin }), /^Cannot /m);
    },
  },
  manifest("a type that copies to a file", async (lab) => {
    const found = JSON.parse(await Deno.readTextFile(lab.at(results, "manifest.json")));
    const type = `INTEGER AS x; COPY (SELECT 'written') TO '${lab.at("man.csv")}'; SELECT 1`;
    return { ...found, tables: { ...found.tables, x: { files: [], columns: { a: { type } } } } };
  }),
  manifest("null", () => null),
  manifest("[]", () => []),
  manifest("{}", () => ({})),
  manifest("a path that is a number", async (lab) => {
    const found = JSON.parse(await Deno.readTextFile(lab.at(results, "manifest.json")));
    found.tables.scores.files[0].path = 7;
    return found;
  }),
  answered("B1", "SELECT i FROM range(130000) t(i)", /^129999$/m),
  answered("B1", "SELECT i, i % 7 AS k FROM range(225519) t(i)", /^225518/m),
  answered("C4", "PIVOT scores ON metric USING avg(value) GROUP BY source", /source/),
  answered("C4", "EXPLAIN SELECT * FROM scores", /^.*PROJECTION|SCAN/m),
  {
    id: "C5",
    about: "a sort that spills, ended by --seconds 20: what it leaves behind",
    begins: "results",
    async attack(lab) {
      const query = "SELECT max(s) FROM (SELECT md5(i::VARCHAR) s, row_number() OVER (ORDER BY " +
        "md5(i::VARCHAR)) FROM range(20000000) t(i))";
      const ran = await lab.run(["sql", "--seconds", "20", query]);
      const left = [...Deno.readDirSync(lab.folder)].map(({ name }) => name)
        .filter((name) => name.startsWith(".tmp"));
      holds(left.length === 0, `left behind: ${left}`);
      return ran.code === 0 ? harmless(ran, /./) : refused(ran, /^Cannot answer|ended|longer/m);
    },
  },
  {
    id: "C6",
    about: "20,000,000 rows as CSV, with --seconds 5 and nobody who reads",
    begins: "results",
    async attack(lab) {
      const query = "SELECT i, md5(i::VARCHAR) AS m FROM range(20000000) t(i)";
      const ran = await lab.run(["sql", "--seconds", "5", "--output", lab.at("big.csv"), query]);
      await Deno.remove(lab.at("big.csv")).catch(() => {});
      if (ran.code === 0) return harmless({ ...ran, stdout: "written whole" }, /written whole/);
      return refused(ran, /5 s/);
    },
  },
  {
    id: "A4",
    about: "notes.txt among results, then a run with other params",
    begins: "results",
    async attack(lab) {
      await lab.write(`${results}/notes.txt`, "my notes");
      const text = await Deno.readTextFile(lab.at("pipeline.yaml"));
      await lab.write("pipeline.yaml", text.replace("train: 40", "train: 41"));
      const ran = await lab.run(["run"]);
      await lab.write("pipeline.yaml", text);
      holds(await exists(lab.at(results, "notes.txt")), "notes.txt is gone");
      await Deno.remove(lab.at(results, "notes.txt"));
      return harmless(ran, /\d+ ran, \d+ fresh, 0 failed/);
    },
  },
  {
    id: "A4",
    about: "a folder of results that holds thesis.md and no manifest",
    begins: "results",
    async attack(lab) {
      await Deno.mkdir(lab.at("results/evilname/default"), { recursive: true });
      await lab.write("results/evilname/default/thesis.md", "thesis");
      const text = await Deno.readTextFile(lab.at("pipeline.yaml"));
      await lab.write("ev.yaml", text.replace("name: tiny", "name: evilname"));
      const outcome = refused(await lab.run(["run", "-f", "ev.yaml"]), /thesis\.md/);
      holds(await exists(lab.at("results/evilname/default/thesis.md")), "thesis.md is gone");
      return outcome;
    },
  },
];
