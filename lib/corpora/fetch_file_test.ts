import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { sha256 } from "../core/sha256.ts";
import { fetchFile } from "./fetch_file.ts";
import { type Behaviour, serveFile } from "./fetch_test_server.ts";
import type { FetchOptions } from "./fetch_url.ts";
import { bytes, digest, filesBelow, rejection, retry, withFolder } from "./testdata/fetching.ts";

Deno.test("a file is fetched once, then found in the folder", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/data/file.bin`;
    const progress: number[] = [];
    const options: FetchOptions = {
      folder,
      pins: { sha256: digest },
      onProgress: (done, total) => {
        progress.push(done);
        assert.equal(total, bytes.byteLength);
      },
    };
    const first = await fetchFile(url, options);
    const host = `127.0.0.1_${new URL(url).port}`;
    assert.deepEqual(first, {
      path: join(folder, host, "data", "file.bin"),
      digest,
      sizeBytes: bytes.byteLength,
      from: "public",
      pinned: true,
      unbounded: false,
    });
    assert.equal(progress.at(-1), bytes.byteLength);
    assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
    assert.deepEqual(await Deno.readFile(first.path), bytes);
    assert.deepEqual(await fetchFile(url, options), { ...first, from: "cache" });
    assert.equal(server.seen.length, 1);
    assert.equal(server.seen[0].acceptEncoding, "identity");
    assert.deepEqual(await filesBelow(folder), ["file.bin", "file.bin.fetched.json"]);
  }));

const interruptions: { name: string; script: Behaviour[]; sentBytes: number[] }[] = [
  {
    name: "a connection cut twice is resumed where it was cut",
    script: ["cut after half", "cut after half", "serve"],
    sentBytes: [100_000, 50_000, 50_000],
  },
  {
    name: "a server that goes silent is resumed",
    script: ["stall after half", "serve"],
    sentBytes: [100_000, 100_000],
  },
  {
    name: "a server that ignores ranges sends everything again",
    script: ["cut after half", "ignore ranges"],
    sentBytes: [100_000, 200_000],
  },
  {
    name: "a busy server is asked again",
    script: [{ status: 503, retryAfter: "0" }, "serve"],
    sentBytes: [0, 200_000],
  },
];
for (const { name, script, sentBytes } of interruptions) {
  Deno.test(name, () =>
    withFolder(async (folder) => {
      await using server = serveFile(bytes, script);
      const log: string[] = [];
      const fetched = await fetchFile(`${server.url}/file.bin`, {
        folder,
        pins: { sha256: digest },
        retry,
        pace: { idleMs: 300 },
        log: (line) => log.push(line),
      });
      assert.equal(fetched.digest, digest);
      assert.deepEqual(server.seen.map((request) => request.sentBytes), sentBytes);
      assert.equal(log.length, script.length - 1, log.join("\n"));
      assert.deepEqual(await filesBelow(folder), ["file.bin", "file.bin.fetched.json"]);
    }));
}

Deno.test("a later call goes on with the bytes of an earlier one", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, ["cut after half", "serve"]);
    const url = `${server.url}/file.bin`;
    const error = await rejection(fetchFile(url, { folder, retry: { ...retry, attempts: 1 } }));
    assert.match(error.message, /tried 1 times/);
    assert.deepEqual(await filesBelow(folder), ["file.bin.partial", "file.bin.partial.json"]);
    assert.equal((await fetchFile(url, { folder })).digest, digest);
    assert.deepEqual(
      server.seen.map(({ range, ifRange, sentBytes }) => ({ range, ifRange, sentBytes })),
      [
        { range: null, ifRange: null, sentBytes: 100_000 },
        { range: "bytes=100000-", ifRange: '"v1"', sentBytes: 100_000 },
      ],
    );
  }));

Deno.test("a connection may be cut as often as it likes while it brings something", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, [...Array(6).fill("cut after half"), "serve"]);
    const fetched = await fetchFile(`${server.url}/file.bin`, {
      folder,
      retry: { ...retry, attempts: 2 },
    });
    assert.equal(fetched.digest, digest);
    assert.equal(server.seen.reduce((sum, { sentBytes }) => sum + sentBytes, 0), bytes.length);
  }));

Deno.test("a file that changed in between is fetched from its start", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, ["cut after half", "serve"]);
    const url = `${server.url}/file.bin`;
    await rejection(fetchFile(url, { folder, retry: { ...retry, attempts: 1 } }));
    const other = bytes.map((byte) => byte ^ 1);
    server.replace(other);
    const { path } = await fetchFile(url, { folder });
    assert.deepEqual(await Deno.readFile(path), other);
  }));

Deno.test("a whole partial file needs no more bytes", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/file.bin`;
    const path = join(folder, `127.0.0.1_${new URL(url).port}`, "file.bin");
    await Deno.mkdir(dirname(path));
    await Deno.writeFile(`${path}.partial`, bytes);
    await Deno.writeTextFile(
      `${path}.partial.json`,
      JSON.stringify({ url, validator: '"v1"', total: bytes.length }),
    );
    assert.equal((await fetchFile(url, { folder })).digest, digest);
    assert.equal(server.seen.length, 0);
  }));

for (const [behaviour, status] of [["not found", 404], ["forbidden", 403]] as const) {
  Deno.test(`HTTP ${status} is final`, () =>
    withFolder(async (folder) => {
      await using server = serveFile(bytes, [behaviour]);
      const error = await rejection(fetchFile(`${server.url}/file.bin`, { folder, retry }));
      assert.match(error.message, new RegExp(`refused by 127.0.0.1 \\(HTTP ${status}`));
      assert.equal(server.seen.length, 1);
    }));
}

Deno.test("a server that asks for too long a wait is not waited for", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, [{ status: 429, retryAfter: "3600" }]);
    const error = await rejection(fetchFile(`${server.url}/file.bin`, { folder, retry }));
    assert.match(error.message, /HTTP 429.*asks to wait 3600 s/);
  }));

Deno.test("wrong bytes are refused with both digests, and nothing is left", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/file.bin`;
    const expected = sha256("something else");
    const error = await rejection(fetchFile(url, { folder, pins: { sha256: expected } }));
    assert.equal(
      error.message,
      `Cannot accept ${url} as its bytes are not the expected ones: expected SHA-256 ${expected}, got ${digest}
  the source has changed: if you trust the new bytes, pin their digest in data/sources.yaml`,
    );
    assert.deepEqual(await filesBelow(folder), []);
  }));

Deno.test("a damaged file in the folder is fetched again", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/file.bin`;
    const { path } = await fetchFile(url, { folder });
    await Deno.writeFile(path, bytes.subarray(0, 1000));
    const again = await fetchFile(url, { folder });
    assert.deepEqual([again.from, again.digest, again.pinned], ["public", digest, false]);
  }));

Deno.test("calls at the same time share one download", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/file.bin`;
    const all = await Promise.all(Array.from({ length: 4 }, () => fetchFile(url, { folder })));
    assert.deepEqual(all.map(({ from }) => from).sort(), ["cache", "cache", "cache", "public"]);
    assert.equal(server.seen.length, 1);
    assert.deepEqual(await filesBelow(folder), ["file.bin", "file.bin.fetched.json"]);
  }));

Deno.test("an abort ends the download and keeps its bytes", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, ["stall after half", "serve"]);
    const url = `${server.url}/file.bin`;
    const controller = new AbortController();
    const onProgress = (done: number) => {
      if (done >= 100_000) controller.abort(new Error("enough"));
    };
    await assert.rejects(fetchFile(url, { folder, signal: controller.signal, onProgress }), {
      message: "enough",
    });
    await fetchFile(url, { folder });
    assert.equal(server.seen[1].range, "bytes=100000-");
  }));
