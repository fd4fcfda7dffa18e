/**
 * `crosstie push` and `crosstie pull`: results to and from the server of `CROSSTIE_REMOTE`.
 *
 * @module
 */
import type { RemoteStore } from "../lib/store/remote_store.ts";
import { exit } from "./exit.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { countText, sizeText } from "./sizes.ts";
import { print } from "./terminal.ts";

const variables =
  "\nCROSSTIE_REMOTE is https://host/path, http://host/path or s3://bucket/prefix;" +
  "\nAWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL are for S3." +
  "\nCtrl-C ends it; the next one goes on with what is missing.\n";

/** The command that sends. */
export function pushCommand() {
  return pipelineCommand("push")
    .description("Sends fresh results to the remote store.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addHelpText("after", `${variables}\nExample:\n  deno task push --profile cpu`)
    .action(async (targets, options) => {
      const [{ selectTargets }, { push, remoteOf }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/pipeline/sync.ts"),
        openPipeline(options),
      ]);
      const { needed } = selectTargets(judge.plan, targets);
      const remote = remoteOf(judge);
      using sync = new SyncDisplay(remote, "sent");
      const { results, left } = await push(judge, needed, sync.show);
      sync.end();
      print(`${countText(results, "result")} there, ${sizeText(remote.sent.sizeBytes)} sent`);
      if (left.length > 0) {
        print(`${left.length} not sent as they are not fresh, ${left[0]} for one`);
      }
    });
}

/** The command that fetches. */
export function pullCommand() {
  return pipelineCommand("pull")
    .description("Fetches results from the remote store. A run does so by itself.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .addHelpText("after", `${variables}\nExample:\n  deno task pull 'evaluate[source=deu]'`)
    .action(async (targets, options) => {
      const [{ selectTargets }, { pull, remoteOf }, { createStore }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/pipeline/sync.ts"),
        import("../lib/store/store.ts"),
        openPipeline(options),
      ]);
      const remote = remoteOf(judge);
      createStore(judge.workspace.store.folder);
      using sync = new SyncDisplay(remote, "fetched");
      const states = await pull(judge, selectTargets(judge.plan, targets).needed, sync.show);
      sync.end();
      const missing = [...states].filter(([, { kind }]) => kind !== "fresh");
      const { objects, sizeBytes } = remote.fetched;
      print(
        `${countText(states.size - missing.length, "result")} here, ` +
          `${countText(objects, "content")} fetched, ${sizeText(sizeBytes)}`,
      );
      if (missing.length === 0 || exit.code === exit.interrupted) return;
      print(`${missing.length} not there, ${missing[0][0]} for one: a run makes them`);
      exit.code = exit.stageFailed;
    });
}

/** How often progress is shown on a terminal, and in a log, in ms. */
const redrawMs = 200, logMs = 30_000;

/** Shows how far a push or pull is, and lets Ctrl-C end it; a second one ends it at once. */
class SyncDisplay implements Disposable {
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #isLive = Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
  #done = 0;
  #total = 0;

  /** @param what what became of the bytes: sent or fetched */
  constructor(readonly remote: RemoteStore, readonly what: string) {
    this.#timer = setInterval(() => this.#draw(), this.#isLive ? redrawMs : logMs);
    Deno.addSignalListener("SIGINT", this.#interrupt);
    Deno.addSignalListener("SIGTERM", this.#interrupt);
  }

  /** Takes note of the progress. */
  readonly show = (done: number, total: number): void => {
    this.#done = done;
    this.#total = total;
  };

  /** Clears the line of progress, and says whether it was interrupted. */
  end(): void {
    this[Symbol.dispose]();
    if (exit.code === exit.interrupted) print("interrupted");
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#isLive) this.#write("\r\x1b[K");
    Deno.removeSignalListener("SIGINT", this.#interrupt);
    Deno.removeSignalListener("SIGTERM", this.#interrupt);
  }

  readonly #interrupt = (): void => {
    if (exit.code === exit.interrupted) Deno.exit(exit.interrupted);
    exit.code = exit.interrupted;
    this.remote.stop();
  };

  #draw(): void {
    if (this.#total === 0) return;
    const line = `${this.#done} of ${countText(this.#total, "result")}, ` +
      `${sizeText(this.remote.movedBytes)} ${this.what}`;
    this.#write(this.#isLive ? `\r\x1b[K${line}` : `${line}\n`);
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
