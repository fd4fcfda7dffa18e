/** Servers that once made a wrong corpus, or kept a password, by the command line. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ProjectCopy } from "./project_copy.ts";

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
    assert.equal(run.stderr, "");
  });
  await t.step("a file without a pin that is another than the lock had", async () => {
    using server = serve(() => ({ status: 200, headers: part(v2, 0), body: v2 }));
    const env = {
      CROSSTIE_CACHE: join(project.folder, "later"),
      CROSSTIE_MIRROR: `http://127.0.0.1:${server.addr.port}`,
    };
    const run = await project.crosstie(["run"], env);
    assert.equal(run.code, 0, run.stdout);
    assert.match(
      run.stderr,
      /^warning: http:\/\/corpora\.example\/train\.txt has changed: SHA-256 [0-9a-f]{16}… by the lock, [0-9a-f]{16}… here\n {2}the lock has it as it is now/,
    );
    const again = await project.crosstie(["run"], env);
    assert.deepEqual([again.code, again.stderr], [0, ""]);
  });
});
