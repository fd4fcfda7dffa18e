import { strict as assert } from "node:assert";
import { weakArrow } from "./arrow_precedence.ts";

for (
  const [query, found] of [
    ["SELECT 1 FROM t WHERE axes->>'source' = 'eng'", "axes->>'source'"],
    ["SELECT 1 FROM t i WHERE x > 1 AND i.axes ->> 'h' IN ('1', '2')", "i.axes ->> 'h'"],
    ["SELECT 1 FROM t JOIN u ON t.axes->'s' = u.axes->'s'", "t.axes->'s'"],
    ["SELECT 1 FROM t WHERE (axes->>'source') = 'eng'", undefined],
    ["SELECT axes->>'source' AS source FROM t GROUP BY ALL", undefined],
    ["SELECT 1 FROM t WHERE language = 'a->>b' AND low > 0", undefined],
  ] as const
) {
  Deno.test(`arrows: ${query}`, () => assert.equal(weakArrow(query), found));
}
