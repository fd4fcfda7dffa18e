/**
 * The table of the test stages.
 *
 * @module
 */
import { defineTable } from "../../table/schema.ts";

/** Lines. */
export const lines = defineTable({
  name: "lines",
  about: "Lines of text",
  columns: { line: { type: "VARCHAR", about: "a line" } },
  key: ["line"],
});
