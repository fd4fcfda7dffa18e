/**
 * What tests of pipelines on Slurm share.
 *
 * @module
 */
import { Laboratory } from "../../lib/pipeline/testdata/laboratory.ts";

/** Patience of a test: a cluster of one node answers at once. */
export const slurm = {
  pollMs: 100,
  slowestPollMs: 200,
  queueMs: 300,
  slowestQueueMs: 500,
  graceMs: 500,
  lostMs: 2_000,
  fullMs: 500,
};

/** Each word is written, made upper-case, and all are joined; each start is noted in `tally`. */
export const pipeline = (sleepMs: number, words = "[ape, bee, cat, dog]") => `
name: lab
params: { words: ${words}, tally: FOLDER/tally }
slurm: { limit: 20 }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word, sleepMs: ${sleepMs}, tally: $tally }
    resources: { memory: 256MiB }
  first:
    use: upper
    matrix: { word: $words }
    with: { tally: $tally }
    inputs: { text: words }
    resources: { memory: 256MiB }
  all:
    use: concat
    inputs: { texts: first }
    resources: { memory: 256MiB }
`;

/** A laboratory with a pipeline file, in which `FOLDER` is its folder. */
export async function laboratory(text: string): Promise<Laboratory> {
  const lab = await Laboratory.create("");
  await lab.write("tally", "");
  await lab.write("pipeline.yaml", text.replaceAll("FOLDER", lab.folder));
  return lab;
}

/** What was started so far, sorted. */
export async function runs(lab: Laboratory): Promise<string[]> {
  return (await lab.read("tally")).split("\n").filter((line) => line !== "").sort();
}
