import { strict as assert } from "node:assert";
import { workbench } from "./testdata/workbench.ts";

/** Times, digests and machines differ from run to run. */
function steady(text: string): string {
  return text
    .replace(/\b[0-9a-f]{12}( with changes)?\b/g, "<digest>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z for [\d.]+ s on \S+ \(\S+\)/g, "<time and machine>")
    .replace(/deno [\d.]+, onnxruntime [\d.]+/g, "<versions>")
    .replace(/\d+ bytes/g, "<size>")
    .replace(/[\d.]+ s$/gm, "<seconds>");
}

Deno.test("run, status, explain and graph tell one story", async (t) => {
  await using bench = await workbench();

  await t.step("before the first run, roots are stale and the rest waits", async () => {
    const { out } = await bench.crosstie("status");
    assert.equal(
      out,
      [
        "stage     fresh    stale  waiting",
        "corpus        0        2        0",
        "tokens        0        0        2",
        "",
        "stale",
        "  corpus[language=eng]  neverRan",
        "  corpus[language=deu]  neverRan",
        "",
        "waiting",
        "  tokens[language=eng]  on corpus[language=eng]",
        "  tokens[language=deu]  on corpus[language=deu]",
        "",
      ].join("\n"),
    );
  });

  await t.step("a dry run says what would run", async () => {
    const { out } = await bench.crosstie("run", "--dry-run", "tokens[language=deu]");
    assert.equal(
      out,
      [
        "would run  corpus[language=deu]  neverRan",
        "may run    tokens[language=deu]  waits on corpus[language=deu]",
        "1 would run, 1 may run, 0 fresh",
        "",
      ].join("\n"),
    );
  });

  await t.step("a run prints a line an instance, and counts", async () => {
    const { code, out } = await bench.crosstie("run", "--jobs", "1");
    assert.equal(code, 0);
    // Equal stages start in any order.
    assert.deepEqual(steady(out).split("\n").toSorted(), [
      "",
      "4 ran, 0 fresh, 0 failed in <seconds>",
      "✓ corpus[language=deu] <seconds>",
      "✓ corpus[language=eng] <seconds>",
      "✓ tokens[language=deu] <seconds>",
      "✓ tokens[language=eng] <seconds>",
    ]);
    assert.match((await bench.crosstie("run")).out, /^0 ran, 4 fresh, 0 failed in [\d.]+ s\n$/);
  });

  await t.step("a fresh instance is explained by its run", async () => {
    const { out } = await bench.crosstie("explain", "tokens[language=eng]");
    const lines = steady(out).split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "tokens[language=eng]: fresh",
      "  fingerprint <digest>",
      "  ran <time and machine>",
      "  of <digest>, <versions>",
    ]);
  });

  await t.step("a stale instance is explained by old and new values", async () => {
    const { out } = await bench.crosstie("explain", "corpus[language=eng]+", "--set", "train=10");
    assert.equal(
      steady(out),
      [
        "corpus[language=eng]: stale",
        "  paramChanged params.limit.train: 20 → 10",
        "  fingerprint <digest> → <digest>",
        "",
        "tokens[language=eng]: waiting",
        "  waits for corpus[language=eng]",
        "  because corpus[language=eng] is stale: paramChanged params.limit.train: 20 → 10",
        "",
      ].join("\n"),
    );
  });

  await t.step("the graph counts instances", async () => {
    assert.equal(
      (await bench.crosstie("graph", "--plain")).out,
      [
        "flowchart LR",
        '  n0["corpus × 2"]',
        '  n1["tokens × 2"]',
        "  n0 --> n1",
        "",
      ].join("\n"),
    );
    assert.deepEqual(
      (await bench.crosstie("graph", "--set", "languages=[eng, spa]")).out.split("\n").slice(1, 4),
      [
        '  n0["corpus × 2<br>1 stale, 1 fresh"]:::stale',
        '  n1["tokens × 2<br>1 waiting, 1 fresh"]:::waiting',
        "  n0 --> n1",
      ],
    );
    const { out: svg } = await bench.crosstie("graph", "--format", "svg");
    assert.match(svg, /<svg [^]*>corpus × 2<[^]*>tokens × 2<[^]*<\/svg>/);
    assert.match(
      (await bench.crosstie("graph", "--format", "dot", "--instances")).out,
      /"corpus\[language=deu\]" -> "tokens\[language=deu\]";/,
    );
  });

  await t.step("events are JSON lines", async () => {
    const { out } = await bench.crosstie("run", "--json", "--force", "corpus[language=eng]");
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    const kinds = events.map(({ event }) => event).filter((kind) => kind !== "instanceProgress");
    assert.deepEqual(kinds, ["runStarted", "instanceStarted", "instanceDone", "runEnded"]);
    assert.deepEqual(events[1].verdicts, [{ name: "forced" }]);
  });
});
