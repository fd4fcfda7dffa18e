/**
 * Other pipeline tools on the same chains: how each is written down, prepared and started.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { type Chains, namesOf, type Task, tasksOf } from "./pipeline_chains.ts";
import { type CommandLine, timed } from "./pipeline_process.ts";

/** A tool beside ours. */
export interface Rival {
  readonly name: string;
  /** How a person installs it, where `--install` is not used. */
  readonly install: string;
  /** The program, in a folder of `--install` or on the path. */
  find(tools: string | undefined): string | undefined;
  version(program: string): Promise<string>;
  /** Writes the chains down in an empty folder. */
  write(folder: string, chains: Chains, program: string): Promise<CommandLine>;
  /** Brings it to "nothing to do" in the cheapest way. */
  prepare(command: CommandLine, chains: Chains): Promise<void>;
  /** Whether what it printed says that nothing was run. */
  isIdle(printed: string, chains: Chains): boolean;
}

const python = "--install FOLDER, or: python3 -m venv FOLDER/venv && FOLDER/venv/bin/pip install ";
const npm = "--install FOLDER, or: npm install --prefix FOLDER ";

/** What `--install` puts into its folder. */
export const installed = { npm: ["turbo", "wireit"], pip: ["dvc", "snakemake"] };

const make: Rival = {
  name: "GNU make",
  install: "apt-get install make",
  find: () => onPath("make"),
  version: printedVersion,
  async write(folder, chains, program) {
    await makeFolders(folder, chains);
    const rules = tasksOf(chains).map(({ input, output, command }) =>
      `${output}: ${input ?? ""}\n\t@${command}\n`
    );
    const last = namesOf(chains).map((chain) => `${chain}/${chains.steps - 1}.txt`).join(" ");
    await Deno.writeTextFile(join(folder, "Makefile"), `all: ${last}\n${rules.join("")}`);
    return { program, args: [`-j${navigator.hardwareConcurrency}`, "all"], folder };
  },
  prepare: ({ folder }, chains) => writeOutputs(folder, chains),
  isIdle: (printed) => printed.includes("Nothing to be done"),
};

const snakemake: Rival = {
  name: "Snakemake",
  install: python + "snakemake",
  find: (tools) => inFolder(tools, "venv/bin/snakemake") ?? onPath("snakemake"),
  version: printedVersion,
  async write(folder, chains, program) {
    await makeFolders(folder, chains);
    const last = chains.steps - 1;
    await Deno.writeTextFile(
      join(folder, "Snakefile"),
      `rule all:
    input: expand("c{chain}/${last}.txt", chain=range(${chains.chains}))
rule step0:
    output: "c{chain}/0.txt"
    shell: "echo c{wildcards.chain} > {output}"
for step in range(1, ${chains.steps}):
    rule:
        name: f"step{step}"
        input: f"c{{chain}}/{step - 1}.txt"
        output: f"c{{chain}}/{step}.txt"
        shell: "cp {input} {output}"
`,
    );
    return { program, args: ["--cores", `${navigator.hardwareConcurrency}`, "all"], folder };
  },
  prepare: ({ folder }, chains) => writeOutputs(folder, chains),
  isIdle: (printed) => printed.includes("Nothing to be done"),
};

const turborepo: Rival = {
  name: "Turborepo",
  install: npm + "turbo",
  // The program itself: its Node.js wrapper would take longer.
  find(tools) {
    const folder = tools && join(tools, "node_modules/@turbo");
    const [platform] = folder && existsSync(folder) ? [...Deno.readDirSync(folder)] : [];
    return platform ? join(folder!, platform.name, "bin/turbo") : onPath("turbo");
  },
  version: printedVersion,
  async write(folder, chains, program) {
    const packages = tasksOf(chains).map((task) => ({ name: task.id, task }));
    const locked: Record<string, unknown> = { "": { name: "chains", workspaces: ["packages/*"] } };
    for (const { name, task } of packages) {
      const dependencies = task.after ? { [task.after]: "*" } : {};
      const script = task.after
        ? `cp ../${task.after}/out.txt out.txt`
        : `echo ${task.chain} > out.txt`;
      const about = { name, version: "1.0.0", scripts: { copy: script }, dependencies };
      await Deno.mkdir(join(folder, "packages", name), { recursive: true });
      await writeJson(join(folder, "packages", name, "package.json"), about);
      await Deno.writeTextFile(join(folder, "packages", name, "copy.sh"), script + "\n");
      locked[`packages/${name}`] = { name, version: "1.0.0", dependencies };
      locked[`node_modules/${name}`] = { resolved: `packages/${name}`, link: true };
    }
    await writeJson(join(folder, "package.json"), {
      name: "chains",
      private: true,
      packageManager: "npm@11.0.0",
      workspaces: ["packages/*"],
    });
    await writeJson(join(folder, "package-lock.json"), {
      name: "chains",
      lockfileVersion: 3,
      requires: true,
      packages: locked,
    });
    await writeJson(join(folder, "turbo.json"), {
      tasks: { copy: { dependsOn: ["^copy"], outputs: ["out.txt"] } },
    });
    await Deno.writeTextFile(join(folder, ".gitignore"), "out.txt\n.turbo\n");
    const git = (...args: string[]) =>
      timed({
        program: "git",
        args: ["-c", "user.name=bench", "-c", "user.email=b@b", ...args],
        folder,
      });
    await git("init", "--quiet", ".");
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "chains");
    const args = ["run", "copy", "--output-logs=none", "--no-update-notifier"];
    return { program, args, folder, env: { TURBO_TELEMETRY_DISABLED: "1" } };
  },
  // Half a second of npm for every copy is left out: a stand-in for npm runs the script.
  async prepare(command) {
    const tools = join(command.folder, "node_modules/.bin");
    await Deno.mkdir(tools, { recursive: true });
    const text = '#!/bin/sh\n[ "$1" = run ] && exec sh ./copy.sh\necho 11.0.0\n';
    await Deno.writeTextFile(join(tools, "npm"), text, { mode: 0o755 });
    const env = { ...command.env, PATH: `${tools}:${Deno.env.get("PATH")}` };
    await timed({ ...command, env });
    await Deno.remove(join(command.folder, "node_modules"), { recursive: true });
  },
  isIdle: (printed, { chains, steps }) => printed.includes(`${chains * steps} cached,`),
};

const wireit: Rival = {
  name: "wireit",
  install: npm + "wireit",
  find: (tools) => inFolder(tools, "node_modules/.bin/wireit"),
  async version(program) {
    const about = join(dirname(program), "../wireit/package.json");
    return JSON.parse(await Deno.readTextFile(about)).version;
  },
  async write(folder, chains, program) {
    await makeFolders(folder, chains);
    const tasks = tasksOf(chains);
    const last = tasks.filter(({ step }) => step === chains.steps - 1);
    const entries = tasks.map(({ id, command, input, output, after }) => [id, {
      command,
      files: input ? [input] : [],
      output: [output],
      dependencies: after ? [after] : [],
    }]);
    await writeJson(join(folder, "package.json"), {
      name: "chains",
      scripts: Object.fromEntries(
        [...tasks.map(({ id }) => id), "all"].map((id) => [id, "wireit"]),
      ),
      wireit: { ...Object.fromEntries(entries), all: { dependencies: last.map(({ id }) => id) } },
    });
    await Deno.symlink(join(dirname(program), ".."), join(folder, "node_modules"));
    return { program: "npm", args: ["run", "all"], folder };
  },
  prepare: async (command) => void await timed(command),
  isIdle: (printed) => /Ran 0 scripts and skipped/.test(printed),
};

const dvc: Rival = {
  name: "DVC",
  install: python + "dvc",
  find: (tools) => inFolder(tools, "venv/bin/dvc") ?? onPath("dvc"),
  version: printedVersion,
  async write(folder, chains, program) {
    await makeFolders(folder, chains);
    const stages = tasksOf(chains).map(({ id, input, output, command }) => [id, {
      cmd: command,
      ...(input ? { deps: [input] } : {}),
      outs: [output],
    }]);
    // JSON is YAML.
    await writeJson(join(folder, "dvc.yaml"), { stages: Object.fromEntries(stages) });
    const env = { DVC_NO_ANALYTICS: "1" };
    await timed({ program, args: ["init", "--no-scm", "--quiet"], folder, env });
    return { program, args: ["repro"], folder, env };
  },
  // A cold run takes time that grows with the square: its lock and its cache are written directly.
  async prepare({ folder }, chains) {
    await writeOutputs(folder, chains);
    const known = (path: string, { chain }: Task) => ({
      path,
      hash: "md5",
      md5: createHash("md5").update(chain + "\n").digest("hex"),
      size: chain.length + 1,
    });
    const stages: Record<string, unknown> = {};
    for (const task of tasksOf(chains)) {
      const { id, input, output, command } = task;
      const out = known(output, task);
      stages[id] = {
        cmd: command,
        ...(input ? { deps: [known(input, task)] } : {}),
        outs: [out],
      };
      const cached = join(folder, ".dvc/cache/files/md5", out.md5.slice(0, 2));
      if (task.step > 0) continue;
      await Deno.mkdir(cached, { recursive: true });
      await Deno.writeTextFile(join(cached, out.md5.slice(2)), task.chain + "\n");
    }
    await writeJson(join(folder, "dvc.lock"), { schema: "2.0", stages });
  },
  isIdle: (printed) => printed.includes("up to date") && !printed.includes("Running stage"),
};

/** All of them. */
export const rivals: readonly Rival[] = [make, turborepo, snakemake, wireit, dvc];

async function printedVersion(program: string): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).split("\n")[0].replace(/^\D+/, "");
}

async function makeFolders(folder: string, chains: Chains): Promise<void> {
  for (const chain of namesOf(chains)) await Deno.mkdir(join(folder, chain), { recursive: true });
}

async function writeOutputs(folder: string, chains: Chains): Promise<void> {
  for (const { chain, output } of tasksOf(chains)) {
    await Deno.writeTextFile(join(folder, output), chain + "\n");
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value));
}

function inFolder(tools: string | undefined, path: string): string | undefined {
  return tools && existsSync(join(tools, path)) ? join(tools, path) : undefined;
}

function onPath(name: string): string | undefined {
  return Deno.env.get("PATH")!.split(":").map((each) => join(each, name)).find((each) =>
    existsSync(each)
  );
}
