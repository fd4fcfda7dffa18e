/** A range is taken only for what it is, however a server describes it. */
import {
  answer,
  cut,
  one,
  other,
  range,
  rest,
  strong,
  strongOther,
  testCases,
  whole,
} from "./testdata/hostile_cases.ts";

testCases([
  {
    name: "short ranges, one after another",
    script: [cut(), rest(one, [strong], 900)],
    gives: one,
    starts: [0, 2_000, 2_900, 3_800, 4_700],
  },
  {
    name: "a short range, then another version",
    script: [cut(), rest(one, [strong], 38), rest(other, [strongOther]), whole(other)],
    gives: other,
    starts: [0, 2_000, 2_038, 0],
  },
  {
    name: "a range of unknown total, where the journal knows it",
    script: [cut(), range("bytes 2000-4999/*", [strong])],
    gives: one,
    starts: [0, 2_000],
  },
  {
    name: "a short range of unknown total",
    script: [
      cut(),
      ({ start }) => ({
        ...range("bytes 2000-2099/*", [strong])({ start } as never),
        body: one.subarray(start, 2_100),
      }),
      rest(one, [strong]),
    ],
    gives: one,
    starts: [0, 2_000, 2_100],
  },
  {
    name: "a range that begins elsewhere",
    script: [cut(), range("bytes 1000-4999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a range that ends behind its total",
    script: [cut(), range("bytes 2000-5999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a range that ends before it begins",
    script: [cut(), range("bytes 2000-1999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 without Content-Range",
    script: [
      cut(),
      answer(["HTTP/1.1 206 Partial Content", strong], one.subarray(2_000)),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 of several ranges",
    script: [
      cut(),
      answer([
        "HTTP/1.1 206 Partial Content",
        strong,
        "content-type: multipart/byteranges; boundary=x",
      ], "--x"),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 whose body is longer than its range",
    script: [cut(), range("bytes 2000-2999/5000", [strong]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 that is compressed",
    script: [cut(), rest(one, [strong, "content-encoding: gzip"]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "a 206 of all, unasked",
    script: [range("bytes 0-4999/5000", [strong])],
    gives: one,
    starts: [0],
  },
  {
    name: "a 206 of a part, unasked, always",
    script: [
      answer(
        ["HTTP/1.1 206 Partial Content", "content-range: bytes 0-99/5000"],
        one.subarray(0, 100),
      ),
    ],
    refuses: /it answers with a part of the file \(tried 6 times\)/,
  },
  {
    name: "416 for what is there, though there is more",
    script: [
      cut(),
      answer(["HTTP/1.1 416 No", "content-range: bytes */2000", "content-length: 0"]),
      whole(one),
    ],
    gives: one,
    starts: [0, 2_000, 0],
  },
  {
    name: "416 without words",
    script: [cut(), answer(["HTTP/1.1 416 No", "content-length: 0"]), whole(one)],
    gives: one,
    starts: [0, 2_000, 0],
  },
]);
