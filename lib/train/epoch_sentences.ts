/**
 * The training sentences as an epoch sees them: pieces, some of them labelled.
 *
 * @module
 */
import { type EncodedSentences, packSentences } from "../text/batching.ts";
import { encodeClassified, encodeTagged } from "../text/encode.ts";
import { maskPieces } from "../text/masking.ts";
import { recombineNames } from "../text/recombine.ts";
import type { WordTokenizer } from "../tokenizers/tokenizer.ts";
import type { TrainingJob } from "./training_job.ts";

/**
 * Encodes the sentences of an epoch, in the job's order. What is random in it (recombined names,
 * masks) depends on (seed, epoch, sentence) alone.
 *
 * @param epoch from 0
 * @throws {UserError} when words are to be masked and the tokenizer has no mask
 */
export function epochSentences(
  job: TrainingJob,
  tokenizer: WordTokenizer,
  epoch: number,
): EncodedSentences {
  const { maxTokens, options: { seed, recombineNames: share } } = job;
  switch (job.head) {
    case "token":
    case "sliced": {
      const { labels, labelledPieces, train } = job;
      const words = share > 0 ? recombineNames(train, share, seed, epoch) : train;
      return packSentences(
        words.map((each) => encodeTagged(tokenizer, each, labels, maxTokens, labelledPieces)),
      );
    }
    case "sequence":
      return packSentences(
        job.train.map((each) => encodeClassified(tokenizer, each, job.labels, maxTokens)),
      );
    case "mlm":
      return packSentences(
        job.train.map(({ tokens }, i) =>
          maskPieces(tokenizer.encode(tokens, maxTokens), tokenizer, seed, epoch, i)
        ),
      );
  }
}
