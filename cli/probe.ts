/**
 * `crosstie probe`: tries native code in a process of its own, as it may crash. Not for people.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { explainLoader, type Provider, type Unavailable } from "../lib/onnx/provider.ts";
import { projectFolder } from "./folders.ts";
import { inheritedPermissions } from "./permissions.ts";
import { printJson } from "./terminal.ts";

/** What can be tried. */
export type Probed = Provider | "duckdb";

/** The command. */
export function probeCommand() {
  return new Command("probe")
    .description("Tries an execution provider or DuckDB, and prints what came of it as JSON.")
    .argument("<what>")
    .action(async (what) => {
      printJson({ missing: await probeHere(what as Probed) ?? null });
    });
}

/**
 * Tries native code in another process.
 *
 * @returns undefined when it works; why not otherwise
 */
export async function probe(what: Probed): Promise<Unavailable | undefined> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...inheritedPermissions(),
      "--quiet",
      resolve(projectFolder, "main.ts"),
      "probe",
      what,
    ],
    stdin: "null",
  }).output();
  const printed = new TextDecoder().decode(stderr);
  try {
    const { missing } = JSON.parse(new TextDecoder().decode(stdout));
    return missing ? explainLoader(printed) ?? missing : undefined;
  } catch {
    const last = printed.trim().split("\n").at(-1);
    return {
      reason: `it ends its process with code ${code}${last ? `: ${last}` : ""}`,
      remedy: "update its driver, or reinstall with: deno install",
    };
  }
}

/**
 * Makes sure that a provider can start, before a run begins.
 *
 * @throws {UserError} with the reason and what to do
 */
export async function requireProvider(provider: Provider): Promise<void> {
  const missing = await probe(provider);
  if (!missing) return;
  throw new UserError({
    message: `Cannot use --device ${provider}: ${missing.reason}`,
    hint: missing.remedy,
  });
}

async function probeHere(what: Probed): Promise<Unavailable | undefined> {
  try {
    if (what !== "duckdb") return await (await import("../lib/onnx/probe.ts")).probe(what);
    const { Database } = await import("../lib/table/duckdb.ts");
    using database = await Database.open();
    const { rows } = await database.query("SELECT 6 * 7");
    return rows[0][0] === 42 ? undefined : { reason: `6 × 7 is ${rows[0][0]}`, remedy: reinstall };
  } catch (error) {
    return { reason: messageOf(error).split("\n")[0], remedy: reinstall };
  }
}

const reinstall = "remove node_modules and run: deno install";
