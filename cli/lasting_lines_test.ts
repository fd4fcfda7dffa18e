import { strict as assert } from "node:assert";
import { pathToFileURL } from "node:url";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { projectFolder } from "./folders.ts";
import { lastingLines } from "./lasting_lines.ts";

type Failed = Extract<RunEvent, { event: "instanceFailed" }>;

const project = pathToFileURL(projectFolder).href;

function linesOf(event: Partial<Failed>): string[] {
  return lastingLines({
    event: "instanceFailed",
    instance: "train",
    fingerprint: "f",
    class: "stage",
    message: "boom",
    seconds: 1,
    attemptFolder: "/store/attempts/f.a",
    log: [],
    ...event,
  }, (_, text) => text);
}

Deno.test("a stage that threw is shown with the line of code, one that was told no is not", () => {
  const stack = [
    "    at Parser.read (file:///elsewhere/node_modules/parser/index.js:1:2)",
    `    at Object.run (${project}/stages/train.ts:42:40)`,
    `    at async runInstance (${project}/lib/pipeline/worker.ts:103:5)`,
  ];
  const log = ["40 sentences", "    at noon", "Error: boom", ...stack];
  assert.deepEqual(linesOf({ log }), [
    "✗ train 1.0 s: boom",
    "    at stages/train.ts:42:40",
    "    its log is /store/attempts/f.a.log",
  ]);
  assert.deepEqual(linesOf({ message: "one\n\ntwo", log: ["40 sentences", "one", "", "two"] }), [
    "✗ train 1.0 s: failed",
    "    one",
    "",
    "    two",
    "    its log is /store/attempts/f.a.log",
  ]);
});

Deno.test("of a process that died the log is shown, and no control reaches the terminal", () => {
  assert.deepEqual(
    linesOf({ class: "crashed", message: "\x1b[2Jgone", log: ["", "\x1b[31mred"] }),
    [
      "✗ train 1.0 s: ␛[2Jgone",
      "    ␛[31mred",
      "    its log is /store/attempts/f.a.log",
    ],
  );
});
