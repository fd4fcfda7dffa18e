/**
 * The adapter_config.json of AdapterHub, as its library writes it.
 *
 * @module
 */
import type { NamedAdapter } from "../models/adapters/bottleneck.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { familyOf } from "../models/encoder/families.ts";

/** The library whose files are written. */
const adaptersVersion = "adapters.1.3.0";

/** An adapter's config as the library writes it, with sorted keys. */
export function formatAdapterConfig(
  config: EncoderConfig,
  { name, adapter }: NamedAdapter,
): string {
  const { activation, scaling, dropout, reduction, leaveOut, coupling } = adapter;
  return formatJson({
    config: {
      adapter_residual_before_ln: false,
      cross_adapter: false,
      dropout: new Decimal(dropout),
      factorized_phm_W: true,
      factorized_phm_rule: false,
      hypercomplex_nonlinearity: "glorot-uniform",
      init_weights: "bert",
      init_weights_seed: null,
      inv_adapter: coupling ? "nice" : null,
      inv_adapter_reduction_factor: coupling?.reduction ?? null,
      is_parallel: false,
      learn_phm: true,
      leave_out: leaveOut,
      ln_after: false,
      ln_before: false,
      mh_adapter: false,
      non_linearity: activation,
      original_ln_after: true,
      original_ln_before: true,
      output_adapter: true,
      phm_bias: true,
      phm_c_init: "normal",
      phm_dim: 4,
      phm_init_range: 0.0001,
      phm_layer: false,
      phm_rank: 1,
      reduction_factor: reduction,
      residual_before_ln: true,
      scaling: new Decimal(scaling),
      shared_W_phm: false,
      shared_phm_rule: true,
      stochastic_depth: new Decimal(0),
      use_gating: false,
    },
    ...describedModel(config, name),
  });
}

/** What the files of an adapter and of a head say of their model. */
export function describedModel(config: EncoderConfig, name: string) {
  return {
    hidden_size: config.hidden_size,
    model_class: `${familyOf(config).className}AdapterModel`,
    model_name: "",
    model_type: config.model_type,
    name,
    version: adaptersVersion,
  };
}

/** A number that Python must read as a float, so that it has a point. */
class Decimal {
  constructor(readonly value: number) {}
}

/** JSON as Python's `json.dumps(…, indent=2)` writes it. */
export function formatJson(value: unknown): string {
  const point = (text: string) => /^-?\d+$/.test(text) ? `${text}.0` : text;
  const text = JSON.stringify(
    value,
    (_key, each) => each instanceof Decimal ? `\0${point(String(each.value))}` : each,
    2,
  );
  return text.replaceAll(/"\\u0000([^"]*)"/g, "$1");
}
