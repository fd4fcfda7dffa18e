/**
 * An S3-compatible server (s3rver) in a process of its own, for tests. It checks the form of
 * signatures and who signed; that they are right is the matter of `s3_signature_test.ts`.
 *
 * @module
 */

/** A server, and what names it in the environment. */
export interface S3Server extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the server; undefined where its package cannot be had. */
export async function startS3Server(bucket: string): Promise<S3Server | undefined> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const options = ["--directory", folder, "--port", String(port), "--configure-bucket", bucket];
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--no-config",
      "--node-modules-dir=none",
      "npm:s3rver@3.7.1",
      ...options,
    ],
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  process.status.then(() => ended = true);
  const server: S3Server = {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
    },
    async [Symbol.asyncDispose]() {
      if (!ended) process.kill("SIGKILL");
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
  for (let tries = 0; tries < 300 && !ended; tries++) {
    try {
      const response = await fetch(`${server.env.AWS_ENDPOINT_URL}/${bucket}`);
      await response.body?.cancel();
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await server[Symbol.asyncDispose]();
  return undefined;
}

function freePort(): number {
  using listener = Deno.listen({ port: 0 });
  return listener.addr.port;
}
