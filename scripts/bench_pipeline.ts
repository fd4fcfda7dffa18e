/**
 * Measures the pipeline engine beside other pipeline tools on the same chains of copies.
 *
 * `deno task bench:pipeline --install ~/pipeline_tools --write`
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../lib/core/errors.ts";
import { trackedFile } from "../lib/corpora/catalogue.ts";
import { machineFacts } from "./bench/machine.ts";
import { type Chains, chainsOf } from "./bench/pipeline_chains.ts";
import {
  clearOurs,
  makeProject,
  ourCommand,
  prepareOurs,
  setAside,
  touchOurs,
} from "./bench/pipeline_ours.ts";
import { timed } from "./bench/pipeline_process.ts";
import { growthSection, type Lap, race, raceSection, type Runner } from "./bench/pipeline_race.ts";
import { installed, type Rival, rivals } from "./bench/pipeline_rivals.ts";
import { reportMarkdown, type Section, sectionText } from "./bench/report.ts";

/** How long files must lie still before a run remembers their states, with a margin, in ms. */
const restMs = 3_500;

const reportFile = "docs/measurements/pipeline.md";

/** What follows in the report is kept by --write. */
const byHand = "## What made the warm run faster";
const usage = `usage: deno task bench:pipeline [options]

  --tools FOLDER      where --install put the other tools (default: those on the path)
  --install FOLDER    first install Turborepo, wireit, Snakemake and DVC there
  --rounds N          turns of each side (5); at most 2 of those that take over 3 s
  --largest N         instances of the largest growth row (100000)
  --skip-cold         leave out the cold runs
  --write             write what is printed to ${reportFile} too
`;

/** The command line, checked. */
interface Options {
  readonly tools?: string;
  readonly install: boolean;
  readonly rounds: number;
  readonly largest: number;
  readonly cold: boolean;
  readonly write: boolean;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tools: { type: "string" },
      install: { type: "string" },
      rounds: { type: "string", default: "5" },
      largest: { type: "string", default: "100000" },
      "skip-cold": { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const count = (option: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new UserError(`Cannot use --${option} ${text}: it must be a whole number from ${least}`);
  };
  const tools = values.install ?? values.tools;
  return {
    tools: tools && resolve(tools),
    install: values.install !== undefined,
    rounds: count("rounds", values.rounds, 1),
    largest: count("largest", values.largest, 1_000),
    cold: !values["skip-cold"],
    write: values.write,
  };
}

/** The command as it may stand in a document: without this machine's paths. */
export function shownCommand(args: readonly string[]): string {
  const shown = args.map((arg, i) =>
    /^--(tools|install)$/.test(args[i - 1] ?? "")
      ? "FOLDER"
      : arg.replace(/^--(tools|install)=.*/, "--$1=FOLDER")
  );
  return ["deno task bench:pipeline", ...shown].join(" ");
}

async function install(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const run = (program: string, ...args: string[]) => timed({ program, args, folder });
  await run("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, ...installed.npm);
  await run("python3", "-m", "venv", "venv");
  await run(join(folder, "venv/bin/pip"), "install", "--quiet", ...installed.pip);
}

type Found = readonly { readonly rival: Rival; readonly program: string }[];

/** The tools that are there; of the others, how they are installed. */
function findRivals(tools: string | undefined): Found {
  return rivals.flatMap((rival) => {
    const program = rival.find(tools);
    if (!program) console.error(`${rival.name}: left out, as it is not here (${rival.install})`);
    return program ? [{ rival, program }] : [];
  });
}

const log = (line: string): void => console.error(line);

/** Rivals that have nothing to do, each in a folder of its own. */
async function idleRivals(found: Found, chains: Chains, work: string): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const { rival, program } of found) {
    const folder = await Deno.makeTempDir({ dir: work });
    const command = await rival.write(folder, chains, program);
    log(`${rival.name}: preparing ${chains.chains * chains.steps} instances`);
    await rival.prepare(command, chains);
    await timed(command); // what it remembers of files is remembered now
    const isRight = (printed: string) => rival.isIdle(printed, chains);
    runners.push({ name: rival.name, command, isRight });
  }
  return runners;
}

/** Ours: when nothing has changed since the last run, and when a file has been touched. */
async function idleOurs(project: string, chains: Chains): Promise<[Runner, Runner]> {
  const command = await ourCommand(project, chains);
  const fresh = `0 ran, ${chains.chains * chains.steps} fresh, 0 failed`;
  const isRight = (printed: string) => printed.includes(fresh);
  const settle = async () => {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    await timed(command);
  };
  await prepareOurs(command);
  await timed(command);
  await settle();
  return [{ name: "crosstie", command, before: settle, isRight }, {
    name: "crosstie, file touched",
    command,
    before: () => touchOurs(command),
    isRight,
  }];
}

/** Everything from an empty folder. */
async function coldRunners(found: Found, chains: Chains, work: string): Promise<Runner[]> {
  const project = join(work, "cold");
  await makeProject(project);
  const command = await ourCommand(project, chains);
  await timed(await ourCommand(project, chainsOf(10))); // compiles the modules, as for the others
  const ran = `${chains.chains * chains.steps} ran, 0 fresh, 0 failed`;
  const runners: Runner[] = [{
    name: "crosstie",
    command,
    before: () => clearOurs(command),
    isRight: (printed) => printed.includes(ran),
  }];
  for (const { rival, program } of found) {
    const folder = await Deno.makeTempDir({ dir: work });
    const before = async () => {
      await setAside(folder);
      await Deno.mkdir(folder);
      await rival.write(folder, chains, program);
    };
    const command = await rival.write(folder, chains, program);
    const isRight = (printed: string) => !rival.isIdle(printed, chains);
    runners.push({ name: rival.name, command, before, isRight });
  }
  return runners;
}

const sameGraph =
  "Chains of ten steps: the first writes a file, the others copy it. Wall and processor time (user and system, with children) of whole processes, medians over rounds; the ratio is within rounds.";
const howPrepared =
  "Brought there untimed and as cheaply as each allows, then run once more before the first round: crosstie's records, make's, Snakemake's and DVC's files (with DVC's lock and cache) are written directly; Turborepo runs with a stand-in for npm; wireit runs. Turborepo is its program without the Node.js wrapper. The output of each must say that nothing was run. Ours takes a short way when no file has changed its state since a run with nothing to do; `file touched` is the long way, after a touch of the pipeline file.";

async function measure(options: Options, work: string): Promise<Section[]> {
  const found = findRivals(options.tools);
  const named = (...names: string[]) => found.filter(({ rival }) => names.includes(rival.name));
  const project = join(work, "ours");
  await makeProject(project);
  const sections: Section[] = [];
  const growth: (Lap & { instances: number })[] = [];
  const touched: (Lap & { instances: number })[] = [];
  const idle = async (instances: number, beside: Found, notes: string[]) => {
    const chains = chainsOf(instances);
    const runners = [
      ...await idleOurs(project, chains),
      ...await idleRivals(beside, chains, work),
    ];
    const laps = await race(runners, options.rounds, log);
    growth.push({ ...laps[0], instances });
    touched.push({ ...laps[1], instances });
    if (beside.length === 0) return;
    const title = `Nothing to do, ${instances} instances`;
    sections.push(raceSection(title, laps, [sameGraph, ...notes]));
  };
  await idle(1_000, found, [howPrepared]);
  if (options.largest >= 10_000) await idle(10_000, named("GNU make", "Snakemake"), [howPrepared]);
  if (options.largest >= 100_000) await idle(options.largest, [], []);
  sections.push(growthSection("Nothing to do: growth with the number of instances", growth));
  sections.push(growthSection("The same, the pipeline file touched before each run", touched));
  if (options.cold) {
    const runners = await coldRunners(named("GNU make", "Snakemake"), chainsOf(1_000), work);
    const laps = await race(runners, Math.min(3, options.rounds), log);
    const note =
      "Every step is published with its digest, fsync and a record by crosstie; the others only copy.";
    sections.push(raceSection("Cold, 1000 instances", laps, [sameGraph, note]));
  }
  return sections;
}

async function versionsOf(tools: string | undefined): Promise<string> {
  const all = rivals.map(async (rival) => {
    const program = rival.find(tools);
    return `${rival.name} ${program ? await rival.version(program) : "not here"}`;
  });
  return (await Promise.all(all)).join(", ");
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === "help") {
      console.log(usage);
      Deno.exit(0);
    }
    if (options.install) await install(options.tools!);
    const facts = [
      ...await machineFacts({ load: Deno.loadavg() }),
      await versionsOf(options.tools),
    ];
    const work = await Deno.makeTempDir({ prefix: "bench_pipeline_" });
    try {
      const sections = await measure(options, work);
      console.log([...facts, ...sections.map((each) => "\n" + sectionText(each))].join("\n"));
      if (options.write) {
        const command = shownCommand(Deno.args);
        const text = reportMarkdown({ title: "The pipeline engine", command, facts, sections });
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
}
