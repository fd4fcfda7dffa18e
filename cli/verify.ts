/**
 * `crosstie verify`: is what was stored still what it was, and is it what the lock says?
 *
 * @module
 */
import { relative } from "node:path";
import type { LockDifference } from "../lib/pipeline/locking.ts";
import type { Damage } from "../lib/store/verify.ts";
import { exit } from "./exit.ts";
import { openPipeline, openStoreOfProject, pipelineCommand } from "./pipeline_command.ts";
import { countText, sizeText } from "./sizes.ts";
import { print } from "./terminal.ts";

/** The command. */
export function verifyCommand() {
  return pipelineCommand("verify")
    .description(
      "Hashes every stored result, and names what is damaged. With --lock, compares the results " +
        "of a pipeline with its lock file.",
    )
    .option("--heal", "fetch what is damaged, or set it aside so that the next run makes it again")
    .option("--lock", "prove that the bytes here are those of the lock file")
    .addHelpText(
      "after",
      "\nExamples:\n  deno task verify --heal\n  deno task verify --lock --profile cpu",
    )
    .action(async (options) => {
      if (options.lock) {
        const { compareWithLocks } = await import("../lib/pipeline/locking.ts");
        const judge = await openPipeline(options);
        printDifferences(await compareWithLocks(judge), judge.plan.instances.length);
        return;
      }
      const [{ verifyStore }, store] = await Promise.all([
        import("../lib/store/verify.ts"),
        openStoreOfProject(),
      ]);
      const { records, objects, sizeBytes, damages } = await verifyStore(
        store,
        options.heal === true,
      );
      // A content that several results share is damaged once.
      const files = [...Map.groupBy(damages, ({ path }) => path).values()];
      for (const file of files) print(damageText(file, store.folder));
      const healed = files.filter((file) => file.every((each) => each.healed)).length;
      const found = files.length === 0 ? "all whole" : `${countText(files.length, "damage")}` +
        (options.heal ? `, ${healed} healed` : " (--heal mends)");
      print(
        `${countText(records, "record")}, ${countText(objects, "content")}, ` +
          `${sizeText(sizeBytes)}: ${found}`,
      );
      if (healed < files.length) exit.code = exit.stageFailed;
    });
}

const damages: Record<Damage["kind"], string> = {
  record: "is not a whole record",
  missing: "is gone",
  corrupt: "is not what its name says",
};
const remedies: Record<NonNullable<Damage["healed"]>, string> = {
  fetched: "fetched again",
  setAside: "set aside: the next run makes it again",
  forgotten: "its record goes on without it",
};

/** What is damaged about one file: of the results that have it, the first is named. */
export function damageText(found: readonly Damage[], folder: string): string {
  const [{ kind, path, instance, output, healed }] = found;
  const others = found.length > 1 ? ` and ${countText(found.length - 1, "other result")}` : "";
  const whose = instance === undefined ? "" : `${instance} ${output}${others}: `;
  const then = healed ? `; ${remedies[healed]}` : "";
  return `${whose}${relative(folder, path)} ${damages[kind]}${then}`;
}

/** Prints how results differ from the lock, and sets the exit code. */
export function printDifferences(
  differences: readonly LockDifference[],
  instances: number,
): void {
  for (const { instance, output, kind, why } of differences) {
    const what = {
      notLocked: "is not locked",
      notPlanned: "is only in the lock",
      notHere: "is not here",
      otherBytes: "has other bytes",
    }[kind];
    print(`${instance}${output === undefined ? "" : ` ${output}`} ${what}: ${why}`);
  }
  if (differences.length === 0) {
    print(`${countText(instances, "instance")}: the bytes are those of the lock`);
    return;
  }
  print(`${countText(differences.length, "difference")} from the lock`);
  exit.code = exit.stageFailed;
}
