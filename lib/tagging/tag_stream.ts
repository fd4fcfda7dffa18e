/**
 * Tags sentences as they come: some are held at a time, so that those of like length are read
 * together, and they go out in the order in which they came.
 *
 * @module
 */
import type { RawSentence } from "../raw_text/raw_sentence.ts";
import type { SentenceTagger, TaggedSentence } from "./tagged_sentence.ts";

/** How much is held at a time: what comes first. */
const most = { sentences: 512, words: 16_384, characters: 262_144 };

/** Groups of tagged sentences, all of them in the order given. */
export async function* tagStream(
  sentences: AsyncIterable<RawSentence>,
  tagger: SentenceTagger,
): AsyncGenerator<TaggedSentence[]> {
  let held: RawSentence[] = [], words = 0, characters = 0;
  const tagged = async (): Promise<TaggedSentence[]> => {
    const group = held;
    [held, words, characters] = [[], 0, 0];
    return await tagger.tagged(group);
  };
  for await (const sentence of sentences) {
    held.push(sentence);
    words += sentence.words.length;
    characters += sentence.text.length;
    if (
      held.length >= most.sentences || words >= most.words || characters >= most.characters
    ) yield await tagged();
  }
  if (held.length > 0) yield await tagged();
}
