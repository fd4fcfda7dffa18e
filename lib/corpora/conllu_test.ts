import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { conlluDefaults, readConllu } from "./conllu.ts";
import { universalTags } from "../core/tags.ts";

function line(index: string, word: string, tag: string): string {
  return [index, word, word, tag, "_", "_", "0", "root", "_", "_"].join("\t");
}

function read(...lines: string[]) {
  const bytes = new TextEncoder().encode(lines.join("\n"));
  return readConllu(bytes, "x.conllu", { tags: universalTags }, conlluDefaults);
}

Deno.test("words and parts of speech, without comments, ranges and empty nodes", () => {
  const { sentences, oddities } = read(
    "# sent_id = 1",
    line("1-2", "Zum", "_"),
    line("1", "Zu", "ADP"),
    line("2", "dem", "DET"),
    line("2.1", "fehlt", "NOUN"),
    line("3", "10 000", "NUM"),
    "",
    "# sent_id = 2",
    line("1", "#", "SYM"),
    "",
  );
  assert.deepEqual(sentences, [
    { tokens: ["Zu", "dem", "10 000"], tags: ["ADP", "DET", "NUM"] },
    { tokens: ["#"], tags: ["SYM"] },
  ]);
  assert.deepEqual(oddities.map(({ oddity, action, line }) => [oddity, action, line]), [
    ["skippedIndex", "dropped", 2],
    ["skippedIndex", "dropped", 5],
    ["whiteSpaceInWord", "kept", 6],
  ]);
});

for (
  const [name, text, message] of [
    ["nine columns", line("2", "a", "NOUN").slice(0, -2), /:2:1: Cannot read 9 columns/],
    ["eleven columns", line("2", "a", "NOUN") + "\t", /:2:1: Cannot read 11 columns/],
    ["spaces", line("2", "a", "NOUN").replaceAll("\t", " "), /:2:1: Cannot read 1 columns/],
    ["an unknown tag", line("2", "a", "NUON"), /:2:7: Cannot use the tag "NUON"[^]*"NOUN"\?/],
    ["no tag", line("2", "a", "_"), /:2:7: Cannot use the tag "_": this corpus has ADJ, ADP/],
    ["a lost line", line("3", "a", "NOUN"), /:2:1: Cannot use the index "3" here: 2 must follow/],
    ["no blank line", line("1", "a", "NOUN"), /:2:1: Cannot use the index "1" here/],
    ["no index", line("", "a", "NOUN"), /:2:1: Cannot use the index ""/],
  ] as const
) {
  Deno.test(`a line with ${name} is refused in its place`, () => {
    assert.throws(() => read(line("1", "a", "NOUN"), text), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  });
}
