/**
 * The places of a model where dropout acts, each with a mask that the host feeds.
 *
 * @module
 */
import type { Dim } from "../autodiff/dims.ts";
import { dropout } from "../autodiff/elementwise.ts";
import { input } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";

/** One place of dropout: a bool graph input, true where a value is kept. */
export interface DropoutSite {
  /** The name of the mask's input, such as `dropout.layer.0.attention`. */
  readonly name: string;
  readonly dims: readonly Dim[];
  /** The rate in whole 1/256, so that one random byte decides; the scale is 1/(1 − rate). */
  readonly rate: number;
}

/** Applies dropout while a training graph is built, and collects its sites. */
export class DropoutSites {
  readonly sites: DropoutSite[] = [];
  readonly masks: Tensor[] = [];

  /** x with dropout at a new site; x itself when the rate rounds to 0. */
  apply(name: string, rate: number, x: Tensor): Tensor {
    const quantised = Math.round(rate * 256) / 256;
    if (quantised === 0) return x;
    const site = { name: `dropout.${name}`, dims: x.dims, rate: quantised };
    const mask = input(site.name, "bool", site.dims);
    this.sites.push(site);
    this.masks.push(mask);
    return dropout(x, mask, 1 - quantised, site.name);
  }
}
