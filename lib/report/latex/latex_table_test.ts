import { strict as assert } from "node:assert";
import { join } from "node:path";
import { hostile } from "../testdata/study.ts";
import { comparisonTables } from "../interval_matrices.ts";
import type { ShownTable } from "../matrix.ts";
import { transferTables } from "../transfer_matrix.ts";
import type { ComparisonRow } from "../../table/schemas/comparisons.ts";
import { bestCells, latexPackages, latexTables } from "./latex_table.ts";
import { latexText } from "./latex_text.ts";

const transfer = transferTables(
  ["eng", "swa"].flatMap((source, i) =>
    ["eng", "swa", "amh"].map((target, j) => ({
      model: "encoder",
      source,
      target,
      metric: "f1",
      of: "micro",
      seeds: 3,
      mean: [[82.71, 20, 5], [22, 86.54, 5.04]][i][j],
      std: .5,
      gap: null,
    }))
  ),
);

Deno.test("a matrix is a table with the best of each target in bold, and says so", () => {
  const text = latexTables(transfer, "transfer");
  assert.match(
    text,
    /^ {4}eng & \\textbf\{82\.7 \\ensuremath\{\\pm\} 0\.5\} & 20\.0 \\ensuremath\{\\pm\} 0\.5 & 5\.0 \\ensuremath\{\\pm\} 0\.5 & 35\.9 \\\\$/m,
  );
  assert.match(
    text,
    /^ {4}swa & 22\.0 .* & \\textbf\{86\.5 .*\} & 5\.0 [^&]*& \\textbf\{37\.9\} \\\\$/m,
  );
  assert.match(
    text,
    /\\caption\{Micro F1 of entity spans on the test split, \\%; encoder, mean \\ensuremath\{\\pm\} std over 3 seeds\. The highest of each target is in bold\.\}/,
  );
  assert.match(text, /\\label\{tab:transfer\}/);
});

Deno.test("what is the same in print is equally good; of losses the least is", () => {
  const rows = [["a", "3.0 ± 1", "–", "1"], ["b", "−3.0", "2", "1"], ["c", "3.0", "–", "1"]];
  assert.deepEqual([...bestCells(rows, "highest")], ["0 1", "2 1"]);
  assert.deepEqual([...bestCells(rows, "lowest")], ["1 1"]);
  const [{ best }] = transferTables([{
    model: "encoder",
    source: "a",
    target: "b",
    metric: "perplexity",
    of: "micro",
    seeds: 1,
    mean: 3,
    std: null,
    gap: null,
  }]);
  assert.equal(best, "lowest");
});

Deno.test("stars stand in the cells, and the caption names their correction", () => {
  const row = {
    modelA: "encoder",
    axesA: '{"source":"eng"}',
    modelB: "encoder",
    axesB: '{"source":"swa"}',
    corpus: "c",
    language: "amh",
    split: "test",
    metric: "f1",
    of: "micro",
    difference: 4.71,
    low: 1,
    high: 8,
    holm: .004,
    tests: 6,
    confidence: .95,
  } as ComparisonRow;
  const text = latexTables(comparisonTables([row]), "differences");
  assert.match(text, /& \+4\.7 \[\+1\.0, \+8\.0\]\*\* \\\\/);
  assert.match(text, /\\caption\{.*\* p .*after Holm's correction for 6 tests/);
  assert.doesNotMatch(text, /textbf|in bold/);
});

Deno.test("more targets than fit beside each other stand below each other", () => {
  const targets = Array.from({ length: 34 }, (_, i) => `l${i}`);
  const wide: ShownTable = {
    title: "F1",
    best: "highest",
    matrices: [{
      header: ["system", ...targets],
      rows: [["a", ...targets.map(() => "1.0")], ["b", ...targets.map(() => "2.0")]],
    }],
  };
  const text = latexTables([wide], "wide");
  assert.match(text, /^ {4}target & a & b \\\\$/m);
  assert.match(text, /^ {4}l33 & 1\.0 & \\textbf\{2\.0\} \\\\$/m);
});

/** A paper in which every sign that LaTeX obeys, and letters that it does not know, are names. */
function paper(): string {
  const names = [
    ...Object.values(hostile),
    "አማርኛ",
    "中文 Ελληνικά ř ħ ﬁ",
    "[2cm] x",
    "*",
    "% & $ # _ { } ~ ^ \\ \" ' ` | -- \\input{x}",
  ];
  const shown: ShownTable = {
    title: `F1 of ${hostile.script} in %`,
    foot: "* p ≤ .05 ∞",
    best: "highest",
    matrices: [{
      about: names.join(" "),
      header: ["system ↓  target →", ...names],
      rows: names.map((
        name,
        i,
      ) => [name, ...names.map((_, j) => `${(i * 7 + j * 3) % 10}.0 ± 0.1`)]),
    }],
  };
  return "\\documentclass{article}\n" +
    latexPackages.map((name) => `\\usepackage{${name}}\n`).join("") +
    `\\begin{document}\n${latexTables([...transfer, shown], "all")}\\end{document}\n`;
}

Deno.test("a text is a text, whatever LaTeX would make of it", () => {
  assert.equal(
    latexText("\\input{/etc/passwd} 5% $x$\n#1 a_b & <c>\x1b"),
    "\\textbackslash{}input\\{/etc/passwd\\} 5\\% \\$x\\$ \\#1 a\\_b \\& \\textless{}c\\textgreater{}␛",
  );
});

const missing = await new Deno.Command("pdflatex", { args: ["--version"] }).output()
  .then(({ success }) => success ? undefined : "it fails", () => "not here");

Deno.test({
  name: `tables compile with pdflatex, hostile names and letters that it does not know included (${
    missing ?? "real"
  })`,
  ignore: missing !== undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(folder, "paper.tex"), paper());
      const { success, stdout } = await new Deno.Command("pdflatex", {
        args: ["-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"],
        cwd: folder,
      }).output();
      const log = new TextDecoder().decode(stdout);
      assert.ok(success, log.slice(-3000));
      assert.match(log, /Output written on paper\.pdf/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
