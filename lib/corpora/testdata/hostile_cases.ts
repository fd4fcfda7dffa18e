/**
 * Answers of good and bad servers, and how a download must fare with them.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { UserError } from "../../core/errors.ts";
import { CounterRandom } from "../../core/random.ts";
import { type FetchOptions, fetchUrl } from "../fetch_url.ts";
import { type Answering, type RawAnswer, serveHostile } from "./hostile_server.ts";

const random = new CounterRandom("hostile_cases");
/** Bytes of some version. */
export const version = (length: number) =>
  Uint8Array.from({ length }, () => 32 + random.integer(90)) as Uint8Array<ArrayBuffer>;
/** Two versions of one size, and one of another. */
export const one = version(5_000), other = version(5_000), shorter = version(3_000);
/** A time long ago. */
export const old = "Mon, 01 Jan 2024 00:00:00 GMT";
/** A server's own time. */
export const now = () => `date: ${new Date().toUTCString()}`;

/** All of a version, or its beginning; the length is that of the whole. */
export const whole =
  (bytes: Uint8Array, headers: readonly string[] = [], sent = bytes.length): Answering => () => ({
    head: ["HTTP/1.1 200 OK", `content-length: ${bytes.length}`, ...headers],
    body: bytes.subarray(0, sent),
  });
/** The rest of a version from where it is asked for, or so much of it. */
export const rest =
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
/** An answer as it is written. */
export const answer = (
  head: readonly string[],
  body: Uint8Array | string = "",
  more = {},
): Answering => {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return (): RawAnswer => ({ head, body: bytes, ...more });
};
/** The rest of the first version, under any `Content-Range`. */
export const range = (text: string, headers: readonly string[] = []): Answering => ({ start }) => ({
  head: ["HTTP/1.1 206 Partial Content", `content-range: ${text}`, ...headers],
  body: one.subarray(start),
});
/** Names of versions. */
export const strong = 'etag: "one"', strongOther = 'etag: "other"', weak = 'etag: W/"one"';
/** The first version, cut off. */
export const cut = (headers: readonly string[] = [strong]) => whole(one, headers, 2_000);

/** A server, and how a download must fare with it. */
export interface Case {
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

/** Runs one test for each case. */
export function testCases(cases: readonly Case[]): void {
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
}
