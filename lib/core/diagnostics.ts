/**
 * Collects what is wrong with a file that a person wrote, each problem at its place.
 *
 * @module
 */
import type { z } from "zod";
import type { Json } from "./canonical_json.ts";
import { type Problem, UserError } from "./errors.ts";
import { nearest, suggest } from "./suggest.ts";
import type { YamlDocument, YamlPath } from "./yaml.ts";

type Issue = z.core.$ZodIssue;

/** The problems of one file. The same message at the same place is kept once. */
export class Diagnostics {
  readonly #seen = new Map<string, Problem>();

  constructor(readonly document: YamlDocument) {}

  /** Adds a problem at a path of the file; `part` chooses whether the key is underlined. */
  add(
    path: YamlPath,
    message: string,
    options: { hint?: string; part?: "key" | "value"; severity?: "error" | "warning" } = {},
  ): void {
    const { hint, part, severity } = options;
    const range = this.document.rangeOf(path, part);
    const key = `${range.line}:${range.column}:${message}`;
    if (!this.#seen.has(key)) this.#seen.set(key, { message, range, hint, severity });
  }

  /**
   * Adds what a schema found.
   *
   * @param base the path of the value that was checked
   * @param checked that value, where it is not as the file has it: references became values
   */
  addIssues(
    issues: readonly Issue[],
    base: YamlPath,
    schema: z.core.$ZodType,
    checked?: Json,
  ): void {
    for (const issue of issues.flatMap((each) => flatten(each, []))) {
      const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
      const at = [...base, ...path];
      if (issue.code === "unrecognized_keys") {
        for (const key of issue.keys) {
          const hint = suggest(key, [...new Set(keysAt(schema, path))]);
          this.add([...at, key], `Cannot use key "${key}"`, { hint, part: "key" });
        }
        continue;
      }
      if (at.length === 0 && this.document.value === null) {
        this.add(at, "Cannot use this file: it is empty");
        continue;
      }
      const missing = /received undefined$/.test(issue.message);
      const name = at.length > 0 ? `"${at.join(".")}"` : "this file";
      if (missing) {
        const hint = expectation(issue).replace(/^expected /, "add it: ");
        this.add(at, `Cannot do without ${name}`, { hint, part: "key" });
      } else if (issue.code === "invalid_key") {
        const reason = issue.issues[0]?.message ?? issue.message;
        this.add(at, `Cannot use ${name} as a name`, { hint: reason, part: "key" });
      } else {
        const message = at.length > 0 ? `Cannot use this as ${name}` : `Cannot use ${name}`;
        const written = valueAt(this.document.value, at);
        const isReference = typeof written === "string" && written.startsWith("$");
        const value = isReference && checked !== undefined ? valueAt(checked, path) : undefined;
        const note = value === undefined ? "" : `; ${written} is ${shorten(JSON.stringify(value))}`;
        const hint = expectation(issue) + note + advice(issue, value ?? written);
        this.add(at, message, { hint });
      }
    }
  }

  /** Whether an error (not only warnings) was found. */
  get failed(): boolean {
    return this.all().some((problem) => problem.severity !== "warning");
  }

  /** The problems that are no warnings, to be thrown. */
  error(): UserError {
    return new UserError(this.all().filter(({ severity }) => severity !== "warning"));
  }

  /** Every problem, in the file's order. */
  all(): Problem[] {
    return [...this.#seen.values()].sort((a, b) =>
      (a.range?.line ?? 0) - (b.range?.line ?? 0) || (a.range?.column ?? 0) - (b.range?.column ?? 0)
    );
  }
}

/** What a schema wanted, in words. */
function expectation(issue: Issue): string {
  if (issue.code === "invalid_value") {
    return `expected ${anyOf(issue.values)}`;
  }
  if (issue.code === "invalid_union" && "options" in issue) {
    return `expected ${anyOf(issue.options as readonly unknown[])}`;
  }
  const text = issue.message.replace(/^Invalid input: /, "");
  return text
    .replace(/^Too small: expected \w+ to have >=(\d+) items?$/, "expected at least $1 items")
    .replace(/ 1 items$/, " 1 item")
    .replace("expected int, received number", "expected a whole number")
    .replace("expected int", "expected a whole number")
    .replace(/^Too (small|big): expected \w+ to be /, "expected ")
    .replace("expected >=", "expected at least ")
    .replace("expected <=", "expected at most ")
    .replace("expected >", "expected more than ")
    .replace("expected <", "expected less than ")
    .replace(/expected (?:record|object)/, "expected a mapping")
    .replace("expected array", "expected a list")
    .replace("expected string", "expected text")
    .replace("expected number", "expected a number")
    .replace("expected boolean", "expected true or false")
    .replace(/, received undefined$/, "")
    .replace("received array", "got a list")
    .replace("received object", "got a mapping")
    .replace("received string", "got text")
    .replace("received number", "got a number")
    .replace("received boolean", "got true or false")
    .replace("received null", "got nothing");
}

/** What a person probably meant by a value. */
function advice(issue: Issue, given: Json | undefined): string {
  const choices = issue.code === "invalid_value" ? issue.values.map(String) : [];
  const meant = typeof given === "string" ? nearest(given, choices) : undefined;
  if (meant !== undefined) return `; did you mean "${meant}"?`;
  const isList = issue.code === "invalid_type" && issue.expected === "array";
  return isList && typeof given === "string" ? `; write [${given}]` : "";
}

/** The value at a path; undefined where there is none. */
function valueAt(value: Json, path: YamlPath): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    found = found !== null && typeof found === "object" && Object.hasOwn(found, step)
      ? (found as Readonly<Record<string | number, Json>>)[step]
      : undefined;
  }
  return found;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function anyOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length > 2 ? `one of ${texts.join(", ")}` : texts.join(" or ");
}

/** A failed union speaks for its nearest branch: the one whose own type was right. */
function flatten(issue: Issue, base: readonly PropertyKey[]): Issue[] {
  const placed = { ...issue, path: [...base, ...issue.path] } as Issue;
  if (issue.code !== "invalid_union") return [placed];
  const near = issue.errors.find((branch) =>
    branch.length > 0 &&
    branch.every((each) =>
      each.path.length > 0 || each.code === "unrecognized_keys" || each.code === "custom"
    )
  );
  return near ? near.flatMap((each) => flatten(each as Issue, placed.path)) : [placed];
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: YamlPath): string[] {
  const definition = (schema as z.core.$ZodTypes)._zod.def;
  if ("innerType" in definition) return keysAt(definition.innerType as z.core.$ZodType, path);
  switch (definition.type) {
    case "union":
      return definition.options.flatMap((option) => keysAt(option, path));
    case "object": {
      if (path.length === 0) return Object.keys(definition.shape);
      const { shape, catchall } = definition, key = String(path[0]);
      const next = Object.hasOwn(shape, key) ? shape[key] : catchall;
      return next ? keysAt(next, path.slice(1)) : [];
    }
    case "record":
      return path.length === 0 ? [] : keysAt(definition.valueType, path.slice(1));
    case "array":
      return path.length === 0 ? [] : keysAt(definition.element, path.slice(1));
    default:
      return [];
  }
}
