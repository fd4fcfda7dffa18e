/** Attacks that once got through, by the command line. */
import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { type Outcome, ProjectCopy } from "./project_copy.ts";

const tiny = `name: tiny
params: { languages: [eng, swa] }
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
    matrix: { source: $languages }
    inputs: { train: { stage: tokens, where: { language: $source } }, examples: tokens }
  floor:
    use: ner.evaluate
    matrix: { source: $languages }
    inputs: { predictions: memorize }
`;
const results = "results/tiny/default";
const scored = `${results}/scores/floor[source=eng].parquet`;

/** A project in which the tiny pipeline has run. */
async function ran(): Promise<ProjectCopy> {
  const project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "pipeline.yaml"), tiny);
  const { code, stdout, stderr } = await project.crosstie(["run"]);
  assert.equal(code, 0, stdout + stderr);
  return project;
}

function assertRefused({ code, stdout, stderr }: Outcome, message: RegExp): void {
  assert.deepEqual([code, stdout], [2, ""], stderr);
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /^ {4}at |Uncaught/m);
}

Deno.test("sql reads, writes and runs nothing else, printing or exporting", async () => {
  await using project = await ran();
  const before = await project.digests(".crosstie/objects");
  const output = join(project.folder, "x.csv"), place = join(project.folder, scored);
  const secret = join(project.folder, "deno.json");
  const attacks: [query: string, message: RegExp][] = [
    [
      `FROM query(if(current_setting('enable_external_access'), 'FROM read_text(''${secret}'')', 'SELECT 1 AS x'))`,
      /^Cannot call "query" here/,
    ],
    [`FROM read_text('${secret}')`, /^Cannot /],
    [`FROM '${secret}'`, /^Cannot |^Catalog Error|^Permission Error/],
    [`EXPLAIN ANALYZE COPY (SELECT 666 AS evil) TO '${place}' (FORMAT csv)`, /^Cannot run /],
    ["EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS value", /^Cannot run /],
    [`/**/ EXPLAIN /* ; */ ANALYZE COPY (SELECT 1) TO '${place}'`, /^Cannot run /],
    ["SELECT 1; CREATE VIEW scores AS SELECT 100.0 AS value", /^Cannot /],
  ];
  for (const [query, message] of attacks) {
    assertRefused(await project.crosstie(["sql", query]), message);
    assertRefused(await project.crosstie(["sql", "--output", output, query]), message);
    await assert.rejects(Deno.stat(output), Deno.errors.NotFound, query);
  }
  const elsewhere = ["sql", "--output", "s3://127.0.0.1/x.csv", "SELECT 1"];
  assertRefused(
    await project.crosstie(elsewhere),
    /^Cannot export to "s3:\/\/127\.0\.0\.1\/x\.csv"/,
  );
  const own = ["sql", "--output", scored, "SELECT 100.0 AS value"];
  assertRefused(await project.crosstie(own), /^Cannot export to "\S+": it is a table of results/);
  assert.deepEqual(await project.digests(".crosstie/objects"), before);
  const verified = await project.crosstie(["verify"]);
  assert.match(verified.stdout, /: all whole\n$/);
});

Deno.test("a manifest from a stranger runs nothing, and leads to no other file", async () => {
  await using project = await ran();
  const path = join(project.folder, results, "manifest.json");
  const manifest = JSON.parse(await Deno.readTextFile(path));
  const written = join(project.folder, "written.csv");
  const code = `INTEGER AS x; COPY (SELECT 1) TO '${written}'; SELECT 1`;
  const [file] = manifest.tables.scores.files;
  const withFile = (given: unknown) => ({
    ...manifest,
    tables: { scores: { ...manifest.tables.scores, files: [given] } },
  });
  const forged: [content: unknown, message: RegExp][] = [
    [null, /manifest\.json: Invalid input: expected object/],
    [[], /manifest\.json: Invalid input: expected object/],
    [{}, /manifest\.json: "format"/],
    [
      { ...manifest, tables: { x: { files: [], columns: { a: { type: code } } } } },
      /manifest\.json: "tables\.x\./,
    ],
    [withFile(7), /"tables\.scores\.files\.0"/],
    [withFile({ ...file, path: 7 }), /"tables\.scores\.files\.0\.path"/],
    [withFile({ ...file, path: "../../../deno.json" }), /a path leads out of the folder/],
    [withFile({ ...file, path: "/etc/passwd" }), /"tables\.scores\.files\.0\.path"/],
  ];
  for (const [content, message] of forged) {
    await Deno.remove(path);
    await Deno.writeTextFile(path, JSON.stringify(content));
    const answer = await project.crosstie(["sql", "SELECT 1"]);
    assertRefused(answer, message);
    assert.match(
      answer.stderr,
      /\n {2}move \S+default elsewhere, and a run lays the results out: /,
    );
  }
  await Deno.rename(dirname(path), join(project.folder, "moved"));
  assert.match((await project.crosstie(["run"])).stdout, /^0 ran, 8 fresh, 0 failed/);
  assert.equal((await project.crosstie(["sql", "FROM scores"])).code, 0);
  await assert.rejects(Deno.stat(written), Deno.errors.NotFound);
});

Deno.test("what a person put among results stays, and a link is not followed", async () => {
  await using project = await ran();
  const at = (...parts: string[]) => join(project.folder, ...parts);
  const named = async (name: string, text = tiny) => {
    await Deno.writeTextFile(at(`${name}.yaml`), text.replace("name: tiny", `name: ${name}`));
    return await project.crosstie(["run", "-f", `${name}.yaml`]);
  };
  await Deno.writeTextFile(at(results, "notes.txt"), "mine");
  await Deno.mkdir(at(results, "scores/plots"));
  await Deno.writeTextFile(at(results, "scores/plots/a.svg"), "<svg/>");
  await project.edit("pipeline.yaml", "train: 40", "train: 41");
  assert.equal((await project.crosstie(["run"])).code, 0);
  assert.equal(await Deno.readTextFile(at(results, "notes.txt")), "mine");
  assert.equal(await Deno.readTextFile(at(results, "scores/plots/a.svg")), "<svg/>");

  await Deno.mkdir(at("results/thesis/default"), { recursive: true });
  await Deno.writeTextFile(at("results/thesis/default/thesis.md"), "years");
  assertRefused(
    await named("thesis"),
    /has no manifest\.json of a pipeline, and holds .*thesis\.md/,
  );
  assert.equal(await Deno.readTextFile(at("results/thesis/default/thesis.md")), "years");

  const elsewhere = await Deno.makeTempDir();
  await Deno.mkdir(join(elsewhere, "default"), { recursive: true });
  await Deno.writeTextFile(join(elsewhere, "default/x.txt"), "x");
  await Deno.symlink(elsewhere, at("results/linked"));
  assertRefused(await named("linked"), /results\/linked is a link to /);
  assert.deepEqual([...Deno.readDirSync(join(elsewhere, "default"))].map(({ name }) => name), [
    "x.txt",
  ]);

  await Deno.copyFile(at("pipeline.yaml"), at("twin.yaml"));
  const twin = await project.crosstie(["run", "-f", "twin.yaml"]);
  assert.match(
    twin.stderr,
    /warning: a run replaces the results of pipeline\.yaml, which has the same name/,
  );
});

const corpus = `
  served:
    title: served
    task: ner
    licence: own
    format: conll
    url: http://HOST/{split}.txt
    languages: xx
    splits: { train: train, validation: dev, test: test }
    entityTypes: [PER]
`;
const download = `name: served
stages:
  corpus: { use: download, with: { corpus: served, language: xx } }
`;

/** Sentences that say which version they are of. */
function version(name: string): Uint8Array<ArrayBuffer> {
  const text = Array.from({ length: 40 }, (_, i) => `Ada${i} B-PER\n${name} O\n\n`).join("");
  return new TextEncoder().encode(text);
}

/** How a server goes wrong with train.txt: what it answers to the request from a byte on. */
type Mode = (start: number) => {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
};

const [v1, v2] = [version("v1"), version("v2")];
const part = (bytes: Uint8Array<ArrayBuffer>, start: number, end = bytes.length) => ({
  "content-length": String(bytes.length - start),
  ...start > 0 ? { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` } : {},
});
const modes: Record<string, { mode: Mode; words: Record<string, number> }> = {
  "a file that changes in the middle": {
    mode: (start) =>
      start === 0 && !changed
        ? { status: 200, headers: { etag: '"1"', ...part(v1, 0) }, body: v1.subarray(0, 300) }
        : {
          status: start > 0 ? 206 : 200,
          headers: { etag: '"2"', ...part(v2, start) },
          body: v2.subarray(start),
        },
    words: { v2: 40 },
  },
  "ranges that are shorter than asked for": {
    mode: (start) => {
      if (start === 0) {
        return { status: 200, headers: { etag: '"1"', ...part(v1, 0) }, body: v1.subarray(0, 300) };
      }
      const end = Math.min(start + 150, v1.length);
      const headers = { etag: '"1"', ...part(v1, start, end), "content-length": `${end - start}` };
      return { status: 206, headers, body: v1.subarray(start, end) };
    },
    words: { v1: 40 },
  },
};
let changed = false;

/** Serves train.txt in a mode, and other files well; whole heads, bodies cut where the mode says. */
function serve(mode: Mode): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(65_536);
      const read = await connection.read(buffer) ?? 0;
      const request = new TextDecoder().decode(buffer.subarray(0, read));
      const start = Number(/^range: bytes=(\d+)-/im.exec(request)?.[1] ?? 0);
      const isTrain = request.includes("/train.txt");
      const { status, headers, body } = isTrain
        ? mode(start)
        : { status: 200, headers: part(v1, 0), body: v1 };
      changed ||= isTrain;
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
      await connection.write(
        new TextEncoder().encode(`HTTP/1.1 ${status} x\r\nconnection: close\r\n${head}\r\n`),
      );
      await connection.write(body);
      connection.close();
    }
  })().catch(() => {});
  return listener;
}

Deno.test("a download is one version, whole; a password of its address is kept nowhere", async (t) => {
  await using project = await ProjectCopy.create();
  await Deno.writeTextFile(join(project.folder, "pipeline.yaml"), download);
  const path = join(project.folder, "data/sources.yaml");
  const catalogue = await Deno.readTextFile(path);
  for (const [name, { mode, words }] of Object.entries(modes)) {
    await t.step(name, async () => {
      changed = false;
      using server = serve(mode);
      const host = `127.0.0.1:${server.addr.port}`;
      await Deno.writeTextFile(path, catalogue + corpus.replace("HOST", host));
      const cache = join(project.folder, name);
      const env = { CROSSTIE_CACHE: cache };
      const run = await project.crosstie(["run"], env);
      assert.equal(run.code, 0, run.stdout + run.stderr);
      const query = "SELECT tokens[2] AS word, count(*)::INTEGER AS n FROM sentences " +
        "WHERE split = 'train' GROUP BY ALL";
      const { stdout } = await project.crosstie(["sql", "--format", "json", query], env);
      const found = (JSON.parse(stdout) as { word: string; n: number }[])
        .map(({ word, n }) => [word, n]);
      assert.deepEqual(Object.fromEntries(found), words);
    });
  }
  await t.step("a password in the mirror's address", async () => {
    await Deno.writeTextFile(path, catalogue + corpus.replace("HOST", "corpora.example"));
    using server = serve(modes["ranges that are shorter than asked for"].mode);
    const mirror = `http://bob:hunter2secret@127.0.0.1:${server.addr.port}/`;
    const env = { CROSSTIE_CACHE: join(project.folder, "own"), CROSSTIE_MIRROR: mirror };
    const run = await project.crosstie(["run"], env);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const doctor = await project.crosstie(["doctor"], env);
    assert.doesNotMatch(run.stdout + run.stderr + doctor.stdout + doctor.stderr, /hunter2secret/);
    const grep = await new Deno.Command("grep", {
      args: ["-r", "-l", "-a", "hunter2secret", "own", "results", "pipeline.lock"],
      cwd: project.folder,
    }).output();
    assert.equal(new TextDecoder().decode(grep.stdout), "");
    const [object] = await project.records(env.CROSSTIE_CACHE);
    assert.equal(object.instance, "corpus");
  });
});

Deno.test("sql prints 300,000 rows", async () => {
  await using project = await ran();
  const { code, stdout } = await project.crosstie(["sql", "SELECT i FROM range(300000) t(i)"]);
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual([lines.length, lines.at(-1)], [300_002, "299999"]);
});
