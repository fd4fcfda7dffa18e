/**
 * A run's page in a real browser: while the run goes on, and after it.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { Browser } from "./browser.ts";
import { drawnIn, Opened, path } from "./opened_page.ts";
import type { Outcome, ProjectCopy } from "./project_copy.ts";

const charts = "document.querySelectorAll('svg').length";

/**
 * Runs a pipeline while its page is served to a browser: what the page says of the run changes
 * without a reload, and results come when they are there.
 *
 * @param args what chooses the results, such as `--set`
 */
export async function watchedRun(project: ProjectCopy, args: readonly string[]): Promise<Outcome> {
  const server = project.start(["report", "--serve", ...args]);
  try {
    await using browser = await Browser.start(path);
    const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value: said } = await reader.read();
    await browser.open(said!.split("\n")[0]);
    await browser.evaluate(`(() => { const place = document.querySelector("#live");
      globalThis.seen = [];
      new MutationObserver(() => seen.push(place.textContent)).observe(place, { childList: true });
    })()`);
    let seen: string[] = [], outcome: Outcome | undefined;
    const run = project.crosstie(["run", ...args]).then((ended) => outcome = ended);
    while (outcome === undefined) {
      await Promise.race([run, new Promise((wait) => setTimeout(wait, 200))]);
      // Gone once the page was read again.
      seen = await browser.evaluate<string[] | undefined>("globalThis.seen").catch(() => {}) ??
        seen;
    }
    const stages = [...new Set(seen)].filter((text) => text.startsWith("Running: "));
    assert.ok(stages.length >= 3, seen.join("\n"));
    const done = stages.map((text) =>
      [...text.matchAll(/ (\d+) of \d+/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    );
    assert.deepEqual(done, done.toSorted((a, b) => a - b));
    assert.ok(done.at(-1)! > done[0], done.join());

    const isThere = `document.querySelector("#live")?.textContent.startsWith("The run has ended")` +
      ` && ${charts} > 0`;
    while (!await browser.evaluate<boolean>(isThere).catch(() => false)) {
      await new Promise((wait) => setTimeout(wait, 100));
    }
    assert.equal(await drawnIn(browser), await browser.evaluate(charts));
    assert.deepEqual(browser.errors, []);
    return outcome;
  } finally {
    server.kill("SIGINT");
    await server.status;
    await server.stdout.cancel().catch(() => {});
  }
}

/** The page of results as a file: all charts are drawn and nothing is said on the console. */
export async function pageOf(
  project: ProjectCopy,
  args: readonly string[],
): Promise<{ readonly charts: number; readonly warning: string; readonly bytes: number }> {
  const file = join(project.folder, "page.html");
  const { code, stderr } = await project.crosstie(["report", "--output", file, ...args]);
  assert.equal(code, 0, stderr);
  await using opened = await Opened.of(await Deno.readTextFile(file));
  await opened.look();
  assert.equal(await opened.drawn(), opened.charts);
  const warning = await opened.browser.evaluate<string>(
    "document.querySelector('.warning')?.innerText ?? ''",
  );
  return { charts: opened.charts, warning, bytes: Deno.statSync(file).size };
}
