/** Parts of a file are joined only when they are certainly of one version. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { fetchUrl } from "./fetch_url.ts";
import {
  type Case,
  cut,
  now,
  old,
  one,
  other,
  rest,
  shorter,
  strong,
  strongOther,
  testCases,
  version,
  weak,
  whole,
} from "./testdata/hostile_cases.ts";
import { type Answering, serveHostile } from "./testdata/hostile_server.ts";

const random = new CounterRandom("hostile_parts_test");

testCases([
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
]);

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
