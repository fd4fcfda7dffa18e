import { strict as assert } from "node:assert";
import { join } from "node:path";
import { newestRun } from "./report_progress.ts";
import { serveReport } from "./report_server.ts";

const served = {
  page: () => Promise.resolve("<!doctype html><p>the page"),
  progress: () => Promise.resolve(undefined),
  results: () => Promise.resolve("1"),
};

/** The status line of an answer to a request that is written by hand. */
async function statusOf(url: string, request: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(2000);
  const count = await connection.read(bytes);
  return new TextDecoder().decode(bytes.subarray(0, count ?? 0)).split("\r\n")[0];
}

Deno.test("a served page is for who has the token, asks by the exact name, and only reads", async () => {
  await using server = serveReport(served);
  const { host, origin, pathname } = new URL(server.url);
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{48}\/$/);
  const cases: [string, string, number][] = [
    ["ours", `GET ${pathname} HTTP/1.1\r\nHost: ${host}`, 200],
    [
      "ours, with our origin",
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}`,
      200,
    ],
    ["without the token", `GET / HTTP/1.1\r\nHost: ${host}`, 404],
    ["with another token", `GET /${"0".repeat(48)}/ HTTP/1.1\r\nHost: ${host}`, 404],
    ["with more behind it", `GET ${pathname}x HTTP/1.1\r\nHost: ${host}`, 404],
    ["by a name", `GET ${pathname} HTTP/1.1\r\nHost: localhost:${host.split(":")[1]}`, 403],
    ["by a stranger's name", `GET ${pathname} HTTP/1.1\r\nHost: evil.example`, 403],
    ["without a port", `GET ${pathname} HTTP/1.1\r\nHost: 127.0.0.1`, 403],
    [
      "from elsewhere",
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://a.example`,
      403,
    ],
    ["from a file", `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nOrigin: null`, 403],
    ["to write", `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`, 405],
  ];
  for (const [what, request, status] of cases) {
    const line = await statusOf(server.url, `${request}\r\nConnection: close\r\n\r\n`);
    assert.match(line, new RegExp(`^HTTP/1.1 ${status} `), what);
  }
  const answer = await fetch(server.url);
  assert.equal(await answer.text(), "<!doctype html><p>the page");
  assert.equal(answer.headers.get("content-security-policy"), "frame-ancestors 'none'");
  assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
});

Deno.test("news come as they happen, from the journal of the newest run of this pipeline", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "runs"));
    const journal = join(folder, "runs/2.jsonl");
    const started = (run: string, pipeline: string) =>
      JSON.stringify({
        event: "runStarted",
        run,
        pipeline,
        profile: "p",
        stages: { train: 2 },
        jobs: 1,
        durations: {},
      }) + "\n";
    assert.equal(await newestRun(folder, "mine", "p"), undefined);
    await Deno.writeTextFile(join(folder, "runs/1.jsonl"), started("1", "mine"));
    await Deno.writeTextFile(journal, started("2", "mine"));
    await Deno.writeTextFile(join(folder, "runs/3.jsonl"), started("3", "another"));
    await using server = serveReport({ ...served, progress: () => newestRun(folder, "mine", "p") });
    const { body } = await fetch(`${server.url}events`);
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => {
      const { value } = await reader.read();
      return JSON.parse(value!.match(/^data: (.*)\n\n$/)![1]).progress;
    };
    const train = { name: "train", count: 2, failed: 0 };
    assert.deepEqual(await next(), {
      run: "2",
      hasEnded: false,
      stages: [{ ...train, done: 0 }],
      running: [],
    });
    const add = (event: object) =>
      Deno.writeTextFile(journal, JSON.stringify(event) + "\n", { append: true });
    await add({ event: "instanceStarted", instance: "train[h=1]", fingerprint: "f", verdicts: [] });
    assert.deepEqual((await next()).running, ["train[h=1]"]);
    await add({ event: "instanceDone", instance: "train[h=1]", fingerprint: "f", seconds: 1 });
    assert.deepEqual((await next()).stages, [{ ...train, done: 1 }]);
    await Deno.writeTextFile(journal, '{"event":"runEnd', { append: true });
    await reader.cancel();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
