/**
 * Looks at the shape of a YAML file: how deep it is, what was left open, what its aliases are.
 *
 * @module
 */
import { type Alias, type Document, Lexer, type Node, visit } from "yaml";

/** The token that says that the next one is text. */
const scalarToken = "\u001f";
/** How many lists and mappings may stand in each other on one line. */
export const maxDepth = 100;

/** Where more values stand in each other than anybody writes: the parser would take minutes. */
export function tooDeep(text: string): number | undefined {
  let place = 0, flow = 0, line = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (isScalar) isScalar = false;
    else if (token === scalarToken) isScalar = true;
    else if (token === "[" || token === "{") flow++;
    else if (token === "]" || token === "}") flow--;
    else if (token === "-" || token === "?") line++;
    else if (token.endsWith("\n")) line = 0;
    if (flow + line > maxDepth) return place;
    if (text.startsWith(token, place)) place += token.length;
  }
}

/** Where the innermost list, mapping or text begins that lacks its last character. */
export function openBefore(
  document: Document.Parsed,
  text: string,
  missing: string,
  end: number,
): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node(_, node) {
      const range = (node as Node).range;
      if (!range || range[0] >= end) return;
      const first = text[range[0]];
      const ended = text[range[1] - 1] === missing && range[1] - range[0] > 1;
      const opens = first === { "]": "[", "}": "{" }[missing] || first === missing;
      if (opens && !ended && range[0] >= (found ?? -1)) found = range[0];
    },
  });
  return found;
}

/** Every anchor's name, and what each alias stands for: the last such anchor before it. */
export function anchorsOf(
  document: Document.Parsed,
): { anchors: string[]; targets: Map<Alias, Node> } {
  const anchored = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias(_, alias) {
      const target = anchored.get(alias.source);
      if (target) targets.set(alias, target);
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return { anchors: [...anchored.keys()], targets };
}
