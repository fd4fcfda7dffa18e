import { strict as assert } from "node:assert";
import { ReadOnlyTables } from "../table/read_only.ts";
import { answeredText, markdownTable } from "./answered_text.ts";

async function page(text: string): Promise<string> {
  using tables = await ReadOnlyTables.open({});
  return await answeredText(text, "experiments/x.md", (sql) => tables.ask(sql));
}

Deno.test("an answer stands in the place of its question; other blocks stay", async () => {
  const text = `# Title

\`\`\`sql answer
SELECT 'a|b' AS name, 1.23456 AS value, NULL AS none
UNION ALL SELECT 'c', 2, NULL
\`\`\`

\`\`\`sql
SELECT 1
\`\`\`
`;
  assert.equal(
    await page(text),
    `# Title

| name | value | none |
| --- | --: | --: |
| a\\|b | 1.235 | – |
| c | 2 | – |

\`\`\`sql
SELECT 1
\`\`\`
`,
  );
});

const faults: [string, string, RegExp][] = [
  [
    "a block without an end",
    "a\n```sql answer\nSELECT 1\n",
    /^Cannot read experiments\/x.md:2: a block that begins here does not end/,
  ],
  [
    "a question of no such table",
    "```sql answer\nFROM nowhere\n```",
    /^Cannot answer the question at experiments\/x.md:1: .*nowhere/,
  ],
  [
    "a question without rows",
    "\n\n```sql answer\nSELECT 1 WHERE false\n```",
    /^Cannot answer the question at experiments\/x.md:3: there are no rows/,
  ],
  [
    "a statement that writes",
    "```sql answer\nCREATE TABLE t (i INTEGER)\n```",
    /^Cannot answer the question at experiments\/x.md:1: Cannot/,
  ],
];
for (const [what, text, message] of faults) {
  Deno.test(`${what} is told with file and line`, async () => {
    await assert.rejects(page(text), { name: "UserError", message });
  });
}

Deno.test("columns of numbers, with signs and intervals too, stand on the right", () => {
  assert.deepEqual(
    markdownTable({
      columns: ["name", "n", "difference", "both"],
      rows: [["x", 1, "+1.5 [−0.2, +3.1]", "2"], ["y", null, "-2", "two"]],
    }),
    [
      "| name | n | difference | both |",
      "| --- | --: | --: | --- |",
      "| x | 1 | +1.5 [−0.2, +3.1] | 2 |",
      "| y | – | -2 | two |",
    ],
  );
});
