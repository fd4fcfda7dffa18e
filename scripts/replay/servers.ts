/**
 * Servers of strangers: B2, B3 and C9, and the remote texts of B6.
 *
 * @module
 */
import { FileServer } from "../../lib/store/testdata/file_server.ts";
import { type Attack, harmless, holds, type Outcome, refused } from "./attack.ts";
import type { Lab, Ran } from "./lab.ts";

/** Bytes without end, so many at a time. */
function endless(size: number, pauseMs = 0): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      controller.enqueue(new Uint8Array(size).fill(32));
    },
  });
}

interface Served {
  readonly server: FileServer;
  /** Runs in a store of its own, which the server's results can fill. */
  run(args: readonly string[], env?: Record<string, string>): Promise<Ran>;
}

/** An attack by a server that has the results of the pipeline, and then turns bad. */
function remote(
  id: string,
  about: string,
  attack: (served: Served, lab: Lab) => Promise<Outcome>,
): Attack {
  return {
    id,
    about,
    begins: "results",
    async attack(lab) {
      const server = new FileServer();
      const own = { CROSSTIE_REMOTE: server.address };
      const pushed = await lab.run(["push"], { env: own });
      holds(pushed.code === 0, pushed.stderr);
      const run = async (args: readonly string[], env: Record<string, string> = {}) => {
        await Deno.remove(lab.at("near"), { recursive: true }).catch(() => {});
        return await lab.run(args, { env: { CROSSTIE_CACHE: lab.at("near"), ...own, ...env } });
      };
      try {
        return await attack({ server, run }, lab);
      } finally {
        // Not waited for: answers without end would be.
        server[Symbol.asyncDispose]().catch(() => {});
      }
    },
  };
}

const whole = (ran: Ran): Outcome => {
  holds(ran.code === 0 && /0 failed/.test(ran.stdout), ran.stdout + ran.stderr);
  return harmless(ran, /going on without it|Cannot use|set aside|is not what its name says/);
};

const answering = (part: string, body: () => Response) => (served: Served) => {
  served.server.intercept = ({ url, method }) =>
    method === "GET" && url.includes(part) ? body() : undefined;
  return served.run(["run"]).then(whole);
};

const wikiann = `name: served
stages:
  corpus: { use: download, with: { corpus: wikiann, language: sw } }
`;

/** The attacks. */
export const servers: readonly Attack[] = [
  remote("B2", "a record without end", answering("/records/", () => new Response(endless(65_536)))),
  remote(
    "B2",
    "a content without end",
    answering("/objects/", () => new Response(endless(65_536))),
  ),
  remote("B2", "a content of 1 byte every 5 s", ({ server, run }) => {
    server.intercept = ({ url, method }) =>
      method === "GET" && url.includes("/objects/") ? new Response(endless(1, 5_000)) : undefined;
    return run(["run"]).then(whole);
  }),
  {
    id: "B2",
    about: "a corpus without end, from a mirror, for 90 s (it is given up after 2 GiB)",
    begins: "nothing",
    async attack(lab) {
      await lab.write("pipeline.yaml", wikiann);
      const server = new FileServer();
      server.intercept = () => new Response(endless(65_536, 100));
      const env = { CROSSTIE_MIRROR: server.address };
      const ran = await lab.run(["run"], { env, within: 90 });
      server[Symbol.asyncDispose]().catch(() => {});
      const said = ran.isEnded ? { ...ran, isEnded: false } : ran;
      return harmless(said, /\d+ bytes, for/);
    },
  },
  remote("B2", "an answer to PUT of 1 byte every 5 s", async ({ server }, lab) => {
    server.files.clear();
    server.intercept = ({ method }) =>
      method === "PUT" ? new Response(endless(1, 5_000)) : undefined;
    const env = { CROSSTIE_REMOTE: server.address };
    return refused(await lab.run(["push"], { env }), /no whole answer|Cannot/);
  }),
  remote("B3", "S3 that redirects to another port, with a session token", async ({ run }) => {
    const heard: string[] = [];
    const other = new FileServer(), s3 = new FileServer();
    other.intercept = ({ headers }) => {
      heard.push(...[...headers.keys()].filter((name) => /^(authorization|x-amz-)/.test(name)));
      return new Response("{}");
    };
    s3.intercept = ({ url }) =>
      new Response(null, {
        status: 302,
        headers: { location: url.replace(new URL(s3.address).host, new URL(other.address).host) },
      });
    const ran = await run(["run"], {
      CROSSTIE_REMOTE: "s3://bucket/x",
      AWS_ENDPOINT_URL: new URL(s3.address).origin,
      AWS_ACCESS_KEY_ID: "AKIAHIDDEN",
      AWS_SECRET_ACCESS_KEY: "hidden",
      AWS_SESSION_TOKEN: "hiddentoken",
    });
    await Promise.all([s3, other].map((each) => each[Symbol.asyncDispose]()));
    holds(heard.length === 0, `the other server heard ${heard}`);
    holds(!/hidden/i.test(ran.stdout + ran.stderr), "a key is printed");
    return whole(ran);
  }),
  remote("C9", "a bad record for every instance: warnings", async ({ server, run }) => {
    server.intercept = ({ url, method }) =>
      method === "GET" && url.includes("/records/") ? new Response("<html>") : undefined;
    const ran = await run(["run"]);
    const warnings = ran.stderr.split("\n").filter((line) => /^warning|going on/.test(line));
    holds(warnings.length <= 2, `${warnings.length} warnings`);
    return whole(ran);
  }),
  {
    id: "C9",
    about: "CROSSTIE_REMOTE=https://127.0.0.1/x?token=SECRETQ",
    begins: "results",
    async attack(lab) {
      const env = { CROSSTIE_REMOTE: "https://127.0.0.1/x?token=SECRETQ" };
      const ran = await lab.run(["push"], { env });
      holds(!/SECRETQ/.test(ran.stdout + ran.stderr), "the token is printed");
      return refused(ran, /query/);
    },
  },
  remote("B6", "push: HTTP 500 with a title for the terminal", async ({ server }, lab) => {
    server.files.clear();
    server.intercept = () => new Response("\x1b]0;pwn\x07", { status: 500 });
    const env = { CROSSTIE_REMOTE: server.address };
    return refused(await lab.run(["push"], { env }), /500/);
  }),
];
