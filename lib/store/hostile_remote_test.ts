/** A remote server, however bad, costs little: its answers have bounds, and secrets stay. */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { defaultPace } from "../core/pace.ts";
import { sha256 } from "../core/sha256.ts";
import type { HttpServer, ServerLimits } from "./http_server.ts";
import { openServer } from "./open_store.ts";
import { RemoteStore } from "./remote_store.ts";
import { Store } from "./store.ts";
import { FileServer } from "./testdata/file_server.ts";
import { newStore, putResult } from "./testdata/results.ts";
import { storedPasswords } from "./stored_passwords.ts";

const limits: ServerLimits = {
  ...defaultPace,
  idleMs: 400,
  leastBytes: 1_000,
  overMs: 200,
  noteMs: 50,
  longestText: 100_000,
};

/** Bytes without end, so many at a time. */
function endless(size: number, pauseMs = 0): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      controller.enqueue(new Uint8Array(size).fill(32));
    },
  });
}

async function withRemote(
  use: (it: {
    server: FileServer;
    near: Store;
    remote: RemoteStore;
    warnings: string[];
    record: Awaited<ReturnType<typeof putResult>>;
    folder: string;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new FileServer();
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text.replaceAll(server.address, "<server>"));
    const client = (): HttpServer => openServer(server.address, () => undefined, limits);
    newStore(`${folder}/far`);
    const far = new Store(`${folder}/far`);
    const record = await putResult(far, "a[x=1]", { "a.txt": "content" });
    const sender = new RemoteStore(client(), `${folder}/far/damaged`, warn);
    await sender.push([record], (digest) => far.objectPath(digest));
    newStore(`${folder}/near`);
    const remote = new RemoteStore(client(), `${folder}/near/damaged`, warn);
    const near = new Store(`${folder}/near`, [], remote);
    await use({ server, near, remote, warnings, record, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bring = { reach: "bring" } as const;

Deno.test("a record without end is given up, and the server with it", () =>
  withRemote(async ({ server, near, record, warnings }) => {
    server.intercept = ({ url }) =>
      url.includes("/records/") ? new Response(endless(10_000)) : undefined;
    assert.equal((await near.find(record.fingerprint, ["a.txt"], bring)).kind, "absent");
    assert.match(warnings.join("\n"), /it sends more than 100000 bytes; going on without it$/);
  }));

for (
  const [name, body] of [
    ["without end", () => new Response(endless(10_000))],
    ["that is a byte too long", () => new Response("content!")],
    [
      "of another length",
      () => new Response("content and more", { headers: { "content-length": "16" } }),
    ],
  ] as const
) {
  Deno.test(`a content ${name} is not taken, whatever it begins with`, () =>
    withRemote(async ({ server, near, record, warnings }) => {
      server.intercept = ({ url }) => url.includes("/objects/") ? body() : undefined;
      assert.equal((await near.find(record.fingerprint, ["a.txt"], bring)).kind, "absent");
      assert.match(warnings.join("\n"), /its content is not what its name says/);
      assert.equal(existsSync(near.objectPath(record.outputs["a.txt"].digest)), false);
      assert.deepEqual([...Deno.readDirSync(`${near.folder}/attempts`)], []);
    }));
}

Deno.test("a server that drips is waited for with a word, then left alone", () =>
  withRemote(async ({ server, near, record, warnings }) => {
    const { sizeBytes } = record.outputs["a.txt"];
    const headers = { "content-length": String(sizeBytes) };
    server.intercept = ({ url }) =>
      url.includes("/objects/") ? new Response(endless(1, 150), { headers }) : undefined;
    assert.equal((await near.find(record.fingerprint, ["a.txt"], bring)).kind, "absent");
    assert.match(
      warnings.join("\n"),
      /^Waiting for <server>\/: hardly anything came for 0\.05 s\nCannot read .*; going on without it$/,
    );
  }));

Deno.test("an answer to what was sent must end in time", () =>
  withRemote(async ({ server, remote, folder }) => {
    server.intercept = ({ method }) => method === "PUT" ? new Response(endless(1, 50)) : undefined;
    await Deno.writeTextFile(`${folder}/file`, "text");
    const file = { path: `${folder}/file`, digest: sha256("text"), sizeBytes: 4 };
    await assert.rejects(remote.server.put("objects/x", file), /no whole answer in 0\.8 s/);
  }));

Deno.test("keys, their token and passwords do not follow a redirect to another server", async () => {
  const heard: string[] = [];
  await using other = new FileServer();
  other.intercept = ({ headers }) => {
    heard.push([...headers.keys()].filter((name) => /^(authorization|x-amz-)/.test(name)).join());
    return new Response("{}");
  };
  await using server = new FileServer();
  server.intercept = ({ method, url }) =>
    method === "PUT" ? undefined : new Response(null, {
      status: 307,
      headers: { location: url.replace(server.address, other.address) },
    });
  const variables: Record<string, string> = {
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_ENDPOINT_URL: server.address,
  };
  const signal = new AbortController().signal;
  const s3 = openServer("s3://bucket", (name) => variables[name]);
  await s3.text("records/a", signal);
  await s3.size("objects/a", signal);
  const basic = openServer(server.address.replace("//", "//ann:secret@"), () => undefined);
  await basic.text("records/a", signal);
  const file = await Deno.open(await Deno.makeTempFile(), { read: true, write: true });
  await basic.download("objects/a", file, {});
  file.close();
  assert.deepEqual(heard, ["", "", "", ""]);
});

const addresses: readonly (readonly [Record<string, string>, RegExp])[] = [
  [
    { CROSSTIE_REMOTE: "htps://bob:secret@host/x" },
    /REMOTE=htps:\/\/host\/x: it is not an address/,
  ],
  [{ CROSSTIE_REMOTE: "bob:secret@host/x" }, /REMOTE=host\/x: it is not an address/],
  [{ CROSSTIE_REMOTE: "https://bob:a%secret@h" }, /https:\/\/h: it is not percent-encoded UTF-8/],
  [{ CROSSTIE_REMOTE: "https://h/x?token=secret" }, /https:\/\/h\/x: it has a query or fragment/],
  [{ CROSSTIE_REMOTE: "https://h/x#secret" }, /https:\/\/h\/x: it has a query or fragment/],
  [{ CROSSTIE_REMOTE: "s3://AKIA:secret@bucket/x" }, /s3:\/\/bucket\/x with keys in it\n/],
  [{ CROSSTIE_REMOTE: "s3://b%ZZ/x" }, /s3:\/\/b%ZZ\/x: it is not percent-encoded UTF-8/],
  [{ CROSSTIE_REMOTE: "s3://b/x%ZZ" }, /s3:\/\/b\/x%ZZ: it is not percent-encoded UTF-8/],
  [{ CROSSTIE_REMOTE: "s3:///x" }, /without a bucket/],
  [
    { AWS_ENDPOINT_URL: "http://u:secret@[x" },
    /AWS_ENDPOINT_URL=http:\/\/\[x: it is not an address/,
  ],
  [{ AWS_ENDPOINT_URL: "host:9000" }, /AWS_ENDPOINT_URL=host:9000: it is not an address/],
  [
    { AWS_ENDPOINT_URL_S3: "https://u:secret@host" },
    /AWS_ENDPOINT_URL_S3=https:\/\/host: it holds a/,
  ],
  [
    { AWS_ENDPOINT_URL: "https://host?key=secret" },
    /AWS_ENDPOINT_URL=https:\/\/host: it has a query/,
  ],
];
for (const [given, expected] of addresses) {
  Deno.test(`${Object.values(given)[0]} is refused in words, without secrets`, () => {
    const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", CROSSTIE_REMOTE: "s3://b" };
    const variables: Record<string, string> = { ...keys, ...given };
    assert.throws(
      () => openServer(variables.CROSSTIE_REMOTE, (name) => variables[name]),
      (error) => {
        assert.ok(error instanceof Error && error.name === "UserError", String(error));
        assert.match(error.message, expected);
        assert.ok(!error.message.includes("secret"), error.message);
        return true;
      },
    );
  });
}

Deno.test("a password in a result's log is found", async () => {
  const folder = await Deno.makeTempDir();
  newStore(folder);
  const store = new Store(folder);
  const record = await putResult(store, "a", { "a.txt": "a" });
  const log = store.putText("http://bob:hunter2@host/x: HTTP 503; trying again in 0.4 s");
  store.putRecord({ ...record, log });
  assert.deepEqual(storedPasswords(folder), [
    { path: store.objectPath(log), addresses: ["http://…:…@host"], travels: true },
  ]);
  await Deno.remove(folder, { recursive: true });
});
