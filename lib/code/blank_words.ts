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

/** Module → what it exports that is a schema of zod, so that a chain may begin with it. */
const sharedSchemas: Readonly<Record<string, readonly string[]>> = {
  "lib/plan/bounds.ts": ["seed", "count"],
};

const mayHaveWords = new RegExp(
  `\\b(describe|meta|${Object.values(declarations).flatMap(Object.keys).join("|")})\\b`,
);

/** What can stand between `z` and `.describe(…)`: all of it makes a schema, whatever it is given. */
const schemaMakers = new Set(
  ("any array base64 bigint boolean check coerce date default discriminatedUnion email endsWith " +
    "enum exactOptional extend file finite float32 float64 gt gte includes int int32 intersection " +
    "iso length literal looseObject lowercase lt lte map max meta min multipleOf negative never " +
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
  const known = importsOf(program, targetOf);
  const { callers, zods, schemas } = known;
  if (callers.size === 0 && zods.size === 0 && schemas.size === 0) return text;
  const seen = [...placesOf(program)];
  const names = seen.filter((each) => each.node.type === "Identifier" && !isHarmless(each));
  for (const place of names) {
    // Another variable of this name may be meant, or the function be handed on.
    const { name } = place.node;
    if (!isCallee(place)) callers.delete(name);
    if (!isReadFrom(place)) zods.delete(name);
  }
  const unclear = new Set<string>();
  const declared = new Set<string>();
  for (const place of names) {
    const { name } = place.node;
    const isDeclared = place.key === "id" && place.parent?.type === "VariableDeclarator";
    if (isDeclared ? declared.has(name) : !isValue(place)) unclear.add(name);
    if (isDeclared) declared.add(name);
  }
  for (const name of unclear) schemas.delete(name);
  for (const { node, parent } of seen) {
    if (node.type !== "VariableDeclarator" || parent?.kind !== "const" || !node.init) continue;
    if (!unclear.has(node.id.name) && isSchema(node.init, known)) schemas.add(node.id.name);
  }
  let blanked = text;
  for (const { node } of seen) {
    for (const { start, end } of wordsIn(node, known)) {
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

/** What local names stand for. */
interface Names {
  /** What declares, with the ways to its words. */
  readonly callers: Map<string, readonly Way[]>;
  readonly zods: Set<string>;
  /** Constants, imported or not, that are schemas. */
  readonly schemas: Set<string>;
}

/** What is imported under which names. */
function importsOf({ body }: Node, targetOf: ImportTarget): Names {
  const callers = new Map<string, readonly Way[]>();
  const zods = new Set<string>(), schemas = new Set<string>();
  for (const node of body as Node[]) {
    if (node.type !== "ImportDeclaration") continue;
    const target = targetOf(node.source.value);
    for (const { type, local, imported } of node.specifiers as Node[]) {
      if (type !== "ImportSpecifier") continue;
      const name: string = imported.name ?? imported.value;
      if (target === "zod" && name === "z") zods.add(local.name);
      if (Object.hasOwn(sharedSchemas, target) && sharedSchemas[target].includes(name)) {
        schemas.add(local.name);
      }
      const exported = Object.hasOwn(declarations, target) ? declarations[target] : {};
      if (Object.hasOwn(exported, name)) callers.set(local.name, exported[name]);
    }
  }
  return { callers, zods, schemas };
}

/** A node with where it stands. */
interface Place {
  readonly node: Node;
  readonly parent?: Node;
  /** The parent's key. */
  readonly key: string;
  /** The parent's parent. */
  readonly above?: Node;
}

/** Every node below one. */
function* placesOf(node: Node, parent?: Node, key = "", above?: Node): Generator<Place> {
  yield { node, parent, key, above };
  for (const [name, value] of Object.entries(node)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type === "string" && typeof each.start === "number") {
        yield* placesOf(each, node, name, parent);
      }
    }
  }
}

/** Whether a name stands where it means neither a variable nor a declaration of one. */
function isHarmless({ key, parent }: Place): boolean {
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
    case "TSTypeQuery":
      return true;
    default:
      return false;
  }
}

function isCallee({ key, parent }: Place): boolean {
  return parent?.type === "CallExpression" && key === "callee";
}

function isReadFrom({ key, parent }: Place): boolean {
  return parent?.type === "MemberExpression" && key === "object";
}

/** Whether a name stands where its value is asked for, and it is not declared. */
function isValue(place: Place): boolean {
  const { key, parent, above } = place;
  return isReadFrom(place) || parent?.type === "CallExpression" ||
    parent?.type === "ArrayExpression" || parent?.type === "ExportSpecifier" ||
    parent?.type === "ObjectProperty" && above?.type === "ObjectExpression" ||
    parent?.type === "VariableDeclarator" && key === "init";
}

/** The texts for people that a node itself names. */
function wordsIn(node: Node, names: Names): Node[] {
  if (node.type !== "CallExpression" || node.arguments.length === 0) return [];
  const { callee, arguments: [first] } = node;
  return waysOf(callee, names).flatMap((way) => valuesAt(first, way)).filter(isConstant);
}

/** Where the first argument of a call has words for people. */
function waysOf(callee: Node, names: Names): readonly Way[] {
  if (callee.type === "Identifier") return names.callers.get(callee.name) ?? [];
  if (callee.type !== "MemberExpression" || callee.computed) return [];
  const method: string = callee.property.name;
  const way = method === "describe" ? [] : method === "meta" ? ["description"] : undefined;
  return way && isSchema(callee.object, names) ? [way] : [];
}

/** The values at the end of a way through objects that are written out. */
function valuesAt(given: Node, [key, ...rest]: Way): Node[] {
  const node = withoutTypes(given);
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
function isSchema(given: Node, { zods, schemas }: Names): boolean {
  let node = withoutTypes(given);
  for (let isMade = false;; node = withoutTypes(node.object)) {
    if (node.type === "Identifier") return schemas.has(node.name) || isMade && zods.has(node.name);
    if (node.type === "CallExpression") {
      const { callee } = node;
      if (callee.type !== "MemberExpression") return false;
      // Without arguments, it gives what is known of the schema.
      if (callee.property.name === "meta" && node.arguments.length === 0) return false;
      isMade = true;
      node = callee;
    }
    if (!isMade || node.type !== "MemberExpression" || node.computed) return false;
    if (!schemaMakers.has(node.property.name)) return false;
  }
}

/** An expression without what only types it. */
function withoutTypes(node: Node): Node {
  const types = ["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"];
  return types.includes(node.type) ? withoutTypes(node.expression) : node;
}

function isConstant(given: Node): boolean {
  const node = withoutTypes(given);
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
