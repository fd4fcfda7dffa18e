import { strict as assert } from "node:assert";
import { PredictProgress } from "./predict_progress.ts";

/** What is printed on standard error while a clock goes as the work tells it, in seconds. */
async function printed(work: (at: (seconds: number) => void) => Promise<void>): Promise<string> {
  const { now } = performance, { error } = console, { writeSync } = Deno.stderr;
  let seconds = 0, text = "";
  performance.now = () => 1000 * seconds;
  console.error = (line: string) => text += `${line}\n`;
  Deno.stderr.writeSync = (bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    await work((at) => seconds = at);
  } finally {
    Object.assign(performance, { now });
    Object.assign(console, { error });
    Object.assign(Deno.stderr, { writeSync });
  }
  return text;
}

/** Reads so many bytes through the counter of an input. */
async function read(progress: PredictProgress, ...sizes: number[]): Promise<void> {
  const chunks = ReadableStream.from(sizes.map((size) => new Uint8Array(size)));
  for await (const { length } of progress.counted(chunks)) assert.ok(sizes.includes(length));
}

/** The line is cleared, and begins anew. */
const over = "\r\x1b[K";

Deno.test("elsewhere than in a terminal a line comes every half a minute, with speed and time left", async () => {
  const text = await printed(async (at) => {
    const progress = new PredictProgress(4_000_000, false, "sentence");
    await read(progress, 600_000, 400_000);
    at(29.9);
    progress.note(99, 900);
    at(30);
    progress.note(1, 600);
    at(59);
    progress.note(100, 1500);
    await read(progress, 3_000_000);
    at(61);
    progress.note(200, 3100);
    at(80);
    progress.end("a model");
  });
  assert.equal(
    text,
    "100 sentences, 1500 words, 1.0 MB of 4.0 MB, 50 words/s, about 1 min 30 s left\n" +
      "400 sentences, 6100 words, 4.0 MB of 4.0 MB, 100 words/s\n" +
      "400 sentences, 6100 words in 1 min 20 s; a model\n",
  );
});

Deno.test("in a terminal one line is written over, five times a second, and taken away", async () => {
  const text = await printed(async (at) => {
    const progress = new PredictProgress(2000, true, "text");
    await read(progress, 1000);
    at(0.1);
    progress.note(1, 7);
    at(2);
    progress.note(3, 9, 1);
    progress.clear();
    at(2.5);
    progress.end("a model");
  });
  assert.equal(
    text,
    `${over}4 texts, 1 of them cut at the end, 1.0 kB of 2.0 kB, 2 texts/s, about 2.0 s left` +
      `${over}${over}4 texts, 1 of them cut at the end in 2.5 s; a model\n`,
  );
});

Deno.test("of an input whose length nobody knows, such as a pipe, no time left is told", async () => {
  const text = await printed(async (at) => {
    const progress = new PredictProgress(undefined, false, "sentence");
    await read(progress, 500);
    at(40);
    progress.note(1, 8);
  });
  assert.equal(text, "1 sentence, 8 words, 500 B, 0 words/s\n");
});
