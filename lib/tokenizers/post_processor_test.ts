import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { encodePair } from "./pair.ts";
import { postProcessorSchema, templatesOf } from "./post_processor.ts";

/** Written by scripts/references/tokenizer_parts.py: A is "a a" with ids 2 2, B is "b" with id 3. */
const { cases }: {
  cases: { json: { type: string } | null; single: number[]; pair: number[]; typeIds: number[] }[];
} = JSON.parse(
  await Deno.readTextFile(
    new URL("../../tests/fixtures/tokenizers/post_processors.json", import.meta.url),
  ),
);

for (const { json, single, pair, typeIds } of cases) {
  Deno.test(`${json?.type ?? "no post-processor"}: special tokens and types are Python's`, () => {
    const templates = templatesOf(postProcessorSchema.nullable().parse(json), "tokenizer.json");
    assert.deepEqual([...templates.before, 2, 2, ...templates.after], single);
    const encoding = encodePair(
      { ids: [2, 2], wordIds: [0, 1], emptyWords: 0 },
      { ids: [3], wordIds: [0], emptyWords: 0 },
      templates.pair,
      64,
    );
    assert.deepEqual(encoding.inputIds, pair);
    assert.deepEqual(encoding.typeIds, typeIds);
  });
}

const bert = { type: "BertProcessing", sep: ["[SEP]", 1], cls: ["[CLS]", 0] };

Deno.test("two post-processors that add tokens are refused", () => {
  const twice = postProcessorSchema.parse({ type: "Sequence", processors: [bert, bert] });
  assert.throws(
    () => templatesOf(twice, "x/tokenizer.json"),
    (error: unknown) =>
      error instanceof UserError &&
      error.message === "Cannot use x/tokenizer.json: one post-processor may add special tokens: " +
          "got BertProcessing and BertProcessing",
  );
});

Deno.test("a template names the tokens that its file has, whatever their names are", () => {
  const parts = (id: string) => [
    { SpecialToken: { id, type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
  ];
  for (const name of ["constructor", "__proto__", "toString"]) {
    const processor = (tokens: string) =>
      postProcessorSchema.parse({
        type: "TemplateProcessing",
        single: parts(name),
        pair: [],
        special_tokens: JSON.parse(tokens),
      });
    const known = templatesOf(processor(`{"${name}":{"ids":[7]}}`), "x/tokenizer.json");
    assert.deepEqual([known.before, known.after], [[7], []]);
    assert.throws(
      () => templatesOf(processor("{}"), "x/tokenizer.json"),
      { message: `Cannot use x/tokenizer.json: its template names the unknown token "${name}"` },
    );
  }
});
