import { strict as assert } from "node:assert";
import { FileServer } from "../store/testdata/file_server.ts";
import { startS3Server } from "../store/testdata/s3_server.ts";
import { Laboratory } from "./testdata/laboratory.ts";

const pipeline = `
name: remote
params: { words: [ape, bee, cat] }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word }
  first:
    use: upper
    matrix: { word: $words }
    inputs: { text: words }
  all:
    use: concat
    inputs: { texts: first }
`;
const instances = 7;

/** Every table with its content. */
async function tables(lab: Laboratory): Promise<string[]> {
  const paths = (await lab.files("results")).filter((path) => path.endsWith(".parquet"));
  return await Promise.all(paths.map(async (path) => `${path} ${await lab.read(path)}`));
}

/** Another machine, with nothing, gets all results of a first one by fetching alone. */
async function fetchAll(env: Record<string, string>): Promise<void> {
  await using first = await Laboratory.create(pipeline);
  const sent = await first.run({}, env);
  assert.deepEqual([sent.summary?.ran, sent.errors], [instances, ""]);
  const [{ results, left }] = await first.ask<{ results: number; left: string[] }>(
    { ask: "push" },
    env,
  );
  assert.deepEqual([results, left], [instances, []]);

  await using second = await Laboratory.create(pipeline);
  await second.write("pipeline.lock", await first.read("pipeline.lock"));
  const got = await second.run({}, env);
  assert.deepEqual([got.ran, got.summary?.fresh, got.errors], [[], instances, ""]);
  assert.deepEqual(await tables(second), await tables(first));
  assert.deepEqual(await second.ask({ ask: "compare" }), []);

  await using third = await Laboratory.create(pipeline);
  const states = await third.ask<{ kind: string }>({ ask: "pull" }, env);
  assert.deepEqual(states.map(({ kind }) => kind), Array(instances).fill("fresh"));
  assert.deepEqual((await third.run()).ran, []);
  assert.deepEqual(await tables(third), await tables(first));
}

Deno.test("a second machine rebuilds all results from a plain HTTP server by fetching alone", async () => {
  await using server = new FileServer();
  await fetchAll({ CROSSTIE_REMOTE: server.address });
});

Deno.test("a content corrupted on the server is noticed, named and made again, alone", async () => {
  await using server = new FileServer();
  const env = { CROSSTIE_REMOTE: server.address };
  await using first = await Laboratory.create(pipeline);
  await first.run();
  await first.ask({ ask: "push" }, env);
  const [name] = [...server.files].find(([, bytes]) => new TextDecoder().decode(bytes) === "B")!;
  server.files.set(name, new TextEncoder().encode("X"));
  await using second = await Laboratory.create(pipeline);
  const { ran, errors } = await second.run({}, env);
  assert.deepEqual(ran, ["first[word=bee]"]);
  assert.match(errors, new RegExp(`Cannot use .*${name}: its content is not what its name says`));
  assert.deepEqual(await tables(second), await tables(first));
});

Deno.test("what a shared cache has is neither run nor copied", async () => {
  await using first = await Laboratory.create(pipeline);
  await first.run();
  const before = await first.files("store");
  await using second = await Laboratory.create(pipeline);
  const env = { CROSSTIE_SHARED_CACHE: `${first.folder}/store` };
  assert.deepEqual((await second.run({}, env)).ran, []);
  assert.deepEqual(await second.files("store/objects"), []);
  assert.deepEqual(await tables(second), await tables(first));
  await second.edit("pipeline.yaml", "use: concat", "use: concat\n    with: { separator: '-' }");
  assert.deepEqual((await second.run({}, env)).ran, ["all"]);
  assert.deepEqual(await first.files("store"), before);
});

Deno.test("a run goes on without a server that is not there", async () => {
  await using lab = await Laboratory.create(pipeline);
  const { summary, errors } = await lab.run({}, { CROSSTIE_REMOTE: "http://127.0.0.1:9/x" });
  assert.equal(summary?.ran, instances);
  assert.match(
    errors,
    /^Cannot read http:\/\/127\.0\.0\.1:9\/x\/records.*; going on without it\n$/,
  );
});

Deno.test("the same with a server that speaks S3", async (t) => {
  await using server = await startS3Server("bucket");
  await t.step({
    name: server ? "a second machine fetches all results" : "skipped: s3rver cannot be had here",
    ignore: !server,
    fn: async () => await fetchAll({ CROSSTIE_REMOTE: "s3://bucket/some/prefix", ...server!.env }),
  });
  await t.step({
    name: "a key that the server does not know is refused in words",
    ignore: !server,
    fn: async () => {
      await using lab = await Laboratory.create(pipeline);
      const env = {
        ...server!.env,
        AWS_ACCESS_KEY_ID: "wrong",
        CROSSTIE_REMOTE: "s3://bucket",
      };
      const { errors, code } = await lab.run({}, env);
      assert.match(errors, /Cannot use s3:\/\/bucket\/: HTTP 403 for records/);
      assert.equal(code, 1);
    },
  });
});
