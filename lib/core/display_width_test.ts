import { strict as assert } from "node:assert";
import { cutMiddle, displayWidth } from "./display_width.ts";

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
