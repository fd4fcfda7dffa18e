/**
 * Every kind of oddity of a corpus. The one place where they are named.
 *
 * @module
 */

/** What can be odd in a source, and what it means. */
export const oddityKinds = {
  byteOrderMark: "the file starts with a byte-order mark",
  byteOrderMarkInside: "a byte-order mark stands inside the file, as where files were joined",
  lineBreakInside:
    "a line of raw text has a character that some programs take for a line break; it parts words",
  carriageReturns: "lines end in CR LF",
  loneCarriageReturns: "lines end in CR without LF",
  documentMarker: "a -DOCSTART- line stands between documents",
  commentLine: "a line is a comment, as the catalogue declares",
  commentLikeWord: "a word line begins like a comment and is read as a word",
  skippedIndex: "a line stands for several words or for none (1-2, 1.1)",
  emptyText: "a text has no characters",
  noGoldLabel: "a text has no label to learn from, as the catalogue declares",
  quotedRows:
    "a column in double quotes has line breaks and tabs in it, so that it may be several rows: " +
    "declare `quotes: false` where double quotes are ordinary characters",
  escapedCharacter: "a text has \\u and four digits in it where a character should be",
  emptyToken: "a word has no characters; it is read as U+FFFD, so that words keep their places",
  whiteSpaceInWord: "a word has white space in it or is nothing else",
  invisibleCharacter:
    "a word has a character that cannot be seen (zero-width, joiner, soft hyphen)",
  controlCharacter: "a word has a control character",
  unassignedCharacter: "a word has a code point that Unicode gives no character or private use",
  replacementCharacter: "a word has U+FFFD, which stands for a character that was lost before",
  leadingMark: "a word begins with a combining mark, which belongs to a character before it",
  notComposed:
    "a word is not in Unicode's composed form (NFC), so that it differs from one that is",
  missingTag: "a word has no tag and is read as O, as the catalogue declares",
  outsideTag: "a tag is read as O, as the catalogue declares",
  orphanInside: "an I- tag follows no tag of its type",
  convertedScheme:
    "a tag of another scheme than IOB2 is turned into IOB2, as the catalogue declares",
  brokenScheme: "a tag does not follow its scheme; an entity begins or ends there nonetheless",
  schemeDoubt: "most entities begin with I-, so that the scheme may be IOB1 or IO",
  splitWord: "a word with white space becomes several, as the catalogue declares",
  cutSentence: "a sentence is cut by the rule that the catalogue declares",
  longSentence: "a sentence is longer than sentences are, so that blank lines may be missing",
  oneSentence:
    "the split is one sentence of more than 1,000 words, so that blank lines are missing",
  mojibake: "a word is UTF-8 that was read as Latin-1 and encoded again",
  mojibakeKept: "a word beyond ASCII is no mojibake, in a file where mojibake is repaired",
  emptySentence: "a row has no words",
  binaryText: "words are stored as bytes, and are read as UTF-8",
  extraMember: "the archive holds a file that is no split of the corpus",
  repeatedMember: "the archive holds a file twice; the later one counts",
  duplicateSentence: "a sentence has the same words as an earlier one of its split",
  validationInTrain: "a validation sentence has the same words as a train sentence",
  testInTrain: "a test sentence has the same words as a train sentence",
  composedInTrain: "an entity has the words of a train entity only after both are composed (NFC)",
  emptySplit: "the split has no sentences, or the corpus does not have it",
  cutSplit: "the split is a fixed part of another one, as the catalogue declares",
  splitNotFetched: "the split is not needed and could not be fetched: nothing is compared with it",
  wordsStripped:
    "every word of the split has no characters, or is the same, so that its words may be missing",
  labelsStripped: "every word of the split is tagged O, so that its labels may be missing",
  noLength: "the server sent the file without its length, so that a cut could go unnoticed",
  unpinnedFile: "the catalogue has no SHA-256 for the file, so that any change goes unnoticed",
} as const;

/** What is odd. */
export type OddityKind = keyof typeof oddityKinds;
