import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import { ServerError } from "./http_send.ts";
import type { Upload } from "./http_send.ts";
import type { HttpServer } from "./http_server.ts";
import { openServer } from "./open_store.ts";
import { partSize } from "./s3_upload.ts";
import { PartsServer } from "./testdata/parts_server.ts";
import { startS3Server } from "./testdata/s3_server.ts";

const mebibyte = 2 ** 20;
/** Above what is sent in one piece, and no multiple of a part. */
const sizeBytes = 70 * mebibyte + 11;
const parts = 5;
const name = "objects/ab/abcd";

/** A large file whose parts differ. */
async function withFile(use: (file: Upload) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path, { write: true });
    await file.truncate(sizeBytes);
    const random = new CounterRandom("large file");
    for (let at = 0; at + mebibyte < sizeBytes; at += mebibyte) {
      await file.seek(at, Deno.SeekMode.Start);
      await file.write(new TextEncoder().encode(String(random.uniform())));
    }
    await use({ path, sizeBytes, digest: (await sha256File(path)).digest });
  } finally {
    await Deno.remove(path);
  }
}

/** A server that got a file, or not. */
function upload(
  use: (
    given: { server: PartsServer; client: HttpServer; file: Upload },
  ) => Promise<void>,
): Promise<void> {
  return withFile(async (file) => {
    await using server = new PartsServer();
    await use({ server, client: server.client(), file });
  });
}

/** How often each request was made. */
function counts({ requests }: PartsServer): Record<string, number> {
  const result: Record<string, number> = {};
  for (const each of requests) {
    const short = each.replace(`${name} `, "");
    result[short] = (result[short] ?? 0) + 1;
  }
  return result;
}

Deno.test("parts are large enough that 10,000 suffice, up to the largest file that S3 takes", () => {
  const gibibyte = 2 ** 30;
  for (const [size, part] of [[sizeBytes, 16], [150 * gibibyte, 16], [5120 * gibibyte, 525]]) {
    assert.equal(partSize(size), part * mebibyte);
    assert.ok(Math.ceil(size / partSize(size)) <= 10_000);
  }
});

Deno.test("a large file arrives in parts", () =>
  upload(async ({ server, client, file }) => {
    let sent = 0;
    await client.put(name, file, { onSent: (bytes) => sent += bytes });
    assert.equal(server.files.get(name), file.digest);
    assert.equal(sent, sizeBytes);
    assert.deepEqual(counts(server), {
      "POST begin": 1,
      "PUT part 1": 1,
      "PUT part 2": 1,
      "PUT part 3": 1,
      "PUT part 4": 1,
      "PUT part 5": 1,
      "POST complete": 1,
    });
    assert.equal(server.uploads.size, 0);
  }));

Deno.test("a part that fails is sent again, alone", () =>
  upload(async ({ server, client, file }) => {
    let failures = 2;
    server.intercept = (request) =>
      request.endsWith("part 2") && failures-- > 0
        ? new Response("SlowDown", { status: 503 })
        : undefined;
    await client.put(name, file);
    assert.equal(server.files.get(name), file.digest);
    assert.equal(counts(server)["PUT part 2"], 3);
    assert.equal(server.requests.length, 1 + (parts + 2) + 1);
  }));

Deno.test("a part that cannot be sent ends the upload, and nothing of it is left", () =>
  upload(async ({ server, client, file }) => {
    server.intercept = (request) =>
      request.endsWith("part 3") ? new Response("broken", { status: 500 }) : undefined;
    await assert.rejects(client.put(name, file), (error) =>
      error instanceof ServerError &&
      error.message === "s3://bucket/objects/ab/abcd: HTTP 500 broken");
    assert.equal(server.requests.at(-1), `DELETE ${name} forget`);
    assert.equal(server.uploads.size, 0);
    assert.equal(server.files.size, 0);
  }));

Deno.test("an upload that is stopped leaves nothing on the server", () =>
  upload(async ({ server, client, file }) => {
    const stop = new AbortController();
    const waiting = Promise.withResolvers<undefined>();
    server.intercept = (request) => {
      if (!request.endsWith("part 4")) return undefined;
      stop.abort(new Error("stopped"));
      return waiting.promise;
    };
    try {
      await assert.rejects(client.put(name, file, { signal: stop.signal }), { message: "stopped" });
    } finally {
      waiting.resolve(undefined);
    }
    assert.equal(counts(server)["DELETE forget"], 1);
    assert.deepEqual([server.uploads.size, server.files.size], [0, 0]);
  }));

Deno.test("parts that the server will not forget are told of", () =>
  upload(async ({ server, client, file }) => {
    server.intercept = (request) =>
      request.endsWith("part 1") || request.endsWith("forget")
        ? new Response(null, { status: 405 })
        : undefined;
    await assert.rejects(client.put(name, file), {
      message:
        "s3://bucket/objects/ab/abcd: HTTP 405; parts of it are left on the server, as they " +
        "cannot be removed: s3://bucket/objects/ab/abcd: HTTP 405",
    });
  }));

Deno.test("a completion that fails after its status is a failure", () =>
  upload(async ({ server, client, file }) => {
    server.intercept = (request) =>
      request.endsWith("complete")
        ? new Response("\n\n<Error><Code>InternalError</Code></Error>")
        : undefined;
    await assert.rejects(client.put(name, file), /HTTP 200 <Error><Code>InternalError/);
    assert.equal(server.uploads.size, 0);
  }));

Deno.test("a completion whose answer is lost has been made", () =>
  upload(async ({ server, client, file }) => {
    server.losesAnswers = true;
    await client.put(name, file);
    assert.equal(server.files.get(name), file.digest);
    assert.deepEqual(server.requests.slice(-3), [
      `POST ${name} complete`,
      `POST ${name} complete`,
      `HEAD ${name}`,
    ]);
  }));

Deno.test("a content that is not what its name says is not put together", () =>
  upload(async ({ server, client, file }) => {
    const other = "0".repeat(64);
    await assert.rejects(
      client.put(name, { ...file, digest: other }),
      (error) =>
        error instanceof UserError && /its content is not what its name says\n/.test(error.message),
    );
    assert.deepEqual([server.uploads.size, server.files.size], [0, 0]);
  }));

Deno.test("a server of others takes a large file in parts, and gives it back", async (t) => {
  await using s3 = await startS3Server("bucket");
  await t.step({
    name: s3 ? "s3rver" : "skipped: s3rver cannot be had here",
    ignore: !s3,
    fn: () =>
      withFile(async (file) => {
        const client = openServer("s3://bucket/some (prefix)", (variable) => s3!.env[variable]);
        await client.put(name, file);
        assert.equal(await client.size(name), sizeBytes);
        const path = await Deno.makeTempFile();
        using copy = await Deno.open(path, { read: true, write: true });
        assert.equal(await client.download(name, copy, {}), "done");
        assert.equal((await sha256File(path)).digest, file.digest);
        await copy.truncate(sizeBytes - 1_000);
        let got = 0;
        const onProgress = (bytes: number) => got = bytes;
        assert.equal(await client.download(name, copy, { onProgress }), "done");
        assert.equal(got, sizeBytes);
        assert.equal((await sha256File(path)).digest, file.digest);
        await Deno.remove(path);
      }),
  });
});
