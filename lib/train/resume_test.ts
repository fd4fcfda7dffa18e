import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { CounterRandom } from "../core/random.ts";
import { sha256 } from "../core/sha256.ts";
import { encodeSafetensors } from "../weights/testdata/encode_safetensors.ts";
import { tinyJob, trainOnCpu } from "./testdata/tiny_job.ts";

const epochs = 40;
/** No kill comes later than this step of 160, so that the training cannot end before the blow. */
const lastKill = 120;
const script = fileURLToPath(new URL("./testdata/resumable_training.ts", import.meta.url));

/** A process that trains in `folder`. */
function spawn(folder: string, minutes: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, folder, String(minutes), String(epochs)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Reads what a training says until `until` holds of a line, then kills it; gives all lines. */
async function killAt(
  training: Deno.ChildProcess,
  until: (line: string) => boolean,
  delayMs = 0,
): Promise<string[]> {
  const said: string[] = [];
  let rest = "", struck = false;
  for await (const text of training.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    said.push(...lines);
    if (!struck && lines.some(until)) {
      struck = true;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      training.kill("SIGKILL");
    }
  }
  assert.equal((await training.status).signal, "SIGKILL");
  return said;
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

/** SHA-256 of the outcome of a training that is never killed. */
const uninterrupted = trainOnCpu(tinyJob({ epochs })).then((result) => ({
  model: sha256(encodeSafetensors(result.weights)),
  history: JSON.stringify(result.history),
}));

/** Lets a training end, and compares it with the uninterrupted one. */
async function assertEndsAlike(folder: string): Promise<void> {
  const { code } = await spawn(folder, 0.001).output();
  assert.equal(code, 0);
  const { model, history } = await uninterrupted;
  assert.equal(sha256(await Deno.readFile(`${folder}/model.safetensors`)), model);
  assert.equal(await Deno.readTextFile(`${folder}/history.json`), history);
}

Deno.test("a training with dropout, killed at ten random moments, ends with the same bytes", async () => {
  const folder = await Deno.makeTempDir();
  const random = new CounterRandom("kill", Date.now());
  const moments = random.shuffle(Array.from({ length: lastKill }, (_, i) => i + 1)).slice(0, 10)
    .sort((a, b) => a - b);
  let resumed = 0;
  for (const moment of moments) {
    const said = await killAt(
      spawn(folder, 0.0003),
      (line) => line.startsWith("step ") && Number(line.slice(5)) >= moment,
      5 * random.uniform(),
    );
    if (said[0].startsWith("goes on after step ")) resumed++;
    assert.ok(names(`${folder}/checkpoints`).filter((name) => !name.endsWith(".tmp")).length <= 3);
  }
  assert.ok(resumed >= 5, `${resumed} attempts killed at steps ${moments} found a checkpoint`);
  await assertEndsAlike(folder);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a training killed while it writes a checkpoint goes on from the one before", async () => {
  const folder = await Deno.makeTempDir();
  const training = spawn(folder, 0);
  let ended = false;
  const drained = killAt(training, () => false).finally(() => ended = true);
  const halfWritten = () => names(`${folder}/checkpoints`).some((name) => name.endsWith(".tmp"));
  for (;;) {
    assert.ok(!ended, "no checkpoint was seen being written");
    await new Promise((resolve) => setTimeout(resolve, 1));
    try {
      if (names(`${folder}/checkpoints`).length < 3 || !halfWritten()) continue;
    } catch (error) {
      // The folder is not there yet.
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    // Stopped first, so that it cannot finish between the look and the blow.
    training.kill("SIGSTOP");
    if (halfWritten()) break;
    training.kill("SIGCONT");
  }
  training.kill("SIGKILL");
  await drained;
  assert.ok(halfWritten());
  await assertEndsAlike(folder);
  assert.ok(!halfWritten());
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a training with steps that have no label ends with the same bytes when it is resumed", async () => {
  const folder = await Deno.makeTempDir();
  const plain = tinyJob({ batchSize: 1, epochs: 2 }, { recombine: 0 });
  const job = {
    ...plain,
    variants: plain.variants.map((examples) =>
      examples.map((example, i) => i % 3 === 0 ? { ...example, asked: [], gold: [] } : example)
    ),
  };
  const whole = await trainOnCpu(job);
  assert.equal(whole.history.filter(({ asked }) => asked === 0).length, 12);
  for (const step of [9, 21]) {
    await assert.rejects(
      trainOnCpu(job, {
        checkpoints: { folder, everyMinutes: 0 },
        onStep: (record) => {
          if (record.step === step) throw new Error("a blow");
        },
      }),
      /a blow/,
    );
  }
  const resumed = await trainOnCpu(job, {
    checkpoints: { folder, everyMinutes: 0 },
  });
  assert.deepEqual(resumed.history, whole.history);
  assert.deepEqual(encodeSafetensors(resumed.weights), encodeSafetensors(whole.weights));
  await Deno.remove(folder, { recursive: true });
});
