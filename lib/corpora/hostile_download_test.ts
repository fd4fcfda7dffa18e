/** No server, however bad, makes a wrong file of a download that says it went well. */
import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import { fetchUrl } from "./fetch_url.ts";
import { answer, cut, one, rest, strong, testCases, whole } from "./testdata/hostile_cases.ts";
import { serveHostile } from "./testdata/hostile_server.ts";

const gzipped = gzipSync(one), gzip = "content-encoding: gzip";
const noLength = ["HTTP/1.0 200 OK"];
const page = "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n";
const chunked = (bytes: Uint8Array, end = "0\r\n\r\n") =>
  new TextEncoder().encode(
    `${bytes.length.toString(16)}\r\n${new TextDecoder().decode(bytes)}\r\n${end}`,
  );
const fast = { pace: { idleMs: 150 } };

testCases([
  {
    name: "HTTP/1.0 without a length: noted",
    script: [answer(noLength, one)],
    gives: one,
    unbounded: true,
  },
  {
    name: "HTTP/1.0 without a length, cut: noted, as nobody can tell",
    script: [answer(noLength, one.subarray(0, 2_000))],
    gives: one.subarray(0, 2_000),
    unbounded: true,
  },
  {
    name: "HTTP/1.1 without a length: noted",
    script: [answer(["HTTP/1.1 200 OK", "connection: close"], one)],
    gives: one,
    unbounded: true,
  },
  {
    name: "a length after a cut without one",
    script: [answer([...noLength, strong], one.subarray(0, 2_000)), whole(one)],
    gives: one.subarray(0, 2_000),
    unbounded: true,
  },
  {
    name: "chunks",
    script: [answer(["HTTP/1.1 200 OK", "transfer-encoding: chunked"], chunked(one))],
    gives: one,
  },
  {
    name: "chunks without their end",
    script: [
      answer(["HTTP/1.1 200 OK", "transfer-encoding: chunked"], chunked(one, "")),
      whole(one),
    ],
    gives: one,
    starts: [0, 0],
  },
  {
    name: "chunks and a length that is wrong",
    script: [
      answer(["HTTP/1.1 200 OK", "transfer-encoding: chunked", "content-length: 7"], chunked(one)),
    ],
    gives: one,
  },
  {
    name: "two lengths that differ",
    script: [answer(["HTTP/1.1 200 OK", "content-length: 7", "content-length: 5000"], one)],
    refuses: /tried \d times/,
  },
  {
    name: "gzip, though nobody asked for it: unpacked",
    script: [whole(gzipped, [gzip, strong])],
    gives: one,
  },
  {
    name: "gzip that is cut without a length: never half of it",
    script: [
      answer([...noLength, gzip], gzipped.subarray(0, gzipped.length >> 1)),
      answer([...noLength, gzip], gzipped),
    ],
    gives: one,
    starts: [0, 0],
  },
  {
    name: "gzip that lacks its checksum, always",
    script: [answer([...noLength, gzip], gzipped.subarray(0, -8))],
    refuses: /tried 6 times/,
  },
  {
    name: "gzip in the header alone, always",
    script: [whole(one, [gzip])],
    refuses: /tried 6 times/,
  },
  {
    name: "a cut gzip, then a range of another encoding",
    script: [whole(gzipped, [gzip, strong], 900), rest(one, [strong])],
    gives: one,
    starts: [0, 0],
  },
  {
    name: "a compressed file whose compression is named: as it is stored",
    script: [whole(gzipped, ["content-encoding: x-gzip"])],
    path: "/file.tar.gz",
    gives: gzipped,
  },
  {
    name: "another encoding",
    script: [whole(one, ["content-encoding: br"])],
    refuses: /it comes encoded \(br\)/,
  },
  {
    name: "a redirect",
    script: [
      answer(["HTTP/1.1 302 Found", "location: /elsewhere", "content-length: 0"]),
      whole(one),
    ],
    gives: one,
  },
  {
    name: "redirects in a loop",
    script: [answer(["HTTP/1.1 302 Found", "location: /file.bin", "content-length: 0"])],
    refuses: /redirects more than 10 times/,
  },
  ...["file:///etc/passwd", "data:text/plain,x", "ftp://127.0.0.1/x", "http://[bad"].map((to) => ({
    name: `a redirect to ${to}`,
    script: [answer(["HTTP/1.1 301 Moved", `location: ${to}`, "content-length: 0"])],
    refuses: /it redirects to /,
  })),
  {
    name: "a redirect to nowhere, with a body",
    script: [answer(["HTTP/1.1 302 Found", "content-length: 5"], "moved")],
    refuses: /HTTP 302/,
  },
  {
    name: "an endless body without a length",
    script: [answer(["HTTP/1.1 200 OK"], one, { endless: true })],
    options: { maxUnsizedBytes: 100_000 },
    refuses: /it sends more than 100000 bytes/,
  },
  {
    name: "an endless body in spite of its length",
    script: [answer(["HTTP/1.1 200 OK", "content-length: 5000"], one, { endless: true })],
    gives: one,
  },
  {
    name: "a length that is too large",
    script: [answer(["HTTP/1.1 200 OK", "content-length: 99999999999999"], one)],
    refuses: /it sends more than 68719476736 bytes/,
  },
  {
    name: "a slow drip",
    script: [
      answer(["HTTP/1.1 200 OK", "content-length: 5000", strong], one, { drip: [1, 20] }),
    ],
    options: { pace: { leastBytes: 1_000, overMs: 200, noteMs: 50 } },
    refuses: /only \d+ bytes came in 0\.2 s \(tried 2 times\)/,
  },
  {
    name: "a drip that gives a byte a connection",
    script: [
      whole(one, [strong], 1),
      ({ start }) => {
        const { head } = rest(one, [strong])({ start } as never);
        return { head, body: one.subarray(start, start + 1) };
      },
    ],
    options: { pace: { leastBytes: 4_900, overMs: 150 }, retry: { baseDelayMs: 0, maxDelayMs: 0 } },
    refuses: /bytes came in 0\.15 s/,
  },
  {
    name: "silence in the middle, then the rest",
    script: [
      () => ({ ...cut()({} as never), end: "silence" }),
      rest(one, [strong]),
    ],
    options: fast,
    gives: one,
    starts: [0, 2_000],
  },
  {
    name: "silence from the start",
    script: [answer([], "", { end: "silence" }), whole(one)],
    options: fast,
    gives: one,
  },
  {
    name: "a head that never ends",
    script: [answer(["HTTP/1.1 200 OK", `x: ${"x".repeat(3_000_000)}`], one)],
    options: fast,
    refuses: /tried \d times/,
  },
  {
    name: "what is not HTTP",
    script: [answer(["SSH-2.0-OpenSSH_9.6"], "garbage")],
    options: fast,
    refuses: /tried \d times/,
  },
  {
    name: "503 with Retry-After, then the file",
    script: [answer(["HTTP/1.1 503 Busy", "retry-after: 0", "content-length: 0"]), whole(one)],
    gives: one,
  },
  {
    name: "503 for an hour",
    script: [answer(["HTTP/1.1 503 Busy", "retry-after: 3600", "content-length: 0"])],
    refuses:
      /refused by 127.0.0.1 \(HTTP 503 Service Unavailable, and the server asks to wait 3600 s/,
  },
  {
    name: "204",
    script: [answer(["HTTP/1.1 204 None"])],
    refuses: /HTTP 204/,
  },
  {
    name: "a web page in place of the file",
    script: [
      answer(
        ["HTTP/1.1 200 OK", "content-type: text/html", `content-length: ${page.length}`],
        page,
      ),
    ],
    refuses: /it sends a web page instead/,
  },
  {
    name: "a web page that calls itself a file",
    script: [
      answer(
        ["HTTP/1.1 200 OK", "content-type: text/plain", `content-length: ${page.length}`],
        page,
      ),
    ],
    refuses: /it sends a web page instead/,
  },
  {
    name: "a pointer of Git LFS",
    script: [
      answer(
        ["HTTP/1.1 200 OK", "content-length: 50"],
        "version https://git-lfs.github.com/spec/v1\noid sha2",
      ),
    ],
    refuses: /it sends a pointer of Git LFS instead/,
  },
]);

Deno.test("a server that is waited for is named while it is", async () => {
  const folder = await Deno.makeTempDir();
  await using server = serveHostile([
    () => ({ ...whole(one, [strong], 2_000)({} as never), end: "silence" }),
    rest(one, [strong]),
  ]);
  const said: (string | undefined)[] = [], log: string[] = [];
  await fetchUrl(`${server.url}/file.bin`, {
    folder,
    log: (line) => log.push(line),
    onProgress: (done, total, detail) => said.push(detail && `${done}/${total} ${detail}`),
    pace: { idleMs: 300, noteMs: 100 },
    retry: { baseDelayMs: 1, maxDelayMs: 5 },
  });
  const { host } = new URL(server.url);
  assert.ok(said.includes(`2000/5000 waiting for ${host}`), said.join());
  assert.ok(log.includes(`waiting for ${server.url}/file.bin: 0 bytes came in 0.1 s`), log.join());
  await Deno.remove(folder, { recursive: true });
});
