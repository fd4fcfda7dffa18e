/**
 * Corpora as they are published, each read by an entry of a few lines. The excerpts are written
 * for this test; only their formats are those of the corpora.
 */
import { strict as assert } from "node:assert";
import { findSource, parseCatalogue } from "./catalogue.ts";
import { readSplits } from "./readers.ts";

interface Case {
  readonly name: string;
  /** What the entry says beside title, task, licence and address. */
  readonly entry: string;
  readonly text: string;
  readonly sentences: readonly (readonly [words: string, tags: string])[];
}

const cases: readonly Case[] = [
  {
    name: "UniversalNER: index, word, tag, two more columns, comments",
    entry: `options: { separator: tab, comments: "#", index: 1, token: 2, tag: 3 }
    entityTypes: [PER, ORG, LOC]`,
    text:
      "# sent_id = a-0001\n# text = Ada saw #1 in Rome\n1\tAda\tB-PER\t-\tx\n2\tsaw\tO\t-\tx\n" +
      "3\t#\tO\t-\tx\n4\t1\tO\t-\tx\n5\tin\tO\t-\t\n6\tRome\tB-LOC\t-\tx\n\n# sent_id = a-0002\n1\tYes\tO\t-\tx\n\n",
    sentences: [["Ada saw # 1 in Rome", "B-PER O O O O B-LOC"], ["Yes", "O"]],
  },
  {
    name: "GermEval 2014: index, word, outer and inner tag, a comment with tabs",
    entry: `options: { separator: tab, comments: "#", index: 1, token: 2, tag: 3 }
    entityTypes: [PER, PERderiv, PERpart, LOC, LOCderiv, LOCpart, ORG, ORGderiv, ORGpart, OTH]`,
    text: "#\thttp://de.example.org/wiki/Ort\t[2009-10-17]\n1\tAda\tB-PER\tO\n2\tlebt\tO\tO\n" +
      "3\tim\tO\tO\n4\tRömischen\tB-LOCderiv\tO\n5\tHof\tI-LOCderiv\tB-ORGpart\n\n" +
      "#\thttp://de.example.org\t[2009-10-18]\n1\tNein\tO\tO\n",
    sentences: [["Ada lebt im Römischen Hof", "B-PER O O B-LOCderiv I-LOCderiv"], ["Nein", "O"]],
  },
  {
    name: "HIPE-2022: a header, metadata, ten columns, flags for the ends of sentences",
    entry: `options:
      separator: tab
      comments: "# "
      token: TOKEN
      tag: NE-COARSE-LIT
      outside: [_]
      sentences: { afterFlag: [EndOfSentence, PySBDSegment], column: MISC }
    entityTypes: [pers, loc, pers.ind]`,
    text: "TOKEN\tNE-COARSE-LIT\tNE-COARSE-METO\tNE-FINE-LIT\tNEL-LIT\tMISC\n" +
      "# hipe2022:document_id = a-1\n# segment_iiif_link = _\n" +
      "M\tB-pers\tO\tB-pers.ind\tQ1\tNoSpaceAfter\n.\tI-pers\tO\tI-pers.ind\tQ1\t_\n" +
      "#\tO\tO\tO\t_\t_\nBach\tO\tO\tO\t_\tEndOfLine|PySBDSegment\nBern\tB-loc\tO\tO\t_\tNoSpaceAfter\n" +
      "-\t_\tO\tO\t_\t\n\n# hipe2022:document_id = a-2\nfin\tO\tO\tO\t_\tEndOfSentence\n",
    sentences: [["M . # Bach", "B-pers I-pers O O"], ["Bern -", "B-loc O"], ["fin", "O"]],
  },
  {
    name: "WNUT17: tabs, types in lower case, sentences that end in a tab",
    entry: `options: { separator: tab }
    entityTypes: [person, location, corporation, creative-work, group, product]`,
    text: "@ada\tO\nsaw\tO\nThe\tB-creative-work\nRing\tI-creative-work\n\t\nok\tO\n\t\n",
    sentences: [["@ada saw The Ring", "O O B-creative-work I-creative-work"], ["ok", "O"]],
  },
  {
    name: "Turku NER: a word, a tab, a tag",
    entry: `options: { separator: tab }
    entityTypes: [PER, ORG, LOC, PRO, EVENT, DATE]`,
    text: "Nokia\tB-ORG\nkävi\tO\n1.1.\tB-DATE\n2020\tI-DATE\n\nEi\tO\n",
    sentences: [["Nokia kävi 1.1. 2020", "B-ORG O B-DATE I-DATE"], ["Ei", "O"]],
  },
  {
    name: "LeNER-Br: a word, a space, a tag",
    entry: `entityTypes: [PESSOA, TEMPO, LOCAL, ORGANIZACAO, LEGISLACAO, JURISPRUDENCIA]`,
    text: "Acórdão O\nart. B-LEGISLACAO\n5º I-LEGISLACAO\n\nBrasília B-LOCAL\n",
    sentences: [["Acórdão art. 5º", "O B-LEGISLACAO I-LEGISLACAO"], ["Brasília", "B-LOCAL"]],
  },
  {
    name: "Europeana: hardly a blank line, IO after a space",
    entry: `options: { scheme: io, sentences: { afterWords: ["."] } }
    entityTypes: [PER, LOC, ORG]`,
    text: "A I-LOC\n. I-LOC\nHaag I-LOC\nM I-PER\n. O\nIl O\nva O\n. O\nFin O\n",
    sentences: [["A . Haag M .", "B-LOC I-LOC I-LOC B-PER O"], ["Il va .", "O O O"], ["Fin", "O"]],
  },
  {
    name: "HAREM: a tab, BIOES with words that have spaces",
    entry: `options: { separator: tab, scheme: bioes, repair: [splitSpaces] }
    entityTypes: [PESSOA, ABSTRACÇÃO]`,
    text: "São Paulo\tS-PESSOA\nfoi\tO\nAna\tB-PESSOA\nSá\tE-PESSOA\nfé\tS-ABSTRACÇÃO\n",
    sentences: [
      ["São Paulo foi Ana Sá fé", "B-PESSOA I-PESSOA O B-PESSOA I-PESSOA B-ABSTRACÇÃO"],
    ],
  },
  {
    name: "tag first, words with spaces behind it",
    entry: `options: { separator: space, splitAt: first, token: 2, tag: 1 }
    entityTypes: [ЛИЦО, WORK_OF_ART]`,
    text: "B-ЛИЦО Анна\nI-ЛИЦО де Витт\nO и\nB-WORK_OF_ART 人\n",
    sentences: [["Анна|де Витт|и|人", "B-ЛИЦО I-ЛИЦО O B-WORK_OF_ART"]],
  },
  {
    name: "commas, quotes, a header, an index that begins anew without a blank line, BILOU",
    entry: `options: { separator: comma, quotes: true, index: N, token: Word, tag: Tag,
               scheme: bilou, sentences: index }
    entityTypes: [PER2, Multi-tissue_structure]`,
    text: 'N,Word,POS,Tag\n1,Ada,NNP,B-PER2\n2,Ann,NNP,L-PER2\n3,",",",",O\n1,"the ""x""",NN,' +
      "U-Multi-tissue_structure\n",
    sentences: [["Ada Ann ,", "B-PER2 I-PER2 O"], [`the "x"`, "B-Multi-tissue_structure"]],
  },
];

for (const { name, entry, text, sentences } of cases) {
  Deno.test(`${name}: an entry is enough`, async () => {
    const catalogue = parseCatalogue(
      `corpora:
  new:
    title: new
    task: ner
    licence: none
    format: conll
    url: https://example.org/corpus/${"{split}"}.txt
    languages: xx
    splits: { train: train, test: test }
    ${entry}
`,
      "sources.yaml",
    );
    const source = findSource(catalogue, "new", "xx");
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, text);
      const { train } = await readSplits(source, [{ ...source.files[0], path }]);
      assert.deepEqual(
        train?.sentences,
        sentences.map(([words, tags]) => {
          const tokens = words.includes("|") || words.startsWith("the")
            ? words.split("|")
            : words.split(" ");
          return { tokens, tags: tags.split(" ") };
        }),
      );
    } finally {
      await Deno.remove(path);
    }
  });
}
