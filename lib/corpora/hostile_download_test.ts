/** No server, however bad, makes a wrong file of a download that says it went well. */
import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { type FetchOptions, fetchUrl } from "./fetch_url.ts";
import { type Answering, type RawAnswer, serveHostile } from "./hostile_test_server.ts";

const random = new CounterRandom("hostile_download_test");
const version = (length: number) =>
  Uint8Array.from({ length }, () => 32 + random.integer(90)) as Uint8Array<ArrayBuffer>;
const one = version(5_000), other = version(5_000), shorter = version(3_000);
const old = "Mon, 01 Jan 2024 00:00:00 GMT";
const now = () => `date: ${new Date().toUTCString()}`;

/** All of a version, or its beginning; the length is that of the whole. */
const whole =
  (bytes: Uint8Array, headers: readonly string[] = [], sent = bytes.length): Answering => () => ({
    head: ["HTTP/1.1 200 OK", `content-length: ${bytes.length}`, ...headers],
    body: bytes.subarray(0, sent),
  });
/** The rest of a version from where it is asked for, or so much of it. */
const rest =
  (bytes: Uint8Array, headers: readonly string[] = [], most = bytes.length): Answering =>
  ({ start }) => {
    const part = bytes.subarray(start, start + most);
    return {
      head: [
        "HTTP/1.1 206 Partial Content",
        `content-length: ${part.length}`,
        `content-range: bytes ${start}-${start + part.length - 1}/${bytes.length}`,
        ...headers,
      ],
      body: part,
    };
  };
const answer = (head: readonly string[], body: Uint8Array | string = "", more = {}): Answering => {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return (): RawAnswer => ({ head, body: bytes, ...more });
};
const range = (text: string, headers: readonly string[] = []): Answering => ({ start }) => ({
  head: ["HTTP/1.1 206 Partial Content", `content-range: ${text}`, ...headers],
  body: one.subarray(start),
});
const strong = 'etag: "one"', strongOther = 'etag: "other"', weak = 'etag: W/"one"';
const cut = (headers: readonly string[] = [strong]) => whole(one, headers, 2_000);
const gzipped = gzipSync(one), gzip = "content-encoding: gzip";
const noLength = ["HTTP/1.0 200 OK"];
const page = "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n";
const chunked = (bytes: Uint8Array, end = "0\r\n\r\n") =>
  new TextEncoder().encode(
    `${bytes.length.toString(16)}\r\n${new TextDecoder().decode(bytes)}\r\n${end}`,
  );

interface Case {
  readonly name: string;
  readonly script: readonly Answering[];
  /** The file that must come; without it, the download must be refused with such words. */
  readonly gives?: Uint8Array;
  readonly refuses?: RegExp;
  /** Where each request is to begin. */
  readonly starts?: readonly number[];
  readonly unbounded?: boolean;
  readonly path?: string;
  readonly options?: Partial<FetchOptions>;
}

const fast = { pace: { idleMs: 150 } };
const cases: readonly Case[] = [
  { name: "a good one", script: [whole(one)], gives: one, starts: [0] },
  ...[0, 1, 2_000, 4_999].map((sent): Case => ({
    name: `a cut after ${sent} bytes, then the rest`,
    script: [whole(one, [strong], sent), rest(one, [strong])],
    gives: one,
    starts: [0, sent],
  })),
  {
    name: "cuts again and again, with a strong ETag",
    script: [
      cut(),
      ({ start }) => ({
        ...rest(one, [strong])({ start } as never),
        body: one.subarray(start, start + 700),
      }),
    ],
    gives: one,
    starts: [0, 2_000, 2_700, 3_400, 4_100, 4_800],
  },
  {
    name: "another version after a cut, with its own ETag and If-Range ignored",
    script: [cut(), rest(other, [strongOther]), whole(other, [strongOther])],
    gives: other,
    starts: [0, 2_000, 0],
  },
  {
    name: "another version without an ETag in the 206",
    script: [cut(), rest(other), whole(other)],
    gives: other,
    starts: [0, 2_000, 0],
  },
  {
    name: "another version with a weak ETag that looks the same",
    script: [cut(), rest(other, [weak]), whole(other, [weak])],
    gives: other,
    starts: [0, 2_000, 0],
  },
  {
    name: "only weak ETags: nothing is joined",
    script: [cut([weak]), whole(other, [weak])],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "a weak ETag beside a date: nothing is joined",
    script: [cut([weak, now(), `last-modified: ${old}`]), whole(other)],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "an ETag that is not quoted",
    script: [cut(["etag: one"]), whole(other)],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "no validator at all: nothing is joined",
    script: [cut([]), whole(other)],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "an old date joins",
    script: [
      cut([now(), `last-modified: ${old}`]),
      rest(one, [now(), `last-modified: ${old}`]),
    ],
    gives: one,
    starts: [0, 2_000],
  },
  {
    name: "another date does not join",
    script: [
      cut([now(), `last-modified: ${old}`]),
      rest(other, [now(), "last-modified: Tue, 02 Jan 2024 00:00:00 GMT"]),
      whole(other),
    ],
    gives: other,
    starts: [0, 2_000, 0],
  },
  {
    name: "a date of this second does not join: there may be two versions of it",
    script: [
      () => cut([now(), `last-modified: ${new Date().toUTCString()}`])({} as never),
      whole(other),
    ],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "a date without the server's own does not join",
    script: [cut([`last-modified: ${old}`]), whole(other)],
    gives: other,
    starts: [0, 0],
  },
  {
    name: "the same ETag, and another size in Content-Range",
    script: [cut(), rest(shorter, [strong]), whole(shorter, [strong])],
    gives: shorter,
    starts: [0, 2_000, 0],
  },
  {
    name: "a server that knows If-Range and has another version",
    script: [cut(), whole(shorter, [strongOther])],
    gives: shorter,
    starts: [0, 2_000],
  },
  {
    name: "If-Range and Range ignored: all of it again",
    script: [cut(), whole(one, [strong])],
    gives: one,
    starts: [0, 2_000],
  },
  {
    name: "short ranges, one after another",
    script: [cut(), rest(one, [strong], 900)],
    gives: one,
    starts: [0, 2_000, 2_900, 3_800, 4_700],
  },
  {
    name: "a short range, then another version",
    script: [cut(), rest(one, [strong], 38), rest(other, [strongOther]), whole(other)],
    gives: other,
    starts: [0, 2_000, 2_038, 0],
  },
  {
    name: "a range of unknown total, where the journal knows it",
    script: [cut(), range("bytes 2000-4999/*", [strong])],
    gives: one,
    starts: [0, 2_000],
  },
  {
    name: "a short range of unknown total",
    script: [
      cut(),
      ({ start }) => ({
        ...range("bytes 2000-2099/*", [strong])({ start } as never),
        body: one.subarray(start, 2_100),
      }),
      rest(one, [strong]),
    ],
    gives: one,
    starts: [0, 2_000, 2_100],
  },
  {
    name: "a range that begins elsewhere",
    script: [cut(), range("bytes 1000-4999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a range that ends behind its total",
    script: [cut(), range("bytes 2000-5999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a range that ends before it begins",
    script: [cut(), range("bytes 2000-1999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 without Content-Range",
    script: [
      cut(),
      answer(["HTTP/1.1 206 Partial Content", strong], one.subarray(2_000)),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 of several ranges",
    script: [
      cut(),
      answer([
        "HTTP/1.1 206 Partial Content",
        strong,
        "content-type: multipart/byteranges; boundary=x",
      ], "--x"),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 whose body is longer than its range",
    script: [cut(), range("bytes 2000-2999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 that is compressed",
    script: [cut(), rest(one, [strong, gzip]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 of all, unasked",
    script: [range("bytes 0-4999/5000", [strong])],
    gives: one,
    starts: [0],
  },
  {
    name: "a 206 of a part, unasked, always",
    script: [
      answer(
        ["HTTP/1.1 206 Partial Content", "content-range: bytes 0-99/5000"],
        one.subarray(0, 100),
      ),
    ],
    refuses: /it answers with a part of the file \(tried 6 times\)/,
  },
  {
    name: "416 for what is there, though there is more",
    script: [
      cut(),
      answer(["HTTP/1.1 416 No", "content-range: bytes */2000", "content-length: 0"]),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "416 without words",
    script: [cut(), answer(["HTTP/1.1 416 No", "content-length: 0"]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
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
];

for (const { name, script, gives, refuses, starts, unbounded, path, options } of cases) {
  Deno.test(`a server that sends ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    await using server = serveHostile(script);
    try {
      const fetching = fetchUrl(`${server.url}${path ?? "/file.bin"}`, {
        folder,
        ...options,
        retry: { baseDelayMs: 1, maxDelayMs: 5, ...options?.retry },
      });
      if (gives === undefined) {
        await assert.rejects(fetching, (error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, refuses!);
          return true;
        });
        return;
      }
      const file = await fetching;
      assert.deepEqual(new Uint8Array(await Deno.readFile(file.path)), new Uint8Array(gives));
      assert.equal(file.unbounded, unbounded === true);
      if (starts) assert.deepEqual(server.seen.map(({ start }) => start), starts);
      const again = await fetchUrl(`${server.url}${path ?? "/file.bin"}`, { folder });
      assert.deepEqual([again.from, again.unbounded], ["cache", file.unbounded]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a file that changes between two runs is never a mixture, whatever it was cut into", async () => {
  for (let round = 0; round < 40; round++) {
    const folder = await Deno.makeTempDir();
    const versions = [version(1 + random.integer(3_000)), version(1 + random.integer(3_000))];
    const headersOf = (bytes: Uint8Array) => {
      const strength = ["strong", "weak", "none"][random.integer(3)];
      const name = bytes === versions[0] ? "a" : "b";
      return strength === "strong"
        ? [`etag: "${name}"`]
        : strength === "weak"
        ? ['etag: W/"x"']
        : [];
    };
    const answering: Answering = (request) => {
      const bytes = versions[random.integer(2)];
      const kinds = [
        whole(bytes, headersOf(bytes)),
        rest(bytes, headersOf(bytes), 1 + random.integer(900)),
      ];
      const kind = request.start > 0 && request.start < bytes.length ? random.integer(2) : 0;
      const { head, body } = kinds[kind](request);
      const sent = random.integer(3) > 0 ? body!.length : random.integer(body!.length + 1);
      return { head, body: body!.subarray(0, sent) };
    };
    await using server = serveHostile([answering]);
    const retry = { baseDelayMs: 0, maxDelayMs: 0, attempts: 1 };
    for (let tries = 0;; tries++) {
      assert.ok(tries < 200);
      try {
        const { path } = await fetchUrl(`${server.url}/file.bin`, { folder, retry });
        const got = new Uint8Array(await Deno.readFile(path));
        const isOne = versions.some((bytes) => bytes.toString() === got.toString());
        assert.ok(isOne, `round ${round}: ${got.length} of ${versions.map((each) => each.length)}`);
        break;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
    await Deno.remove(folder, { recursive: true });
  }
});
