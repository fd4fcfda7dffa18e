import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { sha256 } from "../core/sha256.ts";
import { fetchFile } from "./fetch_file.ts";
import { serveFile } from "./fetch_test_server.ts";
import { fetchUrl } from "./fetch_url.ts";
import {
  bytes,
  digest,
  filesBelow,
  nowhere,
  rejection,
  retry,
  withFolder,
} from "./testdata/fetching.ts";

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
