import { strict as assert } from "node:assert";
import { join } from "node:path";
import { serveReport } from "../cli/report_server.ts";
import { reportPage } from "../lib/report/page.ts";
import { hostile, MadeUpStudy } from "../lib/report/testdata/study.ts";
import { Browser } from "./browser.ts";
import { missing, Opened, path } from "./opened_page.ts";
import { root } from "./pages.ts";

Deno.test({
  name: `a page in Chromium: charts, choices, sorting, searching, narrow, dark, print, no script (${
    missing ?? "real"
  })`,
  ignore: missing !== undefined,
  fn: async (t) => {
    await using study = await MadeUpStudy.create({
      languages: ["eng", "amh", hostile.rightToLeft, hostile.script, "swa", "deu"],
      systems: ["plain", hostile.attribute, hostile.unclosed],
      seeds: 2,
      sentences: 3,
    });
    await using opened = await Opened.of(await reportPage(study.results, study.facts));
    const { browser } = opened;
    const text = (selector: string) =>
      browser.evaluate<string>(`document.querySelector('${selector}').textContent.trim()`);

    await t.step("every chart is drawn, and no stranger's text runs", async () => {
      await opened.look();
      assert.ok(opened.charts > 8, `${opened.charts} charts`);
      assert.equal(await opened.drawn(), opened.charts);
      assert.equal(await browser.evaluate("typeof globalThis.broken"), "undefined");
      assert.equal(await browser.evaluate("document.querySelectorAll('script').length"), 1);
      assert.equal(await text("h1"), hostile.script);
    });
    await t.step("a header sorts, both ways; a field searches", async () => {
      const column = `#published td:nth-child(4)`;
      const values = async () =>
        (await browser.evaluate<string[]>(
          `[...document.querySelectorAll('${column}')].map((cell) => cell.textContent)`,
        )).map(parseFloat);
      const click = () =>
        browser.evaluate(`document.querySelector('#published th:nth-child(4) button').click()`);
      await click();
      const ascending = await values();
      assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b));
      await click();
      assert.deepEqual(await values(), [...ascending].reverse());
      assert.equal(
        await browser.evaluate(
          "document.querySelector('#published th:nth-child(4)').getAttribute('aria-sort')",
        ),
        "descending",
      );
      await browser.evaluate(`(() => { const search = document.querySelector('#published input');
        search.value = "amh"; search.dispatchEvent(new Event("input")); })()`);
      assert.equal(await text("#published .tools [role=status]"), "1 of 6 rows");
    });
    await t.step("one panel is shown, and the keyboard chooses another", async () => {
      const shown = "[...document.querySelectorAll('#heat .panel')].map((each) => !each.hidden)";
      assert.deepEqual(await browser.evaluate(shown), [true, false]);
      await browser.evaluate("document.querySelector('#heat input').focus()");
      await browser.press("ArrowRight");
      assert.deepEqual(await browser.evaluate(shown), [false, true]);
    });
    await t.step(
      "a cell of the confusion matrix shows its sentences, and all come back",
      async () => {
        const visible =
          "document.querySelectorAll('#worst .panel:not([hidden]) .sentence:not([hidden])').length";
        const before = await browser.evaluate<number>(visible);
        await browser.evaluate("document.querySelector('.confusion button').click()");
        assert.match(await text("#worst [role=status]"), /^\d+ with .+→.+Show all$/);
        await browser.evaluate("document.querySelector('#worst [role=status] button').click()");
        assert.equal(await browser.evaluate(visible), before);
      },
    );
    await t.step(
      "a kind of entity shows its sentences, from its name in the chart too",
      async () => {
        for (
          const click of [
            "document.querySelector('#bucket-bars .panel:not([hidden]) .examples button').click()",
            "document.querySelector('#bucket-bars .panel:not([hidden]) text.pressed')" +
            ".dispatchEvent(new MouseEvent('click'))",
          ]
        ) {
          await browser.evaluate(click);
          assert.match(await text("#worst [role=status]"), /^\d+ with eng, label LOCShow all$/);
          const others = "[...document.querySelectorAll('.sentence:not([hidden])')]" +
            ".filter((each) => !each.dataset.buckets.includes('eng, label LOC')).length";
          assert.equal(await browser.evaluate(others), 0);
          await browser.evaluate("document.querySelector('#worst [role=status] button').click()");
        }
      },
    );
    await t.step("a command is copied, by the keyboard", async () => {
      const command = await text("#provenance pre code");
      await browser.evaluate("document.querySelector('#provenance .copy').focus()");
      await browser.press("Enter");
      await browser.evaluate(`new Promise((done) => { const look = () =>
        document.querySelector("#provenance .copy").textContent === "Copied" ? done() : setTimeout(look, 20);
        look(); })`);
      await browser.evaluate(`(() => { const search = document.querySelector("#published input");
        search.value = ""; search.focus(); })()`);
      await browser.press("v", ["paste"]);
      assert.equal(
        await browser.evaluate("document.querySelector('#published input').value"),
        command,
      );
    });
    await t.step(
      "a chart is saved as SVG and PNG with its colours, and its numbers as CSV",
      async () => {
        await browser.evaluate(`(() => { globalThis.saved = []; const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); };
        HTMLAnchorElement.prototype.click = () => {};
        for (const button of document.querySelectorAll("#heat .panel:not([hidden]) .tools button")) {
          button.click(); } })()`);
        const saved = (type: string, as: string) =>
          browser.evaluate<string>(`new Promise((done) => { const look = async () => {
          const blob = saved.findLast((each) => each.type === "${type}");
          if (!blob) return setTimeout(look, 20);
          done(${as}); }; look(); })`);
        const svg = await saved("image/svg+xml", "await blob.text()");
        assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
        assert.doesNotMatch(svg, /var\(|currentColor/);
        const [, width] = /viewBox="0 0 (\d+)/.exec(svg)!;
        const header = await saved(
          "image/png",
          "[...new Uint8Array(await blob.arrayBuffer())].slice(0, 20).join()",
        );
        const bytes = Uint8Array.from(header.split(","), Number);
        assert.equal(new TextDecoder("latin1").decode(bytes.slice(1, 4)), "PNG");
        assert.equal(new DataView(bytes.buffer).getUint32(16), 2 * Number(width));
        assert.match(await saved("text/csv", "await blob.text()"), /^model,source,target,/);
        assert.deepEqual(browser.errors, []);
      },
    );
    for (const scheme of ["light", "dark"] as const) {
      await t.step(`axe finds nothing serious, ${scheme}`, async () => {
        await opened.look({ scheme });
        assert.deepEqual(await opened.violations(), []);
      });
    }
    await t.step(
      "320 pixels are wide enough: nothing but tables and charts scrolls sideways",
      async () => {
        await opened.look({ width: 320 });
        assert.equal(await browser.evaluate("document.documentElement.scrollWidth"), 320);
      },
    );
    await t.step("without scripts, and in print, all panels are there", async () => {
      const visible =
        "[...document.querySelectorAll('.panel')].filter((each) => each.offsetHeight > 0).length";
      const all = await browser.evaluate("document.querySelectorAll('.panel').length");
      await opened.look({ media: "print" });
      assert.equal(await browser.evaluate(visible), all);
      await opened.look({ scripts: false });
      assert.equal(await browser.evaluate(visible), all);
    });
  },
});

for (
  const [what, size] of [
    ["one language and one system", { languages: ["swa"], systems: ["one"], seeds: 1 }],
    ["34 targets, 10 seeds and 4 systems", {
      languages: Array.from({ length: 34 }, (_, i) => `l${i}`),
      systems: ["a", "b", "c", "d"],
      seeds: 10,
    }],
  ] as const
) {
  Deno.test({
    name: `a page of ${what} in Chromium (${missing ?? "real"})`,
    ignore: missing !== undefined,
    fn: async () => {
      await using study = await MadeUpStudy.create({ ...size, sentences: 2 });
      await using opened = await Opened.of(await reportPage(study.results, study.facts));
      await opened.look();
      assert.ok(opened.charts > 3, `${opened.charts} charts`);
      assert.equal(await opened.drawn(), opened.charts);
      assert.deepEqual(await opened.violations(), []);
      await opened.look({ width: 320 });
      const width = "document.documentElement.scrollWidth";
      assert.equal(await opened.browser.evaluate(width), 320);
      if (size.languages.length > 1) return;
      // The keyboard reaches every control. A page of any size has the same kinds of them.
      const { stops, unreached } = await opened.walk();
      assert.ok(stops > 40, `${stops} stops`);
      assert.deepEqual(unreached, []);
    },
  });
}

Deno.test({
  name: `a served page in Chromium: progress changes without a reload (${missing ?? "real"})`,
  ignore: missing !== undefined,
  fn: async () => {
    await using study = await MadeUpStudy.create({
      languages: ["eng", "swa"],
      systems: ["one"],
      seeds: 1,
      sentences: 1,
    });
    const live = {
      script: await Deno.readTextFile(join(root, "cli/report_live.js")),
      connect: "'self'",
    };
    let done = 0, results = "first";
    await using server = serveReport({
      page: () => reportPage(study.results, study.facts, live),
      progress: () =>
        Promise.resolve({
          run: "1",
          hasEnded: done === 2,
          stages: [{ name: hostile.script, count: 2, done, failed: 0 }],
          running: ["train[h=1]"],
        }),
      results: () => Promise.resolve(results),
    });
    await using browser = await Browser.start(path);
    await browser.open(server.url);
    assert.deepEqual(browser.errors, []);
    const until = (condition: string) =>
      browser.evaluate<string>(`new Promise((done) => {
        const look = () => ${condition} ? done(document.querySelector("#live").textContent) : setTimeout(look, 50);
        look(); })`);
    await browser.evaluate("globalThis.marked = true");
    const says = (text: string) =>
      `document.querySelector("#live")?.textContent.includes(${JSON.stringify(text)})`;
    assert.match(await until(says("0 of 2")), /^Running: .*Now: train\[h=1\]$/);
    done = 1;
    await until(says("1 of 2"));
    done = 2;
    assert.match(await until(says("2 of 2")), /^The run has ended/);
    assert.equal(await browser.evaluate("globalThis.marked"), true);
    results = "second"; // then, and only then, the page is read again
    for (let marked = true; marked;) {
      await new Promise((wait) => setTimeout(wait, 50));
      marked = await browser.evaluate<boolean>("globalThis.marked === true").catch(() => true);
    }
    await until(says("2 of 2"));
    assert.deepEqual(browser.errors, []);
  },
});
