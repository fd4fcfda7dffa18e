/**
 * A page in a file, looked at in a real browser.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import axe from "axe-core";
import { Browser, chromium, type Look } from "./browser.ts";

/** Why there is no browser to test in. */
export const missing = "missing" in chromium ? chromium.missing : undefined;
/** Where the browser is. */
export const path = "path" in chromium ? chromium.path : "";

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** A page in a browser of its own, or in a given one. Close it with `await using`. */
export class Opened implements AsyncDisposable {
  private constructor(
    readonly browser: Browser,
    readonly folder: string,
    readonly charts: number,
    readonly file: string,
    readonly isGiven: boolean,
  ) {}

  static async of(page: string, given?: Browser): Promise<Opened> {
    const folder = await Deno.makeTempDir();
    const file = join(folder, "report.html");
    await Deno.writeTextFile(file, page);
    const charts = page.match(/<svg /g)?.length ?? 0;
    const browser = given ?? await Browser.start(path);
    return new Opened(browser, folder, charts, file, given !== undefined);
  }

  /** Opens the page; nothing else is asked for, and nothing goes wrong. */
  async look(look: Look = {}): Promise<void> {
    await this.browser.open(`file://${this.file}`, look);
    assert.deepEqual(this.browser.errors, []);
    assert.deepEqual(this.browser.requests, [`file://${this.file}`]);
  }

  /** How many charts have a size and something drawn, once all panels are shown. */
  async drawn(): Promise<number> {
    return await drawnIn(this.browser);
  }

  async violations(): Promise<string[]> {
    const found = await this.browser.evaluate<readonly Violation[]>(
      `${axe.source}; axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)`,
    );
    return found.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }

  /**
   * Walks through the page by Tab, from its top, with all that unfolds unfolded.
   *
   * @returns how many stops there should be (of radio buttons one a group), and those not reached
   */
  async walk(): Promise<{ stops: number; unreached: string[] }> {
    const stops = await this.browser.evaluate<number>(`(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      document.activeElement.blur();
      globalThis.stops = [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0 &&
          (each.type !== "radio" || each.checked));
      globalThis.reached = new Set();
      document.addEventListener("focusin", ({ target }) => reached.add(target));
      return stops.length; })()`);
    for (let presses = 0; presses <= stops; presses++) await this.browser.press("Tab");
    const unreached = await this.browser.evaluate<string[]>(
      "stops.filter((each) => !reached.has(each)).map((each) => each.outerHTML.slice(0, 200))",
    );
    return { stops, unreached };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isGiven) await this.browser[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** How many charts of what a browser shows have a size and something drawn, on all panels. */
export async function drawnIn(browser: Browser): Promise<number> {
  return await browser.evaluate(
    `(() => { const hidden = [...document.querySelectorAll(".panel[hidden]")];
      for (const each of hidden) each.hidden = false;
      const drawn = [...document.querySelectorAll("svg")].filter((svg) =>
        svg.getBoundingClientRect().width > 50 && svg.getBBox().height > 10 &&
        svg.querySelector("path, line, text") && svg.getAttribute("aria-label")).length;
      for (const each of hidden) each.hidden = true;
      return drawn; })()`,
  );
}
