/**
 * A real Slurm of one node in a temporary folder, for tests and measurements.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { hostname } from "node:os";

const programs = ["slurmctld", "slurmd", "munged", "sbatch"];

/** Why no cluster can be started here; undefined when one can. */
export const noCluster: string | undefined = Deno.build.os !== "linux" || Deno.uid() !== 0
  ? "needs root on Linux"
  : programs.every((name) => ["/usr/bin", "/usr/sbin"].some((at) => existsSync(`${at}/${name}`)))
  ? undefined
  : "Slurm is not installed";

/** What may be set about a cluster. */
export interface ClusterOptions {
  readonly cpus?: number;
  readonly maxArraySize?: number;
  /** How many jobs it remembers at once; each task of an array is one. */
  readonly maxJobs?: number;
}

/** Programs that count their calls. */
export interface Spies {
  /** A `PATH` that finds them first. */
  readonly path: string;
  /** The arguments of every call of a program. */
  calls(program: string): string[];
}

/** A running cluster. Dispose of it with `await using`: its daemons end, by their ids. */
export class SlurmCluster implements AsyncDisposable {
  private constructor(readonly folder: string, readonly conf: string) {}

  /** Starts munged, slurmctld and slurmd, and waits until the node is idle. */
  static async start(
    { cpus = 2, maxArraySize = 1001, maxJobs = 10_000 }: ClusterOptions = {},
  ): Promise<SlurmCluster> {
    const folder = await Deno.makeTempDir({ prefix: "crosstie-slurm-" });
    await Deno.chmod(folder, 0o755);
    const cluster = new SlurmCluster(folder, `${folder}/slurm.conf`);
    try {
      await cluster.#startMunge();
      await Deno.writeTextFile(cluster.conf, confOf(folder, cpus, maxArraySize, maxJobs));
      await Deno.mkdir(`${folder}/state`);
      await Deno.mkdir(`${folder}/spool`);
      await cluster.run("slurmctld", "-f", cluster.conf);
      await cluster.run("slurmd", "-f", cluster.conf, "-N", "localhost");
      await cluster.until(async () => (await cluster.run("sinfo", "-h", "-o", "%T")) === "idle");
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The variables with which Slurm's programs find the cluster. */
  get env(): Record<string, string> {
    return { SLURM_CONF: this.conf };
  }

  /** Runs a program to its end and gives what it prints. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, env: this.env })
      .output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    if (!success) throw new Error(`${program} ${args.join(" ")}: ${err}`);
    return out;
  }

  /**
   * A folder to put before `PATH` whose programs note each call and do what their namesakes do.
   *
   * @param first shell code that runs in the place of a program's first call, with `$real` for its
   * namesake
   */
  async spies(first: Readonly<Record<string, string>> = {}): Promise<Spies> {
    const folder = `${this.folder}/spies-${crypto.randomUUID()}`;
    await Deno.mkdir(folder);
    for (const name of ["sbatch", "squeue", "sacct", "scancel"]) {
      const instead = first[name]
        ? `if mkdir "${folder}/${name}.first" 2>/dev/null; then ${first[name]}; fi\n`
        : "";
      await Deno.writeTextFile(
        `${folder}/${name}`,
        `#!/bin/sh\nreal=/usr/bin/${name}\necho "$@" >> "${folder}/${name}.calls"\n${instead}` +
          `exec $real "$@"\n`,
        { mode: 0o755 },
      );
    }
    return {
      path: `${folder}:${Deno.env.get("PATH")}`,
      calls(name) {
        const file = `${folder}/${name}.calls`;
        return existsSync(file) ? Deno.readTextFileSync(file).trimEnd().split("\n") : [];
      },
    };
  }

  /** The tasks that run now, as `12_3`. */
  async running(): Promise<string[]> {
    const rows = await this.run("squeue", "-h", "-r", "--states=RUNNING", "-o", "%F_%K");
    return rows.split("\n").filter((row) => row !== "").sort();
  }

  /** Ends a task and lets it start anew; Slurm would keep it for two minutes. */
  async requeue(task: string): Promise<void> {
    await this.run("scontrol", "requeue", task);
    const state = async () => await this.run("squeue", "-h", "-j", task, "-o", "%T");
    // What ran must have been cleared.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await this.until(async () => await state() === "PENDING");
    await this.run("scontrol", "update", `JobId=${task}`, "StartTime=now");
  }

  /** Waits until something holds. */
  async until(holds: () => Promise<boolean>, seconds = 60): Promise<void> {
    for (let tries = 0; !await holds(); tries++) {
      if (tries > seconds * 5) throw new Error(`Cannot see it within ${seconds} s: ${holds}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** A munged of its own, with a key and a socket of its own. */
  async #startMunge(): Promise<void> {
    const { folder } = this;
    const key = crypto.getRandomValues(new Uint8Array(64));
    await Deno.writeFile(`${folder}/munge.key`, key, { mode: 0o600 });
    await this.run(
      "munged",
      "--force",
      `--socket=${folder}/munge.socket`,
      `--key-file=${folder}/munge.key`,
      `--pid-file=${folder}/munged.pid`,
      `--log-file=${folder}/munged.log`,
      `--seed-file=${folder}/munged.seed`,
    );
    await this.until(() => Promise.resolve(existsSync(`${folder}/munge.socket`)), 10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever still runs would write to folders that go away.
    await this.run("scancel", "--me").catch(() => {});
    const idle = async () => (await this.run("squeue", "-h")) === "";
    await this.until(idle, 10).catch(() => {});
    for (const name of ["slurmd", "slurmctld", "munged"]) {
      const file = `${this.folder}/${name}.pid`;
      if (existsSync(file)) await this.#end(Number(await Deno.readTextFile(file)));
    }
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }

  async #end(pid: number): Promise<void> {
    if (!existsSync(`/proc/${pid}`)) return;
    Deno.kill(pid, "SIGTERM");
    await this.until(() => Promise.resolve(!existsSync(`/proc/${pid}`)), 10).catch(() => {});
  }
}

function confOf(
  folder: string,
  cpus: number,
  maxArraySize: number,
  maxJobs: number,
): string {
  const [controllerPort, nodePort] = [freePort(), freePort()];
  return `
ClusterName=test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
StateSaveLocation=${folder}/state
SlurmdParameters=config_overrides
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/completed.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
SchedulerTimeSlice=5
ReturnToService=2
MpiDefault=none
KillWait=2
MaxArraySize=${maxArraySize}
MaxJobCount=${maxJobs}
NodeName=localhost CPUs=${cpus} RealMemory=20000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

function freePort(): number {
  using listener = Deno.listen({ port: 0 });
  return listener.addr.port;
}
