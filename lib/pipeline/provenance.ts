/**
 * Says which commit and which programs a result comes from.
 *
 * @module
 */
import { cpus } from "node:os";
import type { Provenance } from "../store/record.ts";

/** The commit of a project, whether its files differ from it, and the versions of programs. */
export async function readProvenance(
  projectFolder: string,
  onnxruntime: string,
): Promise<Provenance> {
  const [commit, changes] = await Promise.all([
    git(projectFolder, ["rev-parse", "HEAD"]),
    git(projectFolder, ["status", "--porcelain", "--untracked-files=no"]),
  ]);
  return {
    git: commit === undefined ? null : { commit: commit.trim(), dirty: changes?.trim() !== "" },
    versions: {
      deno: Deno.version.deno,
      onnxruntime,
      platform: `${Deno.build.os}-${Deno.build.arch}`,
      cpu: cpus()[0]?.model.trim() || "unknown",
    },
  };
}

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const command = new Deno.Command("git", {
      args: ["-C", folder, ...args],
      stdin: "null",
      stderr: "null",
    });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined; // git is not installed
  }
}
