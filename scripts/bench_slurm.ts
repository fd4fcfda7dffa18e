/**
 * Measures many instances in a real Slurm of one node: how they get there, what they cost while
 * they wait, how fast they run, and how they are ended.
 *
 * `deno run -A scripts/bench_slurm.ts --write`
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { trackedFile } from "../lib/corpora/catalogue.ts";
import { noCluster, SlurmCluster } from "../lib/slurm/testdata/cluster.ts";
import { machineFacts } from "./bench/machine.ts";
import { makeProject } from "./bench/pipeline_ours.ts";
import { reportMarkdown, type Section, sectionText } from "./bench/report.ts";
import { cancelSection, detachSection, pendingSection, runSection } from "./bench/slurm_laps.ts";

const reportFile = "docs/measurements/slurm.md";
/** What follows in the report is kept by --write. */
const byHand = "## What broke or was slow";
const usage = `usage: deno run -A scripts/bench_slurm.ts [options]

  --instances N       that are submitted (10000)
  --run N             that are run to their end (1000)
  --watch SECONDS     how long the engine is watched while all wait (60)
  --write             write what is printed to ${reportFile} too
`;

/** The command line, checked. */
interface Options {
  readonly instances: number;
  readonly run: number;
  readonly watchSeconds: number;
  readonly write: boolean;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      instances: { type: "string", default: "10000" },
      run: { type: "string", default: "1000" },
      watch: { type: "string", default: "60" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const count = (option: string, text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new UserError(`Cannot use --${option} ${text}: it must be a whole number from 0`);
  };
  return {
    instances: count("instances", values.instances),
    run: count("run", values.run),
    watchSeconds: count("watch", values.watch),
    write: values.write,
  };
}

async function measure({ instances, run, watchSeconds }: Options, work: string) {
  const project = join(work, "project");
  await makeProject(project);
  await using cluster = await SlurmCluster.start({
    cpus: 8,
    maxJobs: 10 * instances + run + 1_000,
  });
  const sections: Section[] = [];
  const log = (line: string): void => console.error(line);
  if (instances > 0) {
    const pending = await pendingSection(cluster, project, { instances, watchSeconds }, log);
    sections.push(pending.section);
    sections.push(await cancelSection(cluster, pending.engine, log));
    sections.push(await detachSection(cluster, project, instances, log));
  }
  if (run > 0) sections.push(await runSection(cluster, project, run, log));
  return sections;
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    if (noCluster) throw new UserError(`Cannot start a cluster here: ${noCluster}`);
    const facts = [
      ...await machineFacts({ load: Deno.loadavg() }),
      `${await slurmVersion()} on this machine, with one node said to have eight cores; ` +
      "MaxArraySize is 1001, as by default",
    ];
    const work = await Deno.makeTempDir({ prefix: "bench_slurm_" });
    try {
      const sections = await measure(options, work);
      console.log([...facts, ...sections.map((each) => "\n" + sectionText(each))].join("\n"));
      if (options.write) {
        const command = ["deno run -A scripts/bench_slurm.ts", ...Deno.args].join(" ");
        const text = reportMarkdown({ title: "Many instances in Slurm", command, facts, sections });
        const file = trackedFile(reportFile);
        const before = await Deno.readTextFile(file).catch(() => "");
        const place = before.indexOf(byHand);
        await Deno.writeTextFile(file, text + (place < 0 ? "" : "\n" + before.slice(place)));
      }
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  } catch (error) {
    console.error(messageOf(error));
    if (error instanceof TypeError && "code" in error) console.error(`\n${usage}`);
    Deno.exit(2);
  }
  Deno.exit(0);
}

async function slurmVersion(): Promise<string> {
  const { stdout } = await new Deno.Command("slurmctld", { args: ["-V"] }).output();
  return new TextDecoder().decode(stdout).trim();
}
