/**
 * Copies the small tables of a finished run into results/published/<study>/, with the lock of its
 * profile. They are committed, and scripts/write_study.ts makes a page of them. Where another program
 * was recorded on the same sentences (scripts/references/scores/<study>.parquet), its scores come along
 * as table `reference`. Table `runs` says how long each instance took.
 *
 * Usage: deno run -A scripts/publish_study.ts experiments/slicer.yaml cpu
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { projectFolder, publishedFolder, resultsFolder } from "../cli/folders.ts";
import { openStoreOfProject } from "../cli/pipeline_command.ts";
import { commitOf, recordsOf } from "../cli/report_facts.ts";
import { viewsWithRuns } from "../cli/results.ts";
import { UserError } from "../lib/core/errors.ts";
import { isFile } from "../lib/core/file_kinds.ts";
import { readYaml } from "../lib/core/yaml.ts";
import { readPipeline } from "../lib/plan/pipeline_file.ts";
import { publishStudy, type Study } from "../lib/report/published_study.ts";
import { formatLock, lockFileOf, readLock } from "../lib/store/lock.ts";
import type { Store } from "../lib/store/store.ts";
import { ScratchFolder } from "../lib/table/scratch_folder.ts";
import { endWithProblems } from "./problems.ts";

/**
 * Publishes the results of a profile.
 *
 * @param results where results are laid out
 * @param store has the records of what ran
 * @param published below which studies have a folder
 * @returns one line about it
 * @throws {UserError} when there are no results, or no lock of the profile
 */
export async function publish(
  file: string,
  profile: string,
  results: string,
  published: string,
  store: Store,
): Promise<string> {
  const pipeline = await readPipeline({ file, profile });
  if (pipeline.diagnostics.failed) throw pipeline.diagnostics.error();
  const { about } = Object((await readYaml(file)).value) as { about?: string };
  const section = readLock(lockFileOf(file))?.[profile];
  if (section === undefined) {
    throw new UserError({
      message: `Cannot publish profile "${profile}" of ${file}: ${
        lockFileOf(file)
      } does not have it`,
      hint: `run it whole first: deno task pipeline -f ${file} --profile ${profile}`,
    });
  }
  using scratch = new ScratchFolder();
  const views = await viewsWithRuns(join(results, pipeline.place), store, scratch);
  const study: Study = {
    study: pipeline.name,
    about: about ?? pipeline.name,
    file: relative(projectFolder, resolve(file)).replaceAll("\\", "/"),
    profile,
    params: pipeline.params,
    made: await madeBy(join(results, pipeline.place), store),
  };
  const folder = join(published, pipeline.name);
  const { taken, left } = await publishStudy(
    folder,
    study,
    views,
    formatLock({ [profile]: section }),
  );
  const recorded = join(projectFolder, "scripts/references/scores", `${pipeline.name}.parquet`);
  const hasReference = await isFile(recorded);
  if (hasReference) await Deno.copyFile(recorded, join(folder, "reference.parquet"));
  return `${folder}: ${[...taken, ...hasReference ? ["reference"] : []].join(", ")}` +
    (left.length > 0 ? `; left out as too long: ${left.join(", ")}` : "");
}

/** The commits, and versions of Deno, that made the tables of a results folder. */
async function madeBy(folder: string, store: Store): Promise<Study["made"]> {
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  const records = [...recordsOf(manifest, store).values()];
  const distinct = (values: readonly string[]) => [...new Set(values)].sort();
  return {
    commits: distinct(records.map(commitOf)),
    deno: distinct(records.map(({ provenance }) => provenance.versions.deno ?? "unknown")),
  };
}

if (import.meta.main) {
  const [file, profile] = Deno.args;
  if (profile === undefined) {
    console.error("usage: deno run -A scripts/publish_study.ts FILE PROFILE");
    Deno.exit(2);
  }
  await endWithProblems(async () =>
    console.log(
      await publish(
        file,
        profile,
        resultsFolder,
        publishedFolder,
        await openStoreOfProject(),
      ),
    )
  );
}
