import { strict as assert } from "node:assert";
import { formatResult } from "./text_table.ts";

const result = {
  columns: ["source", "f1", "tags"],
  rows: [["አማርኛ", 81.23456, ["B-PER", "O"]], ['a|b, "c"\nd', null, []], ["日本", 9, ["O"]]],
};

Deno.test("a table for people is aligned, numbers on the right", () => {
  assert.equal(
    formatResult(result, "table"),
    [
      "source           f1  tags",
      "──────────  ───────  ──────────",
      "አማርኛ        81.2346  [B-PER, O]",
      'a|b, "c" d           []',
      "日本              9  [O]",
    ].join("\n"),
  );
});

Deno.test("CSV quotes as RFC 4180 and keeps every digit", () => {
  assert.equal(
    formatResult(result, "csv"),
    'source,f1,tags\r\nአማርኛ,81.23456,"[B-PER, O]"\r\n"a|b, ""c""\nd",,[]\r\n日本,9,[O]',
  );
});

Deno.test("JSON and Markdown hold the same cells", () => {
  assert.deepEqual(JSON.parse(formatResult(result, "json"))[1], {
    source: 'a|b, "c"\nd',
    f1: null,
    tags: [],
  });
  assert.equal(
    formatResult(result, "markdown").split("\n")[3],
    '| a\\|b, "c" d |  | [] |',
  );
});
