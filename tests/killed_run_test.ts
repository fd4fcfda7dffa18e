import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CounterRandom } from "../lib/core/random.ts";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { ProjectCopy } from "./project_copy.ts";

const steps = 600;
const pipeline = `
name: tiny
stages:
  corpus:
    use: download
    with: { corpus: sample, language: eng, limit: { train: 48, validation: 16, test: 16 } }
  tokens:
    use: ner.tokenize
    with: { recombineNames: 0.5, variants: 3 }
    inputs: { corpus: corpus }
  train:
    use: encoder.train
    with:
      seed: 7
      width: 16
      heads: 2
      dropout: 0.1
      attentionDropout: 0.1
      epochs: 1000
      maxSteps: ${steps}
      batchSize: 4
      learningRate: 0.003
      evaluateEvery: 20
      evaluateUnit: steps
      select: sourceDev
      checkpointMinutes: 0
    inputs: { examples: tokens, watch: tokens }
    resources: { cores: 1 }
`;
const run = ["run", "-f", "tiny.yaml", "--json"];

/** When a run is killed, and who of it: with its engine alone, its worker has to end by itself. */
interface Blow {
  /**
   * ms after the start; steps that this run has trained, alone or until a checkpoint is being
   * written; or the end of the training, when its files are being published.
   */
  readonly moment: { ms: number } | { steps: number; inCheckpoint?: true } | "published";
  readonly victim: "group" | "engine";
}

const random = new CounterRandom("kills", 20);
const blows: readonly Blow[] = [
  { moment: { ms: 300 + random.integer(600) }, victim: "group" },
  { moment: { steps: random.integer(25) }, victim: "group" },
  { moment: { steps: random.integer(25), inCheckpoint: true }, victim: "group" },
  { moment: { steps: random.integer(25) }, victim: "engine" },
  { moment: { ms: 300 + random.integer(1_000) }, victim: "group" },
  { moment: { steps: 0, inCheckpoint: true }, victim: "group" },
  { moment: { steps: random.integer(25) }, victim: "group" },
  { moment: { steps: random.integer(25), inCheckpoint: true }, victim: "group" },
  { moment: { ms: 300 + random.integer(1_000) }, victim: "engine" },
  { moment: "published", victim: "group" },
];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The processes of a group that run; one that ended and was not waited for does not. */
function membersOf(group: number): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const [state, , processGroup] = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "").split(" ");
      return state !== "Z" && Number(processGroup) === group;
    } catch {
      return false; // it has just ended
    }
  });
}

/** Whether a checkpoint is half written somewhere in the store. */
function isWritingCheckpoint(store: string): boolean {
  try {
    return readdirSync(join(store, "resume")).some((name) =>
      readdirSync(join(store, "resume", name)).some((file) => file.endsWith(".tmp"))
    );
  } catch {
    return false; // a folder is not there yet
  }
}

/** Starts a run, strikes it, and waits until nothing of it is left; says whether it was hit. */
async function strike(project: ProjectCopy, store: string, blow: Blow): Promise<boolean> {
  const { moment, victim } = blow;
  const engine = project.start(run, { CROSSTIE_CACHE: store });
  const group = engine.pid;
  let ended = false;
  let trained: { first: number; last: number } | undefined;
  const drained = eachEvent(engine.stdout, (event) => {
    if (event.event !== "instanceProgress" || event.instance !== "train") return;
    const last = event.progress.done;
    trained = { first: trained?.first ?? last, last };
  });
  const status = engine.status.finally(() => ended = true);
  const isDue = () =>
    moment === "published"
      ? trained?.last === steps
      : "steps" in moment && trained !== undefined && trained.last - trained.first >= moment.steps;
  if (typeof moment === "object" && "ms" in moment) await sleep(moment.ms);
  else while (!ended && !isDue()) await sleep(1);
  if (typeof moment === "object" && "inCheckpoint" in moment) {
    while (!ended) {
      // Stopped first, so that it cannot finish between the look and the blow.
      if (isWritingCheckpoint(store)) {
        Deno.kill(-group, "SIGSTOP");
        if (isWritingCheckpoint(store)) break;
        Deno.kill(-group, "SIGCONT");
      }
      await sleep(1);
    }
  }
  if (!ended) Deno.kill(victim === "group" ? -group : group, "SIGKILL");
  const { signal } = await status;
  for (let left = 500; membersOf(group).length > 0; left--) {
    assert.ok(left > 0, `processes ${membersOf(group)} outlive their engine`);
    await sleep(20);
  }
  await drained;
  if (typeof moment === "object" && "inCheckpoint" in moment) {
    assert.ok(isWritingCheckpoint(store), "no checkpoint was left half written");
  }
  return signal === "SIGKILL";
}

async function eachEvent(
  stdout: ReadableStream<Uint8Array>,
  use: (event: RunEvent) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) use(JSON.parse(line));
  }
}

Deno.test({
  name: `a run killed ${blows.length} times ends with the bytes of one that was not (reads /proc)`,
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using project = await ProjectCopy.create();
    await Deno.writeTextFile(join(project.folder, "tiny.yaml"), pipeline);
    const [whole, killed] = ["whole", "killed"].map((name) => join(project.folder, name));
    const calm = await project.crosstie(run, { CROSSTIE_CACHE: whole });
    assert.equal(calm.code, 0, calm.stdout + calm.stderr);

    for (const blow of blows) {
      const isHit = await strike(project, killed, blow);
      // The files may be published before the blow falls: the run has ended then.
      assert.ok(isHit || blow.moment === "published", `ended before ${JSON.stringify(blow)}`);
    }
    const last = await project.crosstie(run, { CROSSTIE_CACHE: killed });
    assert.equal(last.code, 0, last.stdout + last.stderr);

    const [wanted, got] = [await project.records(whole), await project.records(killed)];
    const outputsOf = (records: typeof got) =>
      records.map(({ instance, outputs }) => [instance, outputs]);
    assert.deepEqual(outputsOf(got), outputsOf(wanted));
    const { log } = got.find(({ instance }) => instance === "train")!;
    const said = await Deno.readTextFile(join(killed, "objects", log.slice(0, 2), log));
    assert.match(said, new RegExp(`goes on after step \\d+, from .*\\.safetensors`));
  },
});
