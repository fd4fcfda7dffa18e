import { strict as assert } from "node:assert";
import { answeredEntities, answeredSplits } from "./answered.ts";
import { suspectRows } from "./suspects.ts";
import { predictionRows, type Sentence } from "./testdata/predicted.ts";

const suspected: [string, Sentence[], [string, string][], unknown[][]][] = [
  ["parentheses in an entity", [["( Mali ) x", "B-LOC I-LOC I-LOC O", "O B-LOC O O"]], [], [
    ["parentheses", 0, 0, 3, "( Mali )", "LOC", null, null, null, "?"],
  ]],
  ["parentheses around an entity are none", [["( Mali )", "O B-LOC O", "O O O"]], [], []],
  ["a bracket of another script", [["馬里（國）", "B-LOC", "B-LOC"]], [], [
    ["parentheses", 0, 0, 1, "馬里（國）", "LOC", null, null, null, "LOC"],
  ]],
  ["a year in a name", [["Cup 1994", "B-ORG I-ORG", "B-ORG I-ORG"]], [], [
    ["date", 0, 0, 2, "Cup 1994", "ORG", null, null, null, "ORG"],
  ]],
  [
    "dates in figures, and years in ranges",
    [
      ["12.5.1994 a 1994-96, b 1994/95 c", "B-ORG O B-ORG O B-LOC O", "O O O O O O"],
    ],
    [],
    [
      ["date", 0, 0, 1, "12.5.1994", "ORG", null, null, null, "O"],
      ["date", 0, 2, 3, "1994-96,", "ORG", null, null, null, "O"],
      ["date", 0, 4, 5, "1994/95", "LOC", null, null, null, "O"],
    ],
  ],
  ["a date is no suspect as one", [["in 1994", "O B-DATE", "O O"]], [], []],
  [
    "numbers that are no years",
    [["A380 x 007 x 4711", "B-ORG O B-ORG O B-ORG", "O O O O O"]],
    [],
    [],
  ],
  [
    "a type against two others",
    [
      ["Mali x", "B-PER O", "B-LOC O"],
      ["Mali y", "B-LOC O", "O O"],
      ["Mali z", "B-LOC O", "O O"],
    ],
    [],
    [["majority", 0, 0, 1, "Mali", "PER", "LOC", 2, 2, "LOC"]],
  ],
  ["one vote is no majority", [["Mali", "B-PER", "O"], ["Mali", "B-LOC", "O"]], [], []],
  [
    "half of the votes are none",
    [
      ["Mali", "B-PER", "O"],
      ["Mali", "B-LOC", "O"],
      ["Mali", "B-LOC", "O"],
      ["Mali", "B-PER", "O"],
      ["Mali", "B-PER", "O"],
    ],
    [],
    [
      ["majority", 1, 0, 1, "Mali", "LOC", "PER", 3, 4, "O"],
      ["majority", 2, 0, 1, "Mali", "LOC", "PER", 3, 4, "O"],
    ],
  ],
  ["training votes too", [["Mali", "B-PER", "O"]], [
    ["in Mali", "O B-LOC"],
    ["Mali", "B-LOC"],
  ], [["majority", 0, 0, 1, "Mali", "PER", "LOC", 2, 2, "O"]]],
  ["what was forgotten", [["saw Amina Ali", "O O O", "O B-PER I-PER"]], [
    ["Amina Ali", "B-PER I-PER"],
    ["Amina Ali", "B-PER I-PER"],
  ], [["majority", 0, 1, 3, "Amina Ali", "O", "PER", 2, 2, "PER"]]],
  ["an entity that is none elsewhere", [["the x", "B-ORG O", "O O"]], [
    ["the a", "O O"],
    ["the b", "O O"],
  ], [["majority", 0, 0, 1, "the", "ORG", "O", 2, 2, "O"]]],
  ["a part of a longer name votes for nothing", [["Mali", "B-LOC", "O"]], [
    ["Mali Bank", "B-ORG I-ORG"],
    ["Mali Bank", "B-ORG I-ORG"],
  ], []],
];
for (const [name, test, train, expected] of suspected) {
  Deno.test(`suspects: ${name}`, () => {
    const [split] = answeredSplits(predictionRows(test));
    const elsewhere = train.map(([words, tags]) => ({
      tokens: words.split(" "),
      tags: tags.split(" "),
    }));
    const suspects = suspectRows(split, answeredEntities(split), elsewhere, 100);
    assert.deepEqual(
      suspects.map((row) => [
        ...[row.reason, row.sentence, row.start, row.end, row.text, row.gold, row.expected],
        ...[row.votes, row.elsewhere, row.predicted],
      ]),
      expected,
    );
  });
}
