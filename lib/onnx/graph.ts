/**
 * Puts an ONNX graph together node by node, so that it is in topological order by construction.
 *
 * @module
 */
import {
  type Dim,
  type DType,
  elementCount,
  formatDims,
  type TypedArray,
  type ValueInfo,
} from "./dtype.ts";
import {
  type Attribute,
  encodeModel,
  type Initializer,
  type OnnxModel,
  type OnnxNode,
} from "./model_proto.ts";

/** What a node call may say besides its inputs. */
export interface NodeOptions {
  /** `com.microsoft` for contributed operators; ai.onnx when left out. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Shown in profiles and errors; made unique. */
  readonly name?: string;
  /** How many outputs the operator has; 1 when left out. */
  readonly outputs?: number;
}

/** An integer attribute. */
export function int(value: number): Attribute {
  return { kind: "int", value };
}

/** A float attribute. */
export function float(value: number): Attribute {
  return { kind: "float", value };
}

/** A list-of-integers attribute. */
export function ints(value: readonly number[]): Attribute {
  return { kind: "ints", value };
}

/** A string attribute. */
export function string(value: string): Attribute {
  return { kind: "string", value };
}

/** A graph attribute: the body of a Loop or Scan. */
export function body(graph: GraphBuilder): Attribute {
  return { kind: "graph", value: graph.finish() };
}

/** A graph under construction. Values are spoken of by name. */
export class GraphBuilder {
  readonly #name: string;
  readonly #outer: GraphBuilder | undefined;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #values = new Set<string>();
  readonly #computed = new Set<string>();
  /** Node outputs that are graph outputs, with their name there: no copy is made for them. */
  readonly #renamed = new Map<string, string>();
  readonly #taken = new Map<string, number>();

  /** @param outer the graph around a Loop's body, whose values so far may be read in it */
  constructor(name: string, outer?: GraphBuilder) {
    this.#name = name;
    this.#outer = outer;
  }

  /** A name in this graph that no other graph has. */
  named(hint: string): string {
    return `${this.#name}/${hint}`;
  }

  /** The inputs so far, in order. */
  get inputs(): readonly ValueInfo[] {
    return this.#inputs;
  }

  /**
   * Declares a graph input.
   *
   * @throws {Error} when the name is taken
   */
  input(name: string, dtype: DType, dims: readonly Dim[]): string {
    this.#define(name, `input "${name}"`);
    this.#inputs.push({ name, dtype, dims });
    return name;
  }

  /**
   * Stores a constant under a unique name that starts with `hint`.
   *
   * @throws {Error} when `data` has not as many elements as `dims` ask for
   */
  initializer(
    hint: string,
    dtype: DType,
    dims: readonly number[],
    data: TypedArray,
  ): string {
    if (data.length !== elementCount(dims)) {
      throw new Error(
        `Cannot store initializer "${hint}" as its size must match its dims: ` +
          `got ${data.length} elements and ${formatDims(dims)}`,
      );
    }
    const name = this.#unique(hint);
    this.#define(name, `initializer "${name}"`);
    this.#initializers.push({ name, dtype, dims, data });
    return name;
  }

  /**
   * Appends a node with one output and returns that output's name.
   *
   * @throws {Error} when an input does not exist yet
   */
  node(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.nodes(opType, inputs, options)[0];
  }

  /**
   * Appends a node and returns its outputs' names.
   *
   * @throws {Error} when an input does not exist yet
   */
  nodes(opType: string, inputs: readonly string[], options: NodeOptions = {}): string[] {
    const name = this.#unique(options.name ?? opType);
    for (const input of inputs) {
      if (input !== "" && !this.#exists(input)) {
        throw new Error(
          `Cannot add ${opType} "${name}" as its inputs must exist: got "${input}"`,
        );
      }
    }
    const count = options.outputs ?? 1;
    const outputs = Array.from({ length: count }, (_, i) => i === 0 ? name : `${name}:${i}`);
    for (const output of outputs) {
      this.#define(output, `${opType} "${name}"`);
      this.#computed.add(output);
    }
    this.#nodes.push({
      opType,
      domain: options.domain ?? "",
      name,
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  /**
   * Makes a value a graph output called `name`.
   *
   * @throws {Error} when the value does not exist or the name is taken
   */
  output(name: string, value: string, dtype: DType, dims: readonly Dim[]): void {
    if (!this.#values.has(value)) {
      throw new Error(`Cannot add output "${name}" as its value must exist: got "${value}"`);
    }
    this.#define(name, `output "${name}"`);
    if (this.#computed.has(value) && !this.#renamed.has(value)) this.#renamed.set(value, name);
    else {
      this.#nodes.push({
        opType: "Identity",
        domain: "",
        name: `${name}:output`,
        inputs: [value],
        outputs: [name],
        attributes: {},
      });
    }
    this.#outputs.push({ name, dtype, dims });
  }

  /**
   * The finished ModelProto.
   *
   * @throws {Error} when the graph has no output
   */
  encode(): Uint8Array<ArrayBuffer> {
    return encodeModel(this.finish());
  }

  /**
   * The finished graph.
   *
   * @throws {Error} when it has no output
   */
  finish(): OnnxModel {
    if (this.#outputs.length === 0) {
      throw new Error(`Cannot encode graph "${this.#name}" as it must have an output: got none`);
    }
    const renamed = (value: string) => this.#renamed.get(value) ?? value;
    return {
      name: this.#name,
      nodes: this.#nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(renamed),
        outputs: node.outputs.map(renamed),
      })),
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  #exists(value: string): boolean {
    return this.#values.has(value) || (this.#outer !== undefined && this.#outer.#exists(value));
  }

  #define(value: string, what: string): void {
    if (this.#exists(value)) {
      throw new Error(`Cannot add ${what} as names must be unique: got "${value}" twice`);
    }
    this.#values.add(value);
  }

  #unique(hint: string): string {
    if (this.#outer && !hint.startsWith(`${this.#name}/`)) hint = `${this.#name}/${hint}`;
    for (;;) {
      const count = this.#taken.get(hint) ?? 0;
      this.#taken.set(hint, count + 1);
      const name = count === 0 ? hint : `${hint}_${count}`;
      if (!this.#exists(name)) return name;
    }
  }
}
