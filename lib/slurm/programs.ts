/**
 * Calls Slurm's programs.
 *
 * @module
 */

/** What a program said. */
export interface Reply {
  readonly ok: boolean;
  readonly out: string;
  readonly error: string;
}

/** How long a program may take before it counts as not answering, in ms. */
const answerMs = 60_000;
/** What an enclosing job sets must not reach the jobs that are submitted from it. */
const inherited = /^(SLURM_|SBATCH_|SQUEUE_|SCANCEL_|PMIX_|PMI_)/;

/** The variables of this process without those of an enclosing job; `SLURM_CONF` stays. */
export function slurmEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name === "SLURM_CONF" || !inherited.test(name)),
  );
}

/**
 * Runs a program to its end; one that is not there or does not answer gives a reply that says so.
 *
 * @param options.input its standard input
 * @param options.timeoutMs after which it is ended
 * @param options.endAt what it prints on standard error when there is no use in waiting for it
 */
export async function callProgram(
  program: string,
  args: readonly string[],
  { input, timeoutMs = answerMs, endAt }: { input?: string; timeoutMs?: number; endAt?: RegExp } =
    {},
): Promise<Reply> {
  let process: Deno.ChildProcess;
  try {
    process = new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      env: slurmEnvironment(Deno.env.toObject()),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { ok: false, out: "", error: `${program} is not installed` };
  }
  let late = false;
  const end = (): void => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    end();
  }, timeoutMs);
  try {
    const writer = process.stdin.getWriter();
    // A program that ends without reading is judged by its exit code.
    const written = writer.write(new TextEncoder().encode(input ?? ""))
      .then(() => writer.close()).catch(() => {});
    const [{ success }, out, error] = await Promise.all([
      process.status,
      readAll(process.stdout),
      readAll(process.stderr, (text) => endAt?.test(text) && end()),
      written,
    ]);
    return { ok: success, out, error: late ? `${program}: timed out` : error };
  } finally {
    clearTimeout(timer);
  }
}

/** A stream's text to its end; what has come is looked at each time that there is more. */
async function readAll(
  stream: ReadableStream<Uint8Array>,
  look: (text: string) => void = () => {},
): Promise<string> {
  let text = "";
  for await (const more of stream.pipeThrough(new TextDecoderStream())) {
    text += more;
    look(text);
  }
  return text.trim();
}
