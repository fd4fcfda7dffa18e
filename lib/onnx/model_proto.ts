/**
 * Reads and writes ONNX ModelProto bytes: the part of onnx.proto3 that crosstie's graphs use.
 *
 * @module
 */
import protobuf from "protobufjs";
import { allocate, type Dim, type DType, type TypedArray, type ValueInfo } from "./dtype.ts";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  TensorProto,
  ValueInfoProto,
} from "./proto.ts";

/** An attribute of a node, by the kind it has in AttributeProto. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "tensor"; readonly value: Initializer }
  | { readonly kind: "graph"; readonly value: OnnxModel };

/** One operator call. An empty input or output name stands for an optional one left out. */
export interface OnnxNode {
  readonly opType: string;
  /** Empty for ai.onnx. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant tensor stored in the model. */
export interface Initializer {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

/** One graph: a whole model, or the body of a Loop. */
export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const irVersion = 10;
const opsets = [{ domain: "", version: 21 }, { domain: "com.microsoft", version: 1 }];

/** TensorProto.DataType. */
export const dataTypes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint64: 13,
};

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7 } as const;

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: "repeated", type, id });

const modelType = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: one("int64", 1),
        producerName: one("string", 2),
        graph: one("GraphProto", 7),
        opsetImport: many("OperatorSetIdProto", 8),
      },
    },
    OperatorSetIdProto: { fields: { domain: one("string", 1), version: one("int64", 2) } },
    GraphProto: {
      fields: {
        node: many("NodeProto", 1),
        name: one("string", 2),
        initializer: many("TensorProto", 5),
        input: many("ValueInfoProto", 11),
        output: many("ValueInfoProto", 12),
      },
    },
    NodeProto: {
      fields: {
        input: many("string", 1),
        output: many("string", 2),
        name: one("string", 3),
        opType: one("string", 4),
        attribute: many("AttributeProto", 5),
        domain: one("string", 7),
      },
    },
    AttributeProto: {
      fields: {
        name: one("string", 1),
        f: one("float", 2),
        i: one("int64", 3),
        s: one("bytes", 4),
        t: one("TensorProto", 5),
        g: one("GraphProto", 6),
        ints: many("int64", 8),
        type: one("int32", 20),
      },
    },
    TensorProto: {
      fields: {
        dims: many("int64", 1),
        dataType: one("int32", 2),
        name: one("string", 8),
        rawData: one("bytes", 9),
      },
    },
    ValueInfoProto: { fields: { name: one("string", 1), type: one("TypeProto", 2) } },
    TypeProto: { fields: { tensorType: one("TensorTypeProto", 1) } },
    TensorTypeProto: {
      fields: { elemType: one("int32", 1), shape: one("TensorShapeProto", 2) },
    },
    TensorShapeProto: { fields: { dim: many("DimensionProto", 1) } },
    DimensionProto: {
      oneofs: { value: { oneof: ["dimValue", "dimParam"] } },
      fields: { dimValue: one("int64", 1), dimParam: one("string", 2) },
    },
  },
}).lookupType("ModelProto");

/** The bytes of a model: IR version 10, ai.onnx opset 21 and com.microsoft 1. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const proto: ModelProto = {
    irVersion,
    producerName: "crosstie",
    opsetImport: opsets,
    graph: encodeGraph(model),
  };
  return new Uint8Array(modelType.encode(modelType.create(proto)).finish());
}

/**
 * Reads what {@link encodeModel} writes.
 *
 * @throws {Error} for a model that uses another data or attribute type
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const { graph } = modelType.toObject(modelType.decode(bytes), {
    longs: Number,
  }) as ModelProto;
  return decodeGraph(graph);
}

function encodeGraph(graph: OnnxModel): GraphProto {
  return {
    name: graph.name,
    node: graph.nodes.map((node) => ({
      input: [...node.inputs],
      output: [...node.outputs],
      name: node.name,
      opType: node.opType,
      domain: node.domain,
      attribute: Object.entries(node.attributes).map(([name, value]) =>
        encodeAttribute(name, value)
      ),
    })),
    initializer: graph.initializers.map(encodeTensor),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
  };
}

function decodeGraph(graph: GraphProto): OnnxModel {
  return {
    name: graph.name,
    nodes: (graph.node ?? []).map((node) => ({
      opType: node.opType,
      domain: node.domain ?? "",
      name: node.name ?? "",
      inputs: node.input ?? [],
      outputs: node.output ?? [],
      attributes: Object.fromEntries(
        (node.attribute ?? []).map((attribute) => [attribute.name, decodeAttribute(attribute)]),
      ),
    })),
    initializers: (graph.initializer ?? []).map(decodeTensor),
    inputs: (graph.input ?? []).map(decodeValueInfo),
    outputs: (graph.output ?? []).map(decodeValueInfo),
  };
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  const type = attributeTypes[attribute.kind];
  switch (attribute.kind) {
    case "int":
      return { name, type, i: attribute.value };
    case "float":
      return { name, type, f: attribute.value };
    case "string":
      return { name, type, s: new TextEncoder().encode(attribute.value) };
    case "ints":
      return { name, type, ints: [...attribute.value] };
    case "tensor":
      return { name, type, t: encodeTensor(attribute.value) };
    case "graph":
      return { name, type, g: encodeGraph(attribute.value) };
  }
}

function decodeAttribute(proto: AttributeProto): Attribute {
  switch (proto.type) {
    case attributeTypes.int:
      return { kind: "int", value: proto.i ?? 0 };
    case attributeTypes.float:
      return { kind: "float", value: proto.f ?? 0 };
    case attributeTypes.string:
      return { kind: "string", value: new TextDecoder().decode(proto.s) };
    case attributeTypes.ints:
      return { kind: "ints", value: proto.ints ?? [] };
    case attributeTypes.tensor:
      if (proto.t) return { kind: "tensor", value: decodeTensor(proto.t) };
      break;
    case attributeTypes.graph:
      if (proto.g) return { kind: "graph", value: decodeGraph(proto.g) };
  }
  throw new Error(`Cannot read attribute "${proto.name}" as its type is not used: ${proto.type}`);
}

function encodeTensor(tensor: Initializer): TensorProto {
  const { data } = tensor;
  return {
    dims: [...tensor.dims],
    dataType: dataTypes[tensor.dtype],
    name: tensor.name,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function decodeTensor(proto: TensorProto): Initializer {
  const dtype = dtypeOf(proto.dataType);
  const bytes = proto.rawData ?? new Uint8Array();
  const data = allocate(dtype, bytes.byteLength / allocate(dtype, 0).BYTES_PER_ELEMENT);
  new Uint8Array(data.buffer).set(bytes);
  return { name: proto.name ?? "", dtype, dims: proto.dims ?? [], data };
}

function encodeValueInfo({ name, dtype, dims }: ValueInfo): ValueInfoProto {
  const dim = dims.map((dim) => typeof dim === "number" ? { dimValue: dim } : { dimParam: dim });
  return { name, type: { tensorType: { elemType: dataTypes[dtype], shape: { dim } } } };
}

function decodeValueInfo({ name, type }: ValueInfoProto): ValueInfo {
  const dims = (type.tensorType.shape.dim ?? []).map((dim): Dim =>
    dim.dimParam ?? dim.dimValue ?? 0
  );
  return { name, dtype: dtypeOf(type.tensorType.elemType), dims };
}

function dtypeOf(dataType: number): DType {
  for (const [dtype, code] of Object.entries(dataTypes)) {
    if (code === dataType) return dtype as DType;
  }
  throw new Error(`Cannot read a tensor as its data type is not used: ${dataType}`);
}
