/**
 * Pipeline files in which something is wrong, and what is said of them.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { UserError } from "../../core/errors.ts";
import { makePlan } from "../plan.ts";
import type { StageRegistry } from "../stage.ts";
import { selectTargets } from "../targets.ts";
import { stages } from "../../pipeline/testdata/registry.ts";

/** The beginning of a pipeline file. */
export const head = "name: sample\n";
/** A pipeline file in which nothing is wrong. */
export const words = `${head}params: { words: [ape, bee] }
stages:
  words:
    use: write
    matrix: { word: $words }
    with: { text: $word }
`;

/** A pipeline file, and how it is asked for. */
export interface Case {
  readonly about: string;
  readonly text: string | Uint8Array;
  readonly profile?: string;
  readonly set?: string[];
  readonly targets?: string[];
  /** Those of tests when absent. */
  readonly kinds?: StageRegistry;
}

/** What is said of each case, under what it is about. */
export async function messagesOf(cases: readonly Case[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  const parts: string[] = [];
  for (const each of cases) {
    const message = await messageFor(each, folder);
    parts.push(`# ${each.about}\n\n${message}\n`);
  }
  await Deno.remove(folder, { recursive: true });
  return parts;
}

/** Holds messages against those of a file, or writes them there when `UPDATE_SNAPSHOTS` is set. */
export async function assertSnapshot(parts: readonly string[], file: URL): Promise<void> {
  const text = parts.join("\n");
  if (Deno.env.get("UPDATE_SNAPSHOTS")) await Deno.writeTextFile(file, text);
  assert.equal(text, await Deno.readTextFile(file));
  assert.ok(!text.includes("(nothing is wrong)"));
}

async function messageFor(each: Case, folder: string): Promise<string> {
  const file = `${folder}/pipeline.yaml`;
  await Deno.writeFile(
    file,
    typeof each.text === "string" ? new TextEncoder().encode(each.text) : each.text,
  );
  try {
    const { plan } = await makePlan({ ...each, file }, each.kinds ?? stages);
    selectTargets(plan, each.targets ?? []);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.replaceAll(`${folder}/`, "");
  }
  return "(nothing is wrong)";
}
