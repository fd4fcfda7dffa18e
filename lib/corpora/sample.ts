/**
 * The embedded sample corpora: sentences with named entities, drawn from one hand-written grammar
 * per language (`data/sample/README.md` shows how a grammar is written).
 *
 * @module
 */
import { z } from "zod";
import { Diagnostics } from "../core/diagnostics.ts";
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { suggest } from "../core/suggest.ts";
import { parseYaml, type YamlDocument } from "../core/yaml.ts";

/** The languages with an embedded sample corpus, as ISO 639-3 codes. */
export const sampleLanguages: readonly string[] = ["eng", "deu", "spa", "rus", "swa", "amh"];

/** Sentences in each split of a sample corpus. */
export const sampleSizes = { train: 600, validation: 150, test: 150 } as const;

/** A split of a sample corpus. */
export type SampleSplit = keyof typeof sampleSizes;

/** One sentence: words, and one IOB2 tag (PER, ORG, LOC) for each. */
export interface SampleSentence {
  tokens: string[];
  tags: string[];
}

/** Names are known or held out; training draws known ones only. */
type Pool = "known" | "heldOut";
type Gender = "m" | "f";

/** A name or word, in the order of the grammar's forms; words are in no pool. */
interface Entry {
  forms: readonly string[];
  pool?: Pool;
}

interface Grammar extends Source {
  lists: ReadonlyMap<string, readonly Entry[]>;
}

const heldOutShare = 1 / 3;
/** Different entities of one kind (for people: and gender) in each pool. */
const castSize = 60;
const maxAttempts = 200;
const genders: readonly Gender[] = ["m", "f"];
const slotPattern = /^([^{}]*)\{([A-Za-z_]+(?:\.[a-z_]+)?)(?::(\w+))?\}([^{}]*)$/;
const choicePattern = /\[([^\]/]*)\/([^\]/]*)\]/g;

const text = z.string().trim().min(1);
const lists = z.record(z.string().regex(/^[a-z_]+(\.[mf])?$/), text.or(z.record(text, text)));
const schema = z.strictObject({
  language: z.string().regex(/^[a-z]{3}$/),
  unseen: z.number().min(0).max(1),
  forms: z.array(text).min(1).default(["base"]),
  paradigms: z.record(text, z.record(text, z.string())).default({}),
  patterns: z.array(text).min(1),
  entities: z.record(
    z.string().regex(/^(PER|ORG|LOC)(\.[a-z_]+)?$/),
    z.record(text, z.int().positive()),
  ),
  names: lists,
  words: lists,
});
type Source = z.infer<typeof schema>;

/**
 * The sample corpus of one language. Every choice depends only on language, split, sentence number
 * and choice number, so that the same grammar gives the same bytes everywhere. No sentence occurs
 * twice, in one split or in two.
 *
 * @param grammarYaml the text of `data/sample/<language>.yaml`
 * @param language ISO 639-3 code, the same as in the grammar
 * @param file the name that errors show
 * @throws {UserError} when the grammar is malformed (every problem, with line and column) or too
 * small for so many different sentences
 */
export function generateSample(
  grammarYaml: string,
  language: string,
  file = `${language}.yaml`,
): Record<SampleSplit, SampleSentence[]> {
  const grammar = checkGrammar(parseYaml(grammarYaml, file), language);
  const seen = new Set<string>();
  const generate = (split: SampleSplit) =>
    Array.from({ length: sampleSizes[split] }, (_, i) => newSentence(grammar, split, i, seen));
  return { train: generate("train"), validation: generate("validation"), test: generate("test") };
}

/** A sentence that is not in `seen` yet and names nobody and nothing twice. */
function newSentence(
  grammar: Grammar,
  split: SampleSplit,
  number: number,
  seen: Set<string>,
): SampleSentence {
  const random = new CounterRandom("sample", grammar.language, split, number);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const gender = random.pick(genders);
    const names: string[] = [];
    const sentence = expand(random.pick(grammar.patterns), gender, (slot, form) => {
      if (!Object.hasOwn(grammar.entities, slot)) {
        return untagged(pickWord(grammar, slot, form, gender, random));
      }
      const pool = split !== "train" && random.uniform() < grammar.unseen ? "heldOut" : "known";
      const entity = drawEntity(grammar, slot, form, gender, pool, random.integer(castSize));
      names.push(entity.tokens.join(" "));
      return entity;
    });
    sentence.tokens[0] = sentence.tokens[0].replace(/^./u, (first) => first.toUpperCase());
    const key = sentence.tokens.join(" ");
    if (seen.has(key) || new Set(names).size < names.length) continue;
    seen.add(key);
    return sentence;
  }
  throw new UserError(
    `Cannot draw sentence ${number} of ${split} from the grammar of "${grammar.language}" ` +
      `as it has too few different sentences: all of ${maxAttempts} were there already`,
  );
}

/** Entity number `member` of a pool: the same one wherever and in whatever form it is named. */
function drawEntity(
  grammar: Grammar,
  kind: string,
  form: string | undefined,
  sentenceGender: Gender,
  pool: Pool,
  member: number,
): SampleSentence {
  const tag = kind.slice(0, 3);
  const gender = tag === "PER" ? sentenceGender : "m";
  const random = new CounterRandom("sample", grammar.language, kind, gender, pool, member);
  const templates = Object.entries(grammar.entities[kind])
    .flatMap(([template, weight]) => Array<string>(weight).fill(template));
  const { tokens } = expand(
    random.pick(templates),
    gender,
    (slot, own) => untagged(pickWord(grammar, slot, own ?? form, gender, random, pool)),
  );
  return { tokens, tags: tokens.map((_, i) => `${i === 0 ? "B" : "I"}-${tag}`) };
}

/** A name or word of a list; a name of `pool` when one is asked for. */
function pickWord(
  { lists, forms }: Grammar,
  slot: string,
  form: string | undefined,
  gender: Gender,
  random: CounterRandom,
  pool?: Pool,
): string {
  const all = lists.get(slot) ?? lists.get(`${slot}.${gender}`) ?? [];
  const entry = random.pick(all.filter((each) => !pool || !each.pool || each.pool === pool));
  return entry.forms[form === undefined ? 0 : forms.indexOf(form)];
}

/** Writes out a pattern or template; `fill` gives the words of each slot. */
function expand(
  template: string,
  gender: Gender,
  fill: (slot: string, form: string | undefined) => SampleSentence,
): SampleSentence {
  const sentence: SampleSentence = { tokens: [], tags: [] };
  for (const piece of piecesOf(template, gender)) {
    const slot = piece.match(slotPattern);
    const { tokens, tags } = slot ? fill(slot[2], slot[3]) : untagged(piece);
    if (slot) {
      tokens[0] = slot[1] + tokens[0];
      tokens[tokens.length - 1] += slot[4];
    }
    sentence.tokens.push(...tokens);
    sentence.tags.push(...tags);
  }
  return sentence;
}

function piecesOf(template: string, gender: Gender): string[] {
  return template.replace(choicePattern, gender === "m" ? "$1" : "$2").trim().split(/\s+/);
}

function untagged(words: string): SampleSentence {
  const tokens = words.split(/\s+/);
  return { tokens, tags: tokens.map(() => "O") };
}

/** Checks a grammar; throws every problem at once. */
function checkGrammar(document: YamlDocument, language: string): Grammar {
  const diagnostics = new Diagnostics(document);
  const { data, error } = schema.safeParse(document.value);
  if (!data) {
    diagnostics.addIssues(error.issues, [], schema);
    throw new UserError(diagnostics.all());
  }
  if (data.language !== language) {
    const message = `Cannot generate "${language}" from the grammar of "${data.language}"`;
    diagnostics.add(["language"], message);
  }
  const grammar = { ...data, lists: readLists(data, diagnostics) };
  const names = [...grammar.lists.keys()];
  const known = [...Object.keys(data.entities), ...names];
  data.patterns.forEach((pattern, i) => {
    checkSlots(pattern, known, data.forms, (message, hint) => {
      diagnostics.add(["patterns", i], message, { hint });
    });
  });
  for (const [kind, templates] of Object.entries(data.entities)) {
    for (const template of Object.keys(templates)) {
      checkSlots(template, names, data.forms, (message, hint) => {
        diagnostics.add(["entities", kind, template], message, { hint, part: "key" });
      });
    }
  }
  if (diagnostics.failed) throw new UserError(diagnostics.all());
  return grammar;
}

/** The entries of every list; each name is put in a pool, in all lists and languages the same. */
function readLists(source: Source, diagnostics: Diagnostics): Grammar["lists"] {
  const lists = new Map<string, readonly Entry[]>();
  for (const part of ["names", "words"] as const) {
    for (const [name, value] of Object.entries(source[part])) {
      const groups = typeof value === "string" ? { plain: value } : value;
      const entries = Object.entries(groups).flatMap(([group, items]) =>
        items.split(",").map((item): Entry => {
          const forms = readForms(
            source,
            group,
            item.trim(),
            (problem) => diagnostics.add([part, name], `Cannot read list "${name}": ${problem}`),
          );
          if (part === "words") return { forms };
          const draw = new CounterRandom("sample", "reserve", item.split("/")[0].trim());
          return { forms, pool: draw.uniform() < heldOutShare ? "heldOut" : "known" };
        })
      );
      if (part === "names" && new Set(entries.map(({ pool }) => pool)).size < 2) {
        const message = `Cannot hold out names of list "${name}": add some, it has too few`;
        diagnostics.add([part, name], message);
      }
      if (lists.has(name)) diagnostics.add([part, name], `Cannot have list "${name}" twice`);
      lists.set(name, entries);
    }
  }
  return lists;
}

/** All forms of an entry, which is one word for all, its forms, or the stem of a paradigm. */
function readForms(
  { forms, paradigms }: Source,
  group: string,
  item: string,
  report: (problem: string) => void,
): string[] {
  if (item === "") report("it has nothing between two commas");
  if (group !== "plain") {
    const paradigm = new Map(
      Object.hasOwn(paradigms, group) ? Object.entries(paradigms[group]) : [],
    );
    const missing = forms.filter((form) => !paradigm.has(form));
    if (missing.length > 0) report(`paradigm "${group}" lacks ${missing.join(", ")}`);
    return forms.map((form) => item + paradigm.get(form));
  }
  const own = item.split("/").map((form) => form.trim());
  if (own.length !== 1 && own.length !== forms.length) {
    report(`"${item}" must have 1 form or ${forms.length}: got ${own.length}`);
  }
  return forms.map((_, i) => own[i] ?? own[0]);
}

/** Reports every slot of a pattern or template that cannot be filled. */
function checkSlots(
  template: string,
  known: readonly string[],
  forms: readonly string[],
  report: (message: string, hint?: string) => void,
): void {
  for (const piece of new Set(genders.flatMap((gender) => piecesOf(template, gender)))) {
    const slot = piece.match(slotPattern);
    const place = `${piece} in "${template}"`;
    if (!slot && /[{}[\]]/.test(piece)) {
      report(`Cannot read ${place}`, "a slot is {name} or {name:form}, a choice [he/she]");
    }
    const [, , name, form] = slot ?? [];
    const isKnown = [name, `${name}.m`, `${name}.f`].map((each) => known.includes(each));
    if (name && !isKnown[0] && !(isKnown[1] && isKnown[2])) {
      report(`Cannot fill ${place}: nothing is called "${name}"`, suggest(name, known));
    }
    if (form && !forms.includes(form)) {
      report(`Cannot fill ${place}: there is no form "${form}"`, suggest(form, forms));
    }
  }
}
