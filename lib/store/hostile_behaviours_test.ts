/** Forty behaviours of bad servers, for records, contents and what is sent, in parts too. */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { defaultPace } from "../core/pace.ts";
import { sha256 } from "../core/sha256.ts";
import type { ServerLimits } from "./http_server.ts";
import { openServer } from "./open_store.ts";
import { RemoteStore } from "./remote_store.ts";
import { putInParts } from "./s3_upload.ts";
import { Store } from "./store.ts";
import { FileServer } from "./testdata/file_server.ts";
import { newStore, putResult } from "./testdata/results.ts";
import { wrongCertificate } from "./testdata/wrong_certificate.ts";

const limits: ServerLimits = {
  ...defaultPace,
  idleMs: 1_000,
  leastBytes: 1_000,
  overMs: 400,
  noteMs: 50,
  longestText: 100_000,
};

type Answering = (request: Request) => Response | undefined;

const text = (body: BodyInit | null, status = 200, headers: HeadersInit = {}) => () =>
  new Response(body, { status, headers });
const endless = (size: number, pauseMs = 0) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      controller.enqueue(new Uint8Array(size).fill(32));
    },
  });
const to = (location: string, status = 302) => text(null, status, { location });
/** A record as a bad server has changed it. */
const changed: Readonly<Record<string, (record: Record<string, unknown>) => unknown>> = {
  "a record of another": (it) => ({ ...it, fingerprint: "0".repeat(64) }),
  "a record of other components": (it) => ({ ...it, components: { packages: [] } }),
  "a path as a digest": (it) => ({ ...it, log: "../../etc/passwd" }),
  "a digest that is a number": (it) => ({ ...it, codeFiles: 7 }),
  "an output that leads out": (it) => ({
    ...it,
    outputs: { "a.txt": { digest: "../../../x", sizeBytes: 1 } },
  }),
  "a negative size": (it) => ({
    ...it,
    outputs: { "a.txt": { digest: "0".repeat(64), sizeBytes: -1 } },
  }),
  "a size beyond all": (it) => ({
    ...it,
    outputs: { "a.txt": { digest: "0".repeat(64), sizeBytes: 1e300 } },
  }),
  "a list of records": (it) => [it],
};

/** What a server sends where a record is asked for. */
const records: Readonly<Record<string, Answering>> = {
  "an empty text": text(""),
  "a page": text("<!DOCTYPE html><p>Please log in"),
  "null": text("null"),
  "a list": text("[]"),
  "lists without end": text("[".repeat(90_000)),
  "a text of 200 KB": text("x".repeat(200_000)),
  "a text without end": () => new Response(endless(10_000)),
  "a redirect in a loop": (request) => to(request.url)(),
  "a redirect to a file": to("file:///etc/passwd"),
  "a redirect to data": to("data:application/json,{}"),
  "a redirect to nowhere": to("http://[bad"),
  "401": text("no", 401),
  "403": text("no", 403),
  "418": text("no", 418),
  "500": text("no", 500),
  "503 for an hour": text("no", 503, { "retry-after": "3600" }),
  "silence": () => new Response(endless(1, 60_000)),
  "a byte now and then": () => new Response(endless(1, 100)),
};

/** What a server sends where a content is asked for. */
const contents: Readonly<Record<string, Answering>> = {
  "other bytes of the same length": text("CONTENT"),
  "nothing": text(""),
  "more than it should be": text("content and more"),
  "bytes without end": () => new Response(endless(10_000)),
  "half, and a length of all": text("con", 200, { "content-length": "3" }),
  "a length of a terabyte": () =>
    new Response(endless(1), { headers: { "content-length": String(2 ** 40) } }),
  "a part that nobody asked for": text("tent", 206, { "content-range": "bytes 3-6/7" }),
  "a range that is none": text("content", 206, { "content-range": "lines 1-2" }),
  "gzip in name alone": text("content", 200, { "content-encoding": "gzip" }),
  "another encoding": text("content", 200, { "content-encoding": "br" }),
  "a redirect to a file": to("file:///etc/passwd"),
  "500": text("no", 500),
  "404": text("no", 404),
  "silence": () => new Response(endless(1, 60_000), { headers: { "content-length": "7" } }),
};

/** What a server says to what is sent in parts. */
const uploads: Readonly<Record<string, Answering>> = {
  "no number of the upload": text("<InitiateMultipartUploadResult/>"),
  "a page": text("<!DOCTYPE html>"),
  "a number without end": () => new Response(endless(10_000)),
  "a redirect to another server": to("http://127.0.0.1:9/", 307),
  "500": text("no", 500),
  "parts without a tag": ({ url, method }) =>
    method === "POST" && url.includes("uploads")
      ? new Response("<UploadId>1</UploadId>")
      : new Response(""),
  "silence": () => new Response(endless(1, 60_000)),
};

Deno.test("there are forty behaviours and more", () => {
  const all = [records, changed, contents, uploads].flatMap((each) => Object.keys(each));
  assert.ok(all.length >= 40, String(all.length));
});

/** A server with a result, and a store that does not have it. */
async function withRemote(
  use: (
    it: { server: FileServer; near: Store; warnings: string[]; result: Result; folder: string },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new FileServer();
    const warnings: string[] = [];
    const client = () => openServer(server.address, () => undefined, limits);
    newStore(`${folder}/far`);
    const far = new Store(`${folder}/far`);
    const result = await putResult(far, "a[x=1]", { "a.txt": "content" });
    const warn = (text: string) => void warnings.push(text);
    const sender = openServer(server.address, () => undefined);
    await new RemoteStore(sender, `${folder}/far/damaged`, warn)
      .push([result], (digest) => far.objectPath(digest));
    newStore(`${folder}/near`);
    const remote = new RemoteStore(client(), `${folder}/near/damaged`, warn);
    await use({
      server,
      near: new Store(`${folder}/near`, [], remote),
      warnings,
      result,
      folder,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Result = Awaited<ReturnType<typeof putResult>>;

/** Every file of a store, with its size. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

/** Asks a bad server for a result: there is none, in bounded time and space, with one warning. */
function assertAbsent(about: string, part: "/records/" | "/objects/", answering: Answering) {
  return withRemote(async ({ server, near, warnings, result, folder }) => {
    server.intercept = (request) => request.url.includes(part) ? answering(request) : undefined;
    const find = near.find(result.fingerprint, ["a.txt"], { reach: "bring" });
    const found = await find.then(({ kind }) => kind, (error) => {
      assert.equal(error.name, "UserError", `${about}: ${error}`);
      return "refused";
    });
    assert.ok(found === "absent" || found === "refused", `${about}: ${found}`);
    const said = warnings.filter((each) => !each.startsWith("Waiting for"));
    assert.ok(said.length <= 1, `${about}: ${warnings.join("\n")}`);
    assert.equal(existsSync(near.objectPath(result.outputs["a.txt"].digest)), false, about);
    for (const file of filesOf(`${folder}/near`)) {
      assert.ok(Deno.statSync(file).size <= 1_000, `${about}: ${file}`);
    }
    assert.equal(existsSync(near.recordPath(result.fingerprint)), false, about);
  });
}

Deno.test("no record that a bad server sends is taken", async () => {
  await withRemote(async ({ server, near, result }) => {
    const found = await near.find(result.fingerprint, ["a.txt"], { reach: "bring" });
    assert.equal(found.kind, "found");
    assert.ok(server.requests.length > 2);
  });
  for (const [about, behaviour] of Object.entries(records)) {
    await assertAbsent(about, "/records/", behaviour);
  }
});

Deno.test("no record that a bad server has changed is taken", async () => {
  for (const [about, change] of Object.entries(changed)) {
    await withRemote(async ({ server, near, result }) => {
      server.intercept = ({ url }) =>
        url.includes("/records/") ? new Response(JSON.stringify(change({ ...result }))) : undefined;
      const found = await near.find(result.fingerprint, ["a.txt"], { reach: "bring" });
      assert.equal(found.kind, "absent", about);
      assert.equal(existsSync(near.recordPath(result.fingerprint)), false, about);
    });
  }
});

Deno.test("no content that a bad server sends is taken", async () => {
  for (const [about, behaviour] of Object.entries(contents)) {
    await assertAbsent(about, "/objects/", behaviour);
  }
});

Deno.test("an upload in parts to a bad server ends, and its keys go nowhere else", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "text");
  for (const [about, behaviour] of Object.entries(uploads)) {
    await using server = new FileServer();
    server.intercept = behaviour;
    const variables: Record<string, string> = {
      AWS_ENDPOINT_URL: server.address.replace("/store", ""),
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
    };
    const client = openServer("s3://bucket", (name) => variables[name], limits);
    const file = { path, digest: sha256("text"), sizeBytes: 4 };
    await assert.rejects(putInParts(client, "objects/x", file), (error) => {
      assert.match(String(error), /ServerError|UserError/, about);
      assert.doesNotMatch(String(error), /secret|token/, about);
      return true;
    }, about);
  }
  await Deno.remove(path);
});

Deno.test("one warning names a bad server, however many of its results are bad", async () => {
  await withRemote(async ({ server, near, warnings, result }) => {
    server.intercept = ({ url }) => url.includes("/records/") ? new Response("{}") : undefined;
    for (let i = 0; i < 20; i++) {
      const fingerprint = sha256(`${i}${result.fingerprint}`);
      assert.equal((await near.find(fingerprint, ["a.txt"], { reach: "bring" })).kind, "absent");
    }
    const said = warnings.filter((each) => !each.startsWith("Waiting for"));
    assert.equal(said.length, 1, said.join("\n"));
  });
});

Deno.test("a server whose certificate nobody vouches for is told nothing", async () => {
  const heard: string[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, ...wrongCertificate },
    ({ url }) => {
      heard.push(url);
      return new Response("{}");
    },
  );
  const address = `https://ann:secret@127.0.0.1:${server.addr.port}/store`;
  const warnings: string[] = [];
  const client = openServer(address, () => undefined, limits);
  const remote = new RemoteStore(client, "/nowhere", (each) => void warnings.push(each));
  assert.equal(await remote.fetchRecord("0".repeat(64)), undefined);
  const [said, ...more] = warnings.filter((each) => !each.startsWith("Waiting for"));
  assert.match(said, /certificate/i);
  assert.deepEqual(more, []);
  assert.doesNotMatch(warnings.join("\n"), /secret/);
  const path = await Deno.makeTempFile();
  const file = { path, digest: sha256(""), sizeBytes: 0 };
  await assert.rejects(client.put("objects/x", file), (error) => {
    assert.match(String(error), /certificate/i);
    assert.doesNotMatch(String(error), /secret/);
    return true;
  });
  await Deno.remove(path);
  assert.deepEqual(heard, []);
});
