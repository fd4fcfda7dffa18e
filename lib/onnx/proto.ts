/**
 * The messages of onnx.proto3 that crosstie's graphs use, as they are before they are bytes.
 *
 * @module
 */

/** A constant. */
export interface TensorProto {
  dims?: number[];
  dataType: number;
  name?: string;
  rawData: Uint8Array;
}
/** A setting of a node. */
export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  ints?: number[];
}
/** An input or output. */
export interface ValueInfoProto {
  name: string;
  type: {
    tensorType: {
      elemType: number;
      shape: { dim?: { dimValue?: number; dimParam?: string }[] };
    };
  };
}
/** A graph. */
export interface GraphProto {
  name: string;
  node?: {
    input?: string[];
    output?: string[];
    name?: string;
    opType: string;
    domain?: string;
    attribute?: AttributeProto[];
  }[];
  initializer?: TensorProto[];
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
}
/** A model. */
export interface ModelProto {
  irVersion: number;
  producerName: string;
  opsetImport: { domain?: string; version: number }[];
  graph: GraphProto;
}
