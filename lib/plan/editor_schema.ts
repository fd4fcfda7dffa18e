/**
 * The JSON Schema of pipeline files, by which editors complete and check them.
 *
 * @module
 */
import { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { strictParams } from "./kind_params.ts";
import { inputSchema, pipelineSchema, stageSchema } from "./schema.ts";
import type { InputSpec, StageKind } from "./stage.ts";

type Schema = { [key: string]: Json };

const draft = "http://json-schema.org/draft-07/schema#";
const reference = { $ref: "#/definitions/reference" };

/** The schema, given every kind that `use` can name. What only a plan can tell is not in it. */
export function editorSchema(kinds: readonly StageKind[]): Json {
  const { use, with: given, inputs } = stageSchema.shape;
  const file = toSchema(pipelineSchema, (zodSchema, schema) => {
    if (zodSchema === use) schema.enum = kinds.map(({ kind }) => kind);
    // Said of every kind by itself, so that a mistake is told once.
    if (zodSchema === given || zodSchema === inputs) {
      replace(schema, { type: "object", description: schema.description });
    }
    if (zodSchema === stageSchema) schema.allOf = kinds.map(ofKind);
  });
  return {
    $schema: draft,
    definitions: {
      reference: {
        type: "string",
        pattern: "^\\$(?!\\$)",
        description: "$name: this stage's axis, or else a param.",
      },
      input: toSchema(inputSchema),
    },
    ...file,
  };
}

/** What holds for a stage of a kind. */
function ofKind(kind: StageKind): Schema {
  const params = admitReferences(toSchema(strictParams(kind)));
  const inputs = Object.entries<InputSpec>(kind.inputs);
  const needed = inputs.filter(([, { optional }]) => !optional).map(([name]) => name);
  const hasNeededParams = Array.isArray(params.required) && params.required.length > 0;
  return {
    if: { properties: { use: { const: kind.kind } }, required: ["use"] },
    then: {
      properties: {
        use: { description: `${kind.kind}: ${kind.about}` },
        with: params,
        inputs: {
          type: "object",
          properties: Object.fromEntries(
            inputs.map(([name, spec]): [string, Schema] => [name, {
              description: describeInput(spec),
              allOf: [{ $ref: "#/definitions/input" }],
            }]),
          ),
          ...needed.length > 0 ? { required: needed } : {},
          additionalProperties: false,
        },
      },
      required: [...hasNeededParams ? ["with"] : [], ...needed.length > 0 ? ["inputs"] : []],
    },
  };
}

function describeInput({ about, takes, optional }: InputSpec): string {
  const count = takes === "one" ? "one instance" : "one instance or more";
  return `${about} (${count}${optional ? ", or left out" : ""})`;
}

function toSchema(
  of: z.ZodType,
  override: (zodSchema: z.core.$ZodType, schema: Schema) => void = () => {},
): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(of, {
    target: "draft-7",
    io: "input",
    cycles: "throw",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // What every whole number is, tells nobody anything.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      override(zodSchema, jsonSchema as Schema);
    },
  }) as Schema;
  return schema;
}

/** A schema in which every value below the outermost may also be `$name`. */
function admitReferences(schema: Schema): Schema {
  const result = { ...schema };
  for (const key of ["properties", "patternProperties"]) {
    if (!isSchema(schema[key])) continue;
    const entries = Object.entries(schema[key]).map(([name, each]) => [name, orReference(each)]);
    result[key] = Object.fromEntries(entries);
  }
  for (const key of ["items", "additionalItems", "additionalProperties"]) {
    const value = schema[key];
    if (Array.isArray(value)) result[key] = value.map(orReference);
    else if (isSchema(value)) result[key] = orReference(value);
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const value = schema[key];
    if (!Array.isArray(value)) continue;
    result[key] = value.map((each) => isSchema(each) ? admitReferences(each) : each);
  }
  return result;
}

function orReference(schema: Json): Json {
  if (!isSchema(schema) || admitsAnyText(schema)) return schema;
  const { description, default: standard, ...rest } = admitReferences(schema);
  return {
    ...description === undefined ? {} : { description },
    ...standard === undefined ? {} : { default: standard },
    anyOf: [rest, reference],
  };
}

function admitsAnyText({ type, description: _, default: __, ...limits }: Schema): boolean {
  return (type === undefined || type === "string") && Object.keys(limits).length === 0;
}

function isSchema(value: Json | undefined): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function replace(schema: Schema, by: Schema): void {
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, by);
}
