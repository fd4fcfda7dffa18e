/**
 * Blanks in the text of a module what it says to people alone, so that this is no part of its code.
 *
 * A constant text is blanked where it goes straight to a place that a stage cannot read: descriptions
 * of zod schemas, and `about` in declarations of the house, which drop it where stages run
 * (`lib/core/words.ts`). What is computed, or may be seen by anything else, counts as code.
 *
 * @module
 */
import { parse } from "@babel/parser";

/** A node of a syntax tree; `start` and `end` are places in the text. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // deno-lint-ignore no-explicit-any
  readonly [key: string]: any;
}

/** Keys that lead from an argument to a text; `*` stands for any one. No keys: the argument itself. */
type Way = readonly string[];

/**
 * Module → what it exports → where its first argument has words for people. Each of them drops them
 * in a process that runs stages, which `unread_words_test.ts` holds them to.
 */
export const declarations: Readonly<Record<string, Readonly<Record<string, readonly Way[]>>>> = {
  "lib/core/words.ts": { forPeople: [[]] },
  "lib/plan/stage.ts": {
    defineStage: [["about"], ["inputs", "*", "about"], ["outputs", "*", "about"]],
    file: [[]],
  },
  "lib/table/schema.ts": {
    defineTable: [["about"], ["columns", "*", "about"]],
    defineColumns: [["*", "about"]],
  },
};

const mayHaveWords = new RegExp(
  `\\b(describe|${Object.values(declarations).flatMap(Object.keys).join("|")})\\b`,
);

/** What can stand between `z` and `.describe(…)`: all of it makes a schema, whatever it is given. */
const schemaMakers = new Set(
  ("any array base64 bigint boolean check coerce date default discriminatedUnion email endsWith " +
    "enum exactOptional extend file finite float32 float64 gt gte includes int int32 intersection " +
    "iso length literal looseObject lowercase lt lte map max min multipleOf negative never " +
    "nonempty nonnegative nonpositive null nullable nullish number object omit optional or partial " +
    "partialRecord passthrough pick pipe positive prefault preprocess readonly record refine regex " +
    "safeExtend set startsWith strict strictObject string stringbool superRefine " +
    "templateLiteral transform trim tuple uint32 undefined union unknown uppercase url uuid describe")
    .split(" "),
);

/** What an import stands for: a file of the project, or a package by its bare name. */
export type ImportTarget = (specifier: string) => string;

/**
 * The text of a module with its words for people blanked; every other character keeps its place. A
 * text that cannot be parsed comes back as it is.
 *
 * @param path the module's, for its kind
 */
export function blankWords(text: string, path: string, targetOf: ImportTarget): string {
  if (!mayHaveWords.test(text)) return text;
  const program = parsed(text, path);
  if (!program) return text;
  const { callers, zods } = importsOf(program, targetOf);
  if (callers.size === 0 && zods.size === 0) return text;
  const seen = [...nodesOf(program)];
  for (const { node, parent, key } of seen) {
    if (node.type !== "Identifier" || isHarmless(key, parent)) continue;
    // Another variable of this name may be meant, or the function be handed on.
    if (!isCallee(key, parent)) callers.delete(node.name);
    if (!isReadFrom(key, parent)) zods.delete(node.name);
  }
  let blanked = text;
  for (const { node } of seen) {
    for (const { start, end } of wordsIn(node, callers, zods)) {
      const rest = text.slice(start, end).slice(2).replace(/[^\r\n\u2028\u2029]/g, " ");
      blanked = `${blanked.slice(0, start)}""${rest}${blanked.slice(end)}`;
    }
  }
  return blanked;
}

function parsed(text: string, path: string): Node | undefined {
  try {
    const syntax = [/\.[cm]?tsx?$/.test(path) ? "typescript" : "", /x$/.test(path) ? "jsx" : ""];
    return parse(text, {
      sourceType: "module",
      plugins: syntax.filter((each) => each !== "") as ("typescript" | "jsx")[],
    }).program as unknown as Node;
  } catch {
    return undefined;
  }
}

/** Local names of what declares, with the ways to its words, and of zod. */
function importsOf(
  { body }: Node,
  targetOf: ImportTarget,
): { callers: Map<string, readonly Way[]>; zods: Set<string> } {
  const callers = new Map<string, readonly Way[]>();
  const zods = new Set<string>();
  for (const node of body as Node[]) {
    if (node.type !== "ImportDeclaration") continue;
    const target = targetOf(node.source.value);
    for (const { type, local, imported } of node.specifiers as Node[]) {
      if (type !== "ImportSpecifier") continue;
      const name: string = imported.name ?? imported.value;
      if (target === "zod" && name === "z") zods.add(local.name);
      const exported = Object.hasOwn(declarations, target) ? declarations[target] : {};
      if (Object.hasOwn(exported, name)) callers.set(local.name, exported[name]);
    }
  }
  return { callers, zods };
}

/** Every node below one, with where it stands. */
function* nodesOf(
  node: Node,
  parent?: Node,
  key = "",
): Generator<{ node: Node; parent?: Node; key: string }> {
  yield { node, parent, key };
  for (const [name, value] of Object.entries(node)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type === "string" && typeof each.start === "number") {
        yield* nodesOf(each, node, name);
      }
    }
  }
}

/** Whether a name stands where it means neither a variable nor a declaration of one. */
function isHarmless(key: string, parent: Node | undefined): boolean {
  switch (parent?.type) {
    case "ImportSpecifier":
      return true;
    case "MemberExpression":
    case "OptionalMemberExpression":
      return key === "property" && !parent.computed;
    case "ObjectProperty":
      return key === "key" && !parent.computed && !parent.shorthand;
    case "ObjectMethod":
    case "ClassMethod":
    case "ClassProperty":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return key === "key" && !parent.computed;
    case "TSQualifiedName":
      return true;
    default:
      return false;
  }
}

function isCallee(key: string, parent: Node | undefined): boolean {
  return parent?.type === "CallExpression" && key === "callee";
}

function isReadFrom(key: string, parent: Node | undefined): boolean {
  return parent?.type === "MemberExpression" && key === "object";
}

/** The texts for people that a node itself names. */
function wordsIn(
  node: Node,
  callers: ReadonlyMap<string, readonly Way[]>,
  zods: ReadonlySet<string>,
): Node[] {
  if (node.type !== "CallExpression") return [];
  const { callee, arguments: [first] } = node;
  if (!first) return [];
  if (callee.type === "Identifier") {
    const ways = callers.get(callee.name) ?? [];
    return ways.flatMap((way) => valuesAt(first, way)).filter(isConstant);
  }
  const describes = callee.type === "MemberExpression" && !callee.computed &&
    callee.property.name === "describe";
  return describes && isSchema(callee.object, zods) && isConstant(first) ? [first] : [];
}

/** The values at the end of a way through objects that are written out. */
function valuesAt(node: Node, [key, ...rest]: Way): Node[] {
  if (key === undefined) return [node];
  if (node.type !== "ObjectExpression") return [];
  return (node.properties as Node[])
    .filter((each) => each.type === "ObjectProperty" && !each.computed)
    .filter(({ key: { name, value } }) => {
      const own = name ?? value;
      return key === "*" ? own !== "__proto__" : own === key; // that would be inherited
    })
    .flatMap((each) => valuesAt(each.value, rest));
}

/** Whether an expression makes a schema of zod: `z.string().min(1)`. */
function isSchema(node: Node, zods: ReadonlySet<string>): boolean {
  for (let each = node, isMade = false;;) {
    if (each.type === "Identifier") return isMade && zods.has(each.name);
    if (each.type === "CallExpression") {
      isMade = true;
      each = each.callee;
    } else if (isMade === false) return false;
    if (each.type === "Identifier") return false;
    if (each.type !== "MemberExpression" || each.computed) return false;
    if (!schemaMakers.has(each.property.name)) return false;
    each = each.object;
  }
}

function isConstant(node: Node): boolean {
  switch (node.type) {
    case "StringLiteral":
      return true;
    case "TemplateLiteral":
      return node.expressions.length === 0;
    case "BinaryExpression":
      return node.operator === "+" && isConstant(node.left) && isConstant(node.right);
    default:
      return false;
  }
}
