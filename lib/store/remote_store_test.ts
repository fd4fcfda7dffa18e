import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import { openServer, openStore } from "./open_store.ts";
import { RemoteStore } from "./remote_store.ts";
import { Store } from "./store.ts";
import { FileServer } from "./testdata/file_server.ts";
import { damage, newStore, putResult } from "./testdata/results.ts";
import { verifyStore } from "./verify.ts";

/** A server, a store that pushed a result to it, and an empty store before it. */
async function withTwo(
  use: (two: {
    server: FileServer;
    near: Store;
    far: Store;
    remote: RemoteStore;
    warnings: string[];
    record: Awaited<ReturnType<typeof putResult>>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new FileServer();
    const warnings: string[] = [];
    const open = (name: string): [Store, RemoteStore] => {
      newStore(`${folder}/${name}`);
      const remote = new RemoteStore(
        openServer(server.address, () => undefined),
        `${folder}/${name}/damaged`,
        (message) => warnings.push(message.replaceAll(server.address, "<server>")),
      );
      return [new Store(`${folder}/${name}`, [], remote), remote];
    };
    const [far, farRemote] = open("far");
    const record = await putResult(far, "a[x=1]", { "a.txt": "content", "b.txt": "more" });
    await farRemote.push([record], (digest) => far.objectPath(digest));
    const [near, remote] = open("near");
    server.requests.length = 0;
    await use({ server, near, far, remote, warnings, record });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = ["a.txt", "b.txt"];
const bring = { reach: "bring" } as const;

Deno.test("a missing result is fetched with its log, checked, and published", () =>
  withTwo(async ({ server, near, remote, record, warnings }) => {
    assert.equal((await near.find(record.fingerprint, names)).kind, "absent");
    assert.deepEqual(server.requests, []);
    const looked = await near.find(record.fingerprint, names, { reach: "look" });
    assert.deepEqual(looked, { kind: "found", record });
    assert.equal(existsSync(near.recordPath(record.fingerprint)), false);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(await near.find(record.fingerprint, names, bring), { kind: "found", record });
    assert.deepEqual(remote.fetched, { objects: 4, sizeBytes: 7 + 4 + 13 + 18 });
    assert.deepEqual((await verifyStore(near, false)).damages, []);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${near.folder}/attempts`)), []);
    const before = server.requests.length;
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "found");
    assert.equal(server.requests.length, before);
    assert.deepEqual(warnings, []);
  }));

Deno.test("an empty content is one too", () =>
  withTwo(async ({ near, far, remote }) => {
    const record = await putResult(far, "empty", { "none.txt": "" });
    await remote.push([record], (digest) => far.objectPath(digest));
    const found = await near.find(record.fingerprint, ["none.txt"], bring);
    assert.deepEqual(found, { kind: "found", record });
    assert.equal(near.objectPath(record.outputs["none.txt"].digest).startsWith(near.folder), true);
    assert.deepEqual((await verifyStore(near, false)).damages, []);
  }));

Deno.test("push sends what is missing there, and nothing twice", () =>
  withTwo(async ({ server, far, remote, record }) => {
    const send = async () => {
      const before = remote.sent.sizeBytes;
      assert.equal(await remote.push([record, record], (digest) => far.objectPath(digest)), 2);
      return remote.sent.sizeBytes - before;
    };
    assert.equal(await send(), 0);
    assert.equal(server.requests.length, 4 + 2); // contents once, records twice
    assert.equal(server.requests.every((each) => each.startsWith("HEAD ")), true);
    server.files.delete(`objects/${record.log.slice(0, 2)}/${record.log}`);
    assert.equal(await send(), "log of a[x=1]".length);
  }));

Deno.test("a remote content that was changed is refused by name, and replaced by the next push", () =>
  withTwo(async ({ server, near, remote, record, warnings }) => {
    const { digest } = record.outputs["a.txt"];
    const name = `objects/${digest.slice(0, 2)}/${digest}`;
    server.files.set(name, new TextEncoder().encode("CONTENT"));
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "absent");
    assert.deepEqual(warnings, [
      `Cannot use <server>/${name}: its content is not what its name says; it is made again here, ` +
      "and the next push replaces it",
    ]);
    assert.equal(existsSync(near.objectPath(digest)), false);
    const again = await putResult(near, "a[x=1]", { "a.txt": "content", "b.txt": "more" });
    await remote.push([again], (each) => near.objectPath(each));
    assert.equal(new TextDecoder().decode(server.files.get(name)), "content");
    server.requests.length = 0;
    await remote.push([again], (each) => near.objectPath(each));
    assert.equal(server.requests.some((each) => each.startsWith("PUT ")), false);
  }));

Deno.test("a damaged content here is fetched again", () =>
  withTwo(async ({ near, record }) => {
    await near.find(record.fingerprint, names, bring);
    await damage(near.objectPath(record.outputs["a.txt"].digest));
    const { damages } = await verifyStore(near, true);
    assert.deepEqual(damages.map(({ healed, output }) => [output, healed]), [["a.txt", "fetched"]]);
    await Deno.remove(near.objectPath(record.outputs["b.txt"].digest));
    assert.equal((await near.find(record.fingerprint, names)).kind, "damaged");
    assert.equal((await near.find(record.fingerprint, names, { reach: "look" })).kind, "found");
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "found");
    assert.deepEqual((await verifyStore(near, false)).damages, []);
  }));

Deno.test("a remote record of another result is refused", () =>
  withTwo(async ({ server, near, record, warnings }) => {
    const name = `records/${record.fingerprint.slice(0, 2)}/${record.fingerprint}.json`;
    const other = { ...record, components: { ...record.components, params: "other" } };
    server.files.set(name, new TextEncoder().encode(JSON.stringify(other)));
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "absent");
    assert.deepEqual(warnings, [`Cannot use <server>/${name}: it is not a whole record`]);
  }));

Deno.test("a server that fails is tried again, then left alone with one warning", () =>
  withTwo(async ({ server, near, record, warnings }) => {
    let failures = 2;
    server.intercept = () => failures-- > 0 ? new Response(null, { status: 503 }) : undefined;
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "found");
    server.intercept = () => new Response(null, { status: 500 });
    const absent = "f".repeat(64);
    const before = server.requests.length;
    assert.equal((await near.find(absent, names, bring)).kind, "absent");
    assert.equal(server.requests.length, before + 3);
    assert.equal((await near.find(absent, names, bring)).kind, "absent");
    assert.equal(server.requests.length, before + 3);
    assert.deepEqual(warnings, [
      `Cannot read <server>/records/ff/${absent}.json: HTTP 500; going on without it`,
    ]);
  }));

/** An answer that ends before its time, after so many bytes. */
function cutAfter(bytes: Uint8Array<ArrayBuffer>, count: number): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, count));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-length": String(bytes.length) } });
}

/** What is in a folder. */
function namesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("a download that is cut goes on where it was, and is checked", () =>
  withTwo(async ({ server, near, record, warnings }) => {
    const { digest } = record.outputs["a.txt"];
    const name = `objects/${digest.slice(0, 2)}/${digest}`;
    const ranges: (string | null)[] = [];
    server.intercept = ({ url, headers }) => {
      if (!url.endsWith(name)) return undefined;
      ranges.push(headers.get("range"));
      return ranges.length === 1 ? cutAfter(server.files.get(name)!, 3) : undefined;
    };
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "found");
    assert.deepEqual(ranges, [null, "bytes=3-"]);
    assert.deepEqual(namesOf(`${near.folder}/attempts`), []);
    assert.equal(Deno.statSync(near.objectPath(digest)).mode! & 0o777, 0o444);
    assert.deepEqual(warnings, []);
  }));

Deno.test("what an earlier process got of a content is gone on from, unless it is of another one", () =>
  withTwo(async ({ server, near, record, warnings }) => {
    const partial = (output: string) =>
      `${near.folder}/attempts/${record.outputs[output].digest}.partial`;
    await Deno.writeTextFile(partial("a.txt"), "cont");
    await Deno.writeTextFile(partial("b.txt"), "XX");
    const ranges: (string | null)[] = [];
    server.intercept = ({ headers }) => void ranges.push(headers.get("range"));
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "found");
    assert.deepEqual(ranges, [null, "bytes=4-", "bytes=2-", null, null, null]);
    assert.deepEqual((await verifyStore(near, false)).damages, []);
    assert.deepEqual([namesOf(`${near.folder}/attempts`), warnings], [[], []]);
  }));

Deno.test("a fetch that is stopped ends at once, and leaves what it got to the next", () =>
  withTwo(async ({ server, near, remote, record, warnings }) => {
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
    });
    server.intercept = ({ url }) => url.includes("/objects/") ? new Response(endless) : undefined;
    setTimeout(() => remote.stop(), 100);
    assert.equal((await near.find(record.fingerprint, names, bring)).kind, "absent");
    assert.deepEqual(namesOf(`${near.folder}/attempts`), [
      `${record.outputs["a.txt"].digest}.partial`,
    ]);
    assert.deepEqual(warnings, []);
  }));

Deno.test("a push that fails says so once, and the next one sends the rest", () =>
  withTwo(async ({ server, far, near, remote, record }) => {
    server.files.clear();
    server.intercept = ({ method, url }) =>
      method === "PUT" && url.includes(record.log)
        ? new Response("full", { status: 507 })
        : undefined;
    const pathOf = (digest: string) => far.objectPath(digest);
    await assert.rejects(
      remote.push([record], pathOf),
      (error) =>
        error instanceof UserError &&
        /^Cannot push to .*: HTTP 507 full\n {2}push again/.test(error.message),
    );
    assert.equal(
      server.files.has(`records/${record.fingerprint.slice(0, 2)}/${record.fingerprint}.json`),
      false,
    );
    server.intercept = () => undefined;
    const again = new RemoteStore(remote.server, `${near.folder}/damaged`, () => {});
    assert.equal(await again.push([record], pathOf), 1);
    assert.equal(server.files.size, 5);
  }));

Deno.test("a push that is stopped counts what is there", () =>
  withTwo(async ({ server, far, remote, record }) => {
    server.files.clear();
    remote.stop();
    assert.equal(await remote.push([record], (digest) => far.objectPath(digest)), 0);
    assert.equal(server.files.size, 0);
  }));

Deno.test("a server that refuses the credentials says so", () =>
  withTwo(async ({ server, near }) => {
    server.intercept = () => new Response(null, { status: 403 });
    await assert.rejects(
      near.find("f".repeat(64), names, bring),
      (error) =>
        error instanceof UserError && /HTTP 403 .*\n.*AWS_ACCESS_KEY_ID/.test(error.message),
    );
  }));

Deno.test("what the environment names is opened, or refused in words", async () => {
  const folder = await Deno.makeTempDir();
  const message = (variables: Record<string, string>): string => {
    try {
      openStore(`${folder}/own`, (name) => variables[name], () => {});
      return "";
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message.replaceAll(folder, "");
    }
  };
  await Deno.writeTextFile(`${folder}/file`, "");
  const s3 = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  assert.equal(message({}), "");
  assert.equal(message({ CROSSTIE_SHARED_CACHE: `${folder}:${folder}/own` }), "");
  assert.equal(message({ CROSSTIE_REMOTE: "s3://bucket/a/b c", ...s3 }), "");
  assert.match(message({ CROSSTIE_CACHE: `${folder}/file` }), /^Cannot keep a store in \/file: /);
  assert.match(
    message({ CROSSTIE_SHARED_CACHE: `${folder}/none` }),
    /^Cannot read the store in \/none: /,
  );
  assert.match(
    message({ CROSSTIE_REMOTE: "ftp://x" }),
    /CROSSTIE_REMOTE=ftp:\/\/x.*\n.*s3:\/\/bucket/,
  );
  assert.match(message({ CROSSTIE_REMOTE: "s3://bucket" }), /without keys\n.*AWS_ACCESS_KEY_ID/);
  assert.match(
    message({ CROSSTIE_REMOTE: "s3://b", ...s3, AWS_ENDPOINT_URL: "?" }),
    /AWS_ENDPOINT_URL=\?/,
  );
  const read = (name: string) =>
    ({ ...s3, AWS_ENDPOINT_URL: "http://localhost:9000" } as Record<string, string>)[name];
  assert.equal(
    openServer("s3://bucket/a/b c/", read).base.href,
    "http://localhost:9000/bucket/a/b%20c/",
  );
  assert.equal(openServer("https://me:pass@host/x", () => undefined).shown, "https://host/x/");
  await Deno.remove(folder, { recursive: true });
});
