import { strict as assert } from "node:assert";
import { endsWithSemicolon } from "./sql_tokens.ts";

Deno.test("a semicolon ends a text where it is no part of a string, a name or a comment", () => {
  const ends = ["FROM a;", "FROM a; -- b", "FROM a; /* b */ ", ";", "SELECT ';';", "SELECT 1 / 2;"];
  const goesOn = ["", "FROM a", "SELECT ';", 'FROM "a;', "FROM a -- ;", "FROM a /* ;", "a; FROM b"];
  for (const text of ends) assert.ok(endsWithSemicolon(text), text);
  for (const text of goesOn) assert.ok(!endsWithSemicolon(text), text);
});
