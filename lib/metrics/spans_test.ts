import { strict as assert } from "node:assert";
import { type SpanMode, spansOf } from "../core/spans.ts";
import { scoreSpans } from "./spans.ts";
import reference from "../../tests/fixtures/seqeval/scores.json" with { type: "json" };

const cases: [string, string[], SpanMode, string[]][] = [
  ["plain", ["O", "B-PER", "I-PER", "O"], "default", ["PER:1-3"]],
  ["neighbours", ["B-PER", "B-PER"], "default", ["PER:0-1", "PER:1-2"]],
  ["orphan, default", ["O", "I-LOC", "I-LOC"], "default", ["LOC:1-3"]],
  ["orphan, strict", ["O", "I-LOC", "I-LOC"], "strict", []],
  ["type changes, default", ["B-PER", "I-LOC"], "default", ["PER:0-1", "LOC:1-2"]],
  ["type changes, strict", ["B-PER", "I-LOC", "I-PER"], "strict", ["PER:0-1"]],
  ["at the end", ["B-ORG"], "strict", ["ORG:0-1"]],
  ["type with a dash", ["B-GPE-X", "I-GPE-X"], "default", ["GPE-X:0-2"]],
];

for (const [name, tags, mode, expected] of cases) {
  Deno.test(`spans: ${name}`, () => {
    assert.deepEqual(spansOf(tags, mode).map((s) => `${s.type}:${s.start}-${s.end}`), expected);
  });
}

Deno.test(`span scores equal seqeval ${reference.seqeval} in both modes and averages`, () => {
  const close = (got: number, want: number, what: string) =>
    assert.ok(Math.abs(got - want) <= reference.tolerance, `${what}: got ${got}, want ${want}`);
  reference.cases.forEach(({ gold, predicted, scores }, index) => {
    for (const mode of ["default", "strict"] as const) {
      const result = scoreSpans(gold, predicted, mode);
      for (const average of ["micro", "macro"] as const) {
        const [precision, recall, f1] = scores[`${mode}.${average}`];
        const what = `case ${index}, ${mode} ${average}`;
        close(result[average].precision, precision, `${what} precision`);
        close(result[average].recall, recall, `${what} recall`);
        close(result[average].f1, f1, `${what} f1`);
      }
    }
  });
});

Deno.test("a tag that is none, and sentences of unequal length, are refused", () => {
  assert.throws(() => spansOf(["PER"]), /Cannot read the tag "PER"/);
  assert.throws(() => spansOf(["B-"]), /Cannot read the tag "B-"/);
  assert.throws(() => scoreSpans([["O"]], [["O", "O"]]), /Cannot score sentence 0/);
  assert.throws(() => scoreSpans([["O"]], []), /got 0 sentences/);
});
