import { strict as assert } from "node:assert";
import { join } from "node:path";
import { reportOf } from "../cli/report.ts";
import { Browser } from "./browser.ts";
import { missing, Opened, path } from "./opened_page.ts";
import { root } from "./pages.ts";

Deno.test({
  name: `the page of each published study in Chromium (${missing ?? "real"})`,
  ignore: missing !== undefined,
  fn: async (t) => {
    await using browser = await Browser.start(path);
    for (const { name } of [...Deno.readDirSync(join(root, "results/published"))]) {
      await t.step(name, () => lookAtStudy(name, browser));
    }
  },
});

async function lookAtStudy(name: string, browser: Browser): Promise<void> {
  const file = join(root, "experiments", `${name}.yaml`);
  const { page } = await reportOf({ file: [file], set: [], device: "cpu", published: true });
  assert.ok(page.length < 3_000_000, `${page.length} characters`);
  await using opened = await Opened.of(page, browser);
  await opened.look();
  assert.ok(opened.charts > 1, `${opened.charts} charts`);
  assert.equal(await opened.drawn(), opened.charts);
  assert.deepEqual(await opened.violations(), []);

  // Every table is sorted by its last column, and searched for what stands in its last row.
  const { tables, unsorted, unfound } = await browser.evaluate<Record<string, unknown>>(`(() => {
    const tables = [...document.querySelectorAll("table.data")].filter(({ tBodies: [body] }) =>
      body.rows.length > 5);
    const numbers = (table) => [...table.tBodies[0].rows].map((row) => parseFloat(
      row.cells[row.cells.length - 1].textContent.replace("−", "-"))).filter((n) => !isNaN(n));
    const unsorted = [], unfound = [];
    for (const table of tables) {
      table.querySelector("thead th:last-child button").click();
      const sorted = numbers(table);
      if (sorted.some((n, i) => n < sorted[i - 1])) unsorted.push(table.caption.textContent);
      const [row] = table.tBodies[0].rows;
      const search = table.closest(".scroll").previousElementSibling.querySelector("input");
      search.value = row.cells[0].textContent;
      search.dispatchEvent(new Event("input"));
      const shown = [...table.tBodies[0].rows].filter(({ hidden }) => !hidden);
      const status = search.nextElementSibling.textContent;
      if (row.hidden || status !== shown.length + " of " + table.tBodies[0].rows.length + " rows") {
        unfound.push(table.caption.textContent);
      }
    }
    return { tables: tables.length, unsorted, unfound };
  })()`);
  assert.ok(Number(tables) > 0);
  assert.deepEqual([unsorted, unfound], [[], []]);

  const paper = "getComputedStyle(document.body).backgroundColor";
  assert.equal(await browser.evaluate(paper), "rgb(255, 255, 255)");
  await browser.dress({ scheme: "dark" });
  assert.equal(await browser.evaluate(paper), "rgb(20, 23, 27)");
  await browser.dress({ scheme: "dark", media: "print" });
  assert.equal(await browser.evaluate(paper), "rgb(255, 255, 255)");
  assert.equal(
    await browser.evaluate(
      "[...document.querySelectorAll('.panel')].filter((each) => each.offsetHeight === 0).length",
    ),
    0,
  );
  await browser.dress({ width: 320 });
  assert.equal(await browser.evaluate("document.documentElement.scrollWidth"), 320);
  assert.deepEqual(browser.errors, []);
}
