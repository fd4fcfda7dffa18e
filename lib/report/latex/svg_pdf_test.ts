import { strict as assert } from "node:assert";
import { inflateSync } from "node:zlib";
import { drawChart } from "../charts/draw.ts";
import { heatMap } from "../charts/heat_map.ts";
import { bandLines, effects, intervalBars, timeline } from "../charts/series.ts";
import { pageColours } from "../page.ts";
import { helveticaWidth, winAnsi } from "./pdf_text.ts";
import { pdfPath } from "./svg_path.ts";
import { svgPdf } from "./svg_pdf.ts";

const latin1 = new TextDecoder("latin1");

/** The operators of the page of a PDF. */
function operatorsOf(pdf: Uint8Array): string {
  const text = latin1.decode(pdf);
  const start = text.indexOf("stream\n") + "stream\n".length;
  const length = Number(/FlateDecode \/Length (\d+)/.exec(text)![1]);
  return latin1.decode(inflateSync(pdf.slice(start, start + length)));
}

const point = { series: "a", low: 1, high: 3, value: 2 };
const charts = {
  heat: heatMap({
    alt: "heat",
    rowTitle: "source",
    columnTitle: "target",
    rows: ["eng", "አማ"],
    columns: ["<b>"],
    domain: [0, 100],
    cells: [{ row: "eng", column: "<b>", value: 3, text: "3.0" }],
  }),
  bars: intervalBars({
    alt: "bars",
    rows: ["x"],
    series: ["a", "b"],
    points: [{ ...point, row: "x" }, { ...point, series: "b", row: "x" }],
    title: "F1",
    seriesTitle: "system",
  }),
  lines: bandLines({
    alt: "lines",
    series: ["a", "b"],
    points: [1, 2, 3].flatMap((x) => [{ ...point, x }, { ...point, series: "b", x }]),
    levels: [{ value: 2, text: "level" }],
    xTitle: "x",
    yTitle: "y",
    seriesTitle: "system",
  }),
  effects: effects({
    alt: "effects",
    points: [{ ...point, row: "claim", series: "confirmed" }],
    series: ["confirmed", "refuted", "undecided"],
  }),
  timeline: timeline({ alt: "t", rows: ["s"], bars: [{ row: "s", start: 0, end: 1 }], unit: "s" }),
};

for (const [name, chart] of Object.entries(charts)) {
  Deno.test(`the chart ${name} is a PDF: what is saved is restored, and offsets are right`, async () => {
    const pdf = svgPdf(await drawChart(chart), await pageColours());
    const text = latin1.decode(pdf);
    for (const [i, [, offset]] of [...text.matchAll(/^(\d{10}) 00000 n $/gm)].entries()) {
      assert.equal(text.slice(Number(offset)).startsWith(`${i + 1} 0 obj\n`), true);
    }
    const operators = operatorsOf(pdf);
    const count = (pattern: RegExp) => operators.match(pattern)?.length ?? 0;
    assert.equal(count(/^q$/gm), count(/^Q$/gm));
    assert.ok(count(/ Tj ET$/gm) > 1);
    assert.ok(count(/^[fSB]$/gm) > 1);
    assert.doesNotMatch(operators, /NaN|undefined|e-\d/);
  });
}

Deno.test("paths: relative commands, a quarter of a circle, and what is not drawn", () => {
  assert.equal(pdfPath("M1,2h3v-1l-1,0Z"), "1 2 m\n4 2 l\n4 1 l\n3 1 l\nh");
  // The circle of radius 1: the control points of a quarter are 0.552 from its ends.
  assert.equal(pdfPath("M1,0A1,1,0,0,1,0,1"), "1 0 m\n1 0.552 0.552 1 0 1 c");
  assert.equal(pdfPath("M1,0A1,1,0,0,0,0,-1"), "1 0 m\n1 -0.552 0.552 -1 0 -1 c");
  assert.equal(pdfPath("M1,0A1,1,0,1,1,-1,0").split("\n").length, 3);
  assert.throws(() => pdfPath("M0,0S1,1,2,2"), /Cannot draw the path command "S"/);
});

Deno.test("texts: signs that Helvetica has, and code points for letters that it has not", () => {
  assert.equal(latin1.decode(winAnsi("ä ± 5 → አ")), "ä ± 5 -> [12A0]");
  assert.deepEqual([...winAnsi("−")], [0x96]);
  assert.equal(helveticaWidth(winAnsi("Wi")), .944 + .222);
});
