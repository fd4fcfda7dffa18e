/**
 * The loss that training minimises.
 *
 * @module
 */
import { add, neg, scale } from "../autodiff/elementwise.ts";
import { crossEntropy, logSoftmax } from "../autodiff/normalisation.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { reduceMean } from "../autodiff/shapes.ts";

/**
 * The mean over rows of the cross entropy between the model and labels of which a share ε is spread
 * evenly over all classes (Szegedy et al. 2016, §7; `label_smoothing` of PyTorch's cross_entropy).
 *
 * @param logits [M, L]
 * @param labels int64 [M]
 * @param smoothing ε, from 0 to below 1
 * @returns [], in nats
 */
export function smoothedCrossEntropy(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const hard = reduceMean(crossEntropy(logits, labels));
  if (smoothing === 0) return hard;
  const even = neg(reduceMean(logSoftmax(logits)));
  return add(scale(hard, 1 - smoothing), scale(even, smoothing));
}
