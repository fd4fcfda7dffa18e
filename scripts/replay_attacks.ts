/**
 * Repeats the attacks that once got through, by real commands, and prints what became of each:
 * `deno run -A scripts/replay_attacks.ts [ID or part of a description…]`, such as A1, B or lock.
 *
 * @module
 */
import type { Attack } from "./replay/attack.ts";
import { Lab } from "./replay/lab.ts";
import { corpora } from "./replay/corpora.ts";
import { models } from "./replay/models.ts";
import { questions } from "./replay/questions.ts";
import { servers } from "./replay/servers.ts";
import { terminals } from "./replay/terminals.ts";

/** All attacks, in the order of their numbers. */
export const attacks: readonly Attack[] = [
  ...questions,
  ...models,
  ...corpora,
  ...servers,
  ...terminals,
].sort((a, b) => order(a.id) - order(b.id));

function order(id: string): number {
  return id.charCodeAt(0) * 100 + Number(id.slice(1));
}

/** A text in a cell of Markdown. */
function cell(text: string, most: number): string {
  const shown = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return shown.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/[\r\n]+/g, " ");
}

/** The name of the folder that a message was written in says nothing. */
function plain(text: string): string {
  return text.replaceAll(/\S*crosstie-replay-[0-9a-f]+\/?/g, "").replaceAll(
    /127\.0\.0\.1:\d+/g,
    "127.0.0.1",
  );
}

if (import.meta.main) {
  const wanted = Deno.args;
  const chosen = attacks.filter(({ id, about }) =>
    wanted.length === 0 ||
    wanted.some((each) => each.length < 3 ? id.startsWith(each) : about.includes(each))
  );
  const labs: Partial<Record<Attack["begins"], Lab>> = {};
  const make = { results: Lab.withResults, model: Lab.withModel, nothing: Lab.create };
  let through = 0;
  console.log("| | attack | outcome | s | MiB | what is said |\n|---|---|---|---|---|---|");
  try {
    for (const { id, about, begins, attack } of chosen) {
      try {
        const lab = labs[begins] ??= await make[begins]();
        if (begins === "model") await lab.restoreModel();
        const { how, message, ran } = await attack(lab);
        console.log(
          `| ${id} | ${cell(plain(about), 160)} | ${how} | ${ran.seconds.toFixed(1)} | ` +
            `${ran.peakMib} | ${cell(plain(message), 220)} |`,
        );
      } catch (error) {
        through++;
        console.log(`| ${id} | ${cell(about, 160)} | not as it should be | | | |`);
        console.error(`${id} ${about}: ${error instanceof Error ? error.message : error}`);
      }
    }
  } finally {
    for (const lab of Object.values(labs)) await lab[Symbol.asyncDispose]();
  }
  console.log(`\n${chosen.length} attacks, ${through} not as they should be`);
  Deno.exit(through === 0 ? 0 : 1);
}
