import { strict as assert } from "node:assert";
import { join } from "node:path";
import { type Outcome, ProjectCopy } from "./project_copy.ts";

const pipeline = `name: odd
params: { languages: [eng, swa], seeds: [1] }
stages:
  corpus:
    use: download
    matrix: { language: $languages }
    with: { corpus: sample, language: $language, limit: { train: 40, validation: 10, test: 20 } }
  tokens:
    use: ner.tokenize
    matrix: { language: $languages }
    inputs: { corpus: corpus }
  memorize:
    use: ner.memorize
    matrix: { source: [$languages, { all: $languages }] }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  floor:
    use: ner.evaluate
    matrix: { source: [$languages, all] }
    inputs: { predictions: memorize }
  transfer:
    use: transfer
    inputs: { scores: floor }
headline: transfer
`;

/**
 * Folders, one in the other, that DuckDB could take for patterns or columns, or a shell for more.
 * `lib/table/parquet_source_test.ts` tries each by itself.
 */
const odd = "source=zz/f1=99/tags=5/a*b/run[1]/q?/{x}/o'k/%41/#/a b/a\nb/ü";
/** A neighbour that it finds as a pattern. */
const neighbour = "source=zz/f1=99/tags=5/axb/run1/qx/{x}/o'k/%41/#/a b/a\nb/ü";

const selected = "SELECT source, target, mean, seeds FROM transfer ORDER BY ALL";

async function tableOf(
  project: ProjectCopy,
  env: Record<string, string>,
  ...args: string[]
): Promise<{ run: Outcome; table: string; sql: string }> {
  const run = await project.crosstie(["run", ...args], env);
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const [folder] = [...Deno.readDirSync(join(project.folder, "results/odd"))];
  const digests = await project.digests(join("results/odd", folder.name, "transfer"));
  const sql = await project.crosstie(["sql", ...args, "--format", "csv", selected], env);
  assert.equal(sql.code, 0, sql.stderr);
  await Deno.remove(join(project.folder, "results"), { recursive: true });
  return { run, table: [...digests.values()].join(), sql: sql.stdout };
}

async function withProject(
  body: (project: ProjectCopy) => Promise<void>,
  below?: string,
): Promise<void> {
  await using project = await ProjectCopy.create(below);
  await Deno.writeTextFile(join(project.folder, "pipeline.yaml"), pipeline);
  await body(project);
}

Deno.test("below folders of any name, the transfer table has the same bytes", async () => {
  let ordinary: { table: string; sql: string } | undefined;
  await withProject(async (project) => {
    const cache = (name: string) => ({ CROSSTIE_CACHE: join(project.folder, "caches", name) });
    const { run, table, sql } = await tableOf(project, cache("ordinary"));
    assert.match(run.stdout, /all +29\.3/);
    ordinary = { table, sql };
    for (const name of [neighbour, odd]) {
      const { table, sql } = await tableOf(project, cache(name));
      assert.deepEqual({ table, sql }, ordinary, name);
    }
    // What a store has that is shared is read as well.
    const shared = cache(`${odd}/shared`).CROSSTIE_CACHE;
    const some = await project.crosstie(["run", "floor"], { CROSSTIE_CACHE: shared });
    assert.match(some.stdout, /10 ran/);
    const own = await tableOf(project, { ...cache("own"), CROSSTIE_SHARED_CACHE: shared });
    assert.match(own.run.stdout, /1 ran, 10 fresh/);
    assert.deepEqual({ table: own.table, sql: own.sql }, ordinary);
  });
  await withProject(async (project) => {
    const { table, sql } = await tableOf(project, {});
    assert.deepEqual({ table, sql }, ordinary);
  }, odd);
});

Deno.test("what --set tries adds no column", async () => {
  await withProject(async (project) => {
    const set = ["--set", "seeds=5"];
    assert.equal((await project.crosstie(["run", ...set])).code, 0);
    const { stdout } = await project.crosstie(["sql", ...set, "DESCRIBE transfer"]);
    assert.match(stdout, /source/);
    assert.doesNotMatch(stdout, /seeds=|\+/);
    const exported = join(project.folder, "x.parquet");
    await project.crosstie(["sql", ...set, "--output", exported, "FROM transfer"]);
    const json = await project.crosstie(["sql", ...set, "--format", "json", "FROM transfer"]);
    assert.deepEqual(Object.keys(JSON.parse(json.stdout)[0]), [
      "model",
      "source",
      "target",
      "metric",
      "of",
      "seeds",
      "mean",
      "std",
      "gap",
    ]);
  });
});
