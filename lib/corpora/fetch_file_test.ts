import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { sha256 } from "../core/sha256.ts";
import { fetchFile } from "./fetch_file.ts";
import { type Behaviour, serveFile } from "./fetch_test_server.ts";
import { type FetchOptions, fetchUrl } from "./fetch_url.ts";

const random = new CounterRandom("fetch_file_test");
const bytes = Uint8Array.from({ length: 200_000 }, () => random.integer(256));
const digest = sha256(bytes);
const retry = { baseDelayMs: 1, maxDelayMs: 5 };

/** An address at which nothing listens, as a stand-in for being offline. */
function nowhere(): string {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${listener.addr.port}/data/file.bin`;
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) names.push(...await filesBelow(join(folder, entry.name)));
    else names.push(entry.name);
  }
  return names.sort();
}

async function rejection(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  throw new Error("expected a rejection");
}

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

async function mirrorWith(folder: string, place: string, content: Uint8Array): Promise<string> {
  const path = join(folder, "mirror", place);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, content);
  return join(folder, "mirror");
}

Deno.test("a mirror folder is tried first, also through links and links written as text", () =>
  withFolder(async (folder) => {
    const mirror = await mirrorWith(folder, "127.0.0.1_9/data/file.bin", bytes);
    await Deno.symlink("data", join(mirror, "127.0.0.1_9/linked"));
    await Deno.mkdir(join(mirror, "127.0.0.1_9/deep"));
    await Deno.writeTextFile(join(mirror, "127.0.0.1_9/deep/text"), "../linked");
    for (const path of ["data", "linked", "deep/text"]) {
      const url = `http://127.0.0.1:9/${path}/file.bin`;
      const fetched = await fetchFile(url, { folder: join(folder, "downloads"), mirror });
      assert.deepEqual([fetched.from, fetched.digest, fetched.pinned], ["mirror", digest, false]);
    }
  }));

Deno.test("a mirror may be a web address, and what it lacks comes from the public one", () =>
  withFolder(async (folder) => {
    await using mirror = serveFile(bytes, ["serve", "not found"]);
    await using server = serveFile(bytes);
    const options = { folder, mirror: `${mirror.url}/base`, retry };
    const host = `127.0.0.1_${new URL(server.url).port}`;
    assert.equal((await fetchFile(`${server.url}/a b.bin`, options)).from, "mirror");
    assert.equal(mirror.seen[0].path, `/base/${host}/a%20b.bin`);
    assert.equal((await fetchFile(`${server.url}/c.bin`, options)).from, "public");
  }));

Deno.test("several mirrors are tried in their order", () =>
  withFolder(async (folder) => {
    await using empty = serveFile(bytes, ["not found"]);
    await using busy = serveFile(bytes, ["forbidden"]);
    const url = "http://127.0.0.1:9/data/file.bin";
    const full = await mirrorWith(folder, "127.0.0.1_9/data/file.bin", bytes);
    const mirror = `${folder}/none:${empty.url.replace("//", "//ann:secret@")}:${busy.url}:${full}`;
    const fetched = await fetchFile(url, { folder: join(folder, "a"), mirror, retry });
    assert.deepEqual([fetched.from, fetched.digest], ["mirror", digest]);
    assert.deepEqual([empty.seen.length, busy.seen.length], [1, 1]);
    await Deno.remove(full, { recursive: true });
    const error = await rejection(fetchFile(url, { folder: join(folder, "b"), mirror, retry }));
    assert.ok(
      error.message.startsWith(
        `Cannot fetch ${url}: there is no mirror folder ${folder}/none, and not in the mirror ` +
          `${empty.url}, and not in the mirror ${busy.url} (HTTP 403 Forbidden), and there is ` +
          `no mirror folder ${full}, and no network (`,
      ),
      error.message,
    );
  }));

Deno.test("what a mirror copied in part is not gone on from by a download", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, ["cut after half", "serve"]);
    const url = `${server.url}/file.bin`;
    await rejection(fetchFile(url, { folder, retry: { ...retry, attempts: 1 } }));
    const mirror = await mirrorWith(
      folder,
      `127.0.0.1_${new URL(url).port}/file.bin`,
      bytes.toReversed(),
    );
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const half = { folder, mirror, signal: stop.signal, onProgress };
    await assert.rejects(fetchFile(url, half), { message: "enough" });
    assert.equal((await fetchFile(url, { folder })).digest, digest);
    assert.equal(server.seen[1].range, null);
  }));

Deno.test("no password of a mirror is logged, told or noted", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes, ["cut after half", "forbidden"]);
    const mirror = `${server.url.replace("//", "//bob:hunter2@")}/x`;
    const log: string[] = [];
    const options = { folder, mirror, retry, log: (line: string) => log.push(line) };
    const error = await rejection(fetchFile(nowhere(), options));
    assert.equal(log.length >= 1, true);
    const notes = await filesBelow(folder);
    assert.deepEqual(notes, ["file.bin.partial", "file.bin.partial.json"]);
    for await (const place of Deno.readDir(folder)) {
      log.push(await Deno.readTextFile(join(folder, place.name, "data/file.bin.partial.json")));
    }
    assert.ok(log.some((line) => line.includes(server.url)));
    assert.ok(![error.message, ...log].join().includes("hunter2"));
  }));

Deno.test("a file of any address can be fetched, with its token and its own pin", async () => {
  const folder = await Deno.makeTempDir();
  await using server = serveFile(bytes);
  const url = `${server.url}/some/model/resolve/main/model.safetensors`;
  const first = await fetchUrl(url, { folder, hubToken: "secret" });
  assert.deepEqual([first.digest, first.pinned, first.from], [digest, false, "public"]);
  const pinned = await fetchUrl(url, { folder, pins: { sha256: digest } });
  assert.deepEqual([pinned.pinned, pinned.from], [true, "cache"]);
  const error = await rejection(
    fetchUrl(url, { folder, pins: { sha256: "0".repeat(64) }, pinnedIn: "the pipeline file" }),
  );
  assert.match(error.message, /pin their digest in the pipeline file$/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a mirror's own pin counts for the mirror alone", () =>
  withFolder(async (folder) => {
    await using server = serveFile(bytes);
    const url = `${server.url}/file.bin`;
    const place = `127.0.0.1_${new URL(url).port}/file.bin`;
    const encodedOtherwise = bytes.toReversed();
    const mirror = await mirrorWith(folder, place, encodedOtherwise);
    const pins = { sha256: digest, mirrorSha256: sha256(encodedOtherwise) };
    const fetched = await fetchFile(url, { folder: join(folder, "a"), mirror, pins });
    assert.deepEqual([fetched.from, fetched.pinned], ["mirror", true]);
    const error = await rejection(
      fetchFile(url, { folder: join(folder, "b"), pins: { sha256: pins.mirrorSha256 } }),
    );
    assert.match(error.message, /expected SHA-256/);
    await mirrorWith(folder, place, bytes.subarray(1));
    const damaged = await rejection(fetchFile(url, { folder: join(folder, "c"), mirror, pins }));
    assert.match(damaged.message, /of the mirror .* mend the mirror/s);
  }));

Deno.test("without mirror and network, the error names what was tried and what to do", () =>
  withFolder(async (folder) => {
    const mirror = join(folder, "mirror");
    const url = nowhere();
    const error = await rejection(fetchFile(url, { folder, mirror, retry }));
    const [first, hint] = error.message.split("\n");
    assert.ok(
      first.startsWith(
        `Cannot fetch ${url}: there is no mirror folder ${mirror}, and no network (`,
      ),
      first,
    );
    assert.match(first, /refused.* \(tried 3 times\)\)$/);
    const place = `127.0.0.1_${new URL(url).port}/data/file.bin`;
    assert.equal(
      hint,
      `  set CROSSTIE_MIRROR to a folder or URL that holds ${place}, or connect`,
    );
    const only = await rejection(fetchFile(url, { folder, mirrorOnly: "ask the authors" }));
    assert.match(only.message, /: not on the web: ask the authors\n/);
  }));
