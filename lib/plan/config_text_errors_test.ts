import { UserError } from "../core/errors.ts";
import { makePlan } from "./plan.ts";
import { assertSnapshot, type Case, head, messagesOf, words } from "./testdata/config_cases.ts";
import { stages } from "../pipeline/testdata/registry.ts";

const cases: Case[] = [
  { about: "Broken YAML", text: `${head}stages: { words: { use: write\n` },
  { about: "A list that does not end", text: words.replace("bee]", "bee") },
  { about: "Text that does not end", text: words.replace("text: $word", 'text: "$word') },
  { about: "A key without a colon", text: words.replace("use: write", "use write") },
  { about: "A colon without a space", text: words.replace("use: write", "use:write") },
  { about: "A colon in plain text", text: `${head}about: ours: theirs\nstages: {}\n` },
  { about: "A comma that is missing", text: words.replace("ape, bee", '"ape" "bee"') },
  { about: "Keys in different columns", text: words.replace("    matrix", "   matrix") },
  { about: "A tab", text: words.replace("    use", "\tuse") },
  { about: "A comment right after a value", text: words.replace("bee]", "bee]#c") },
  { about: "A value that starts with a sign of YAML", text: `${head}about: @ours\n` },
  { about: "An unknown escape", text: `${head}about: "\\d+"\n` },
  { about: "Two documents in one file", text: `${words}---\n${words}` },
  { about: "Another version of YAML", text: `%YAML 1.1\n---\n${words}` },
  { about: "A tag", text: words.replace("$word }", "!env HOME }") },
  {
    about: "An alias without its anchor",
    text: words.replace("[ape, bee]", "&list [ape]").replace("$words", "*lits"),
  },
  { about: "An alias inside itself", text: words.replace("[ape, bee]", "&list [ape, *list]") },
  {
    about: "A merge key",
    text: words.replace("use: write", "use: write\n    <<: { about: shared }"),
  },
  { about: "A key twice in one mapping", text: `${words}    with: { text: again }\n` },
  { about: "A stage name twice", text: `${words}  words:\n    use: write\n` },
  { about: "Not a mapping", text: "- 1\n- 2\n" },
  { about: "An empty file", text: "" },
  {
    about: "Aliases that expand without end",
    text:
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d]\n`,
  },
  { about: "A list that is nested without end", text: "[".repeat(100_000) },
  { about: "A file of more than 256 KiB", text: `# ${"x".repeat(1 << 18)}\n` },
  {
    about: "A file that is not UTF-8",
    text: new Uint8Array([...new TextEncoder().encode(`${head}about: caf`), 0xe9, 0x0a]),
  },
  {
    about: "A file in UTF-16",
    text: new Uint8Array([0xff, 0xfe, ...[...head].flatMap((each) => [each.charCodeAt(0), 0])]),
  },
  { about: "A character that no text has", text: words.replace("ape", "a\0pe") },
  { about: "Line breaks without a line feed", text: words.replaceAll("\n", "\r") },
];

Deno.test("a pipeline file that is no YAML, or no text, is told with its place and what to do", async () => {
  const parts = await messagesOf(cases);
  parts.push(`# No such file\n\n${await messageOfMissing()}\n`);
  const snapshotFile = new URL("./testdata/config_text_errors.txt", import.meta.url);
  await assertSnapshot(parts, snapshotFile);
});

async function messageOfMissing(): Promise<string> {
  try {
    await makePlan({ file: "no_such.yaml" }, stages);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
}
