import { strict as assert } from "node:assert";
import { cutEnd, cutMiddle, displayWidth, showControls } from "./display_width.ts";

const cuts: [text: string, width: number, expected: string][] = [
  ["short", 5, "short"],
  ["a long text", 5, "a …xt"],
  ["a long text", 6, "a l…xt"],
  ["二三四五六", 7, "二三…六"],
  ["e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301"],
  ["", 3, ""],
  ["ab", 1, "…"],
];

for (const [text, width, expected] of cuts) {
  Deno.test(`"${text}" in ${width} columns`, () => {
    assert.equal(cutMiddle(text, width), expected);
    assert.ok(displayWidth(cutMiddle(text, width)) <= width);
  });
}

Deno.test("an end is cut by columns, between characters", () => {
  assert.equal(cutEnd("short", 5), "short");
  assert.equal(cutEnd("longer", 5), "longe");
  assert.equal(cutEnd("二三四", 5), "二三");
  assert.equal(cutEnd("e\u0301e\u0301", 1), "e\u0301");
  assert.equal(cutEnd("ab", 0), "");
});

Deno.test("controls are shown, tabs and line breaks are left", () => {
  assert.equal(showControls("a\u202eb\u2066c\u200fd"), "a�b�c\u200fd");
  assert.equal(showControls("a\tb\n\x1b[2J\r\x7f\x9b名"), "a\tb\n␛[2J␍␡�名");
});

Deno.test("columns are those of a terminal", () => {
  const widths: [text: string, width: number][] = [
    ["", 0],
    ["plain ASCII ~", 13],
    ["naïve", 5],
    ["e\u0301", 1],
    ["አማርኛ", 4],
    ["日本", 4],
    ["ﾊﾝｶｸ", 4],
    ["Ｆ１", 4],
    ["한국", 4],
    ["\u1112\u1161\u11ab", 2],
    ["नमस्ते", 4],
    ["😀", 2],
    ["👩‍👩‍👧‍👦", 2],
    ["👍🏽", 2],
    ["🇹🇿🇩🇪", 4],
    ["1️⃣", 2],
    ["❤️", 2],
    ["a\u200bb", 2],
    ["\ufeff", 0],
    ["␛[31m", 5],
    ["± – …", 5],
    ["𒀀", 1],
    ["𠀀", 2],
  ];
  for (const [text, width] of widths) {
    assert.equal(displayWidth(text), width, JSON.stringify(text));
  }
});
