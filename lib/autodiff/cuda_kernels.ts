/**
 * What the cuda provider has kernels for, for tests on machines without it.
 *
 * @module
 */
import { decodeModel, type OnnxModel } from "../onnx/model_proto.ts";

/**
 * Of all operators that a table, a Loop or a mask may emit: those that docs/OperatorKernels.md of
 * the runtime lists for CUDAExecutionProvider, with float32 (uint64 for Add, Mul, Div and Less,
 * int64 for Range, bool for Not), for opset 21.
 */
const kernels = new Set(
  ("Add Cast Concat ConstantOfShape Div Erf Exp Expand FusedMatMul Gather GatherElements Gelu " +
    "Gemm Greater Identity LayerNormalization Less Log LogSoftmax Loop MatMul Max Mul Neg Not " +
    "OneHot Range ReduceLogSumExp ReduceSum Relu Reshape Scan ScatterElements Shape Sigmoid Slice Softmax Sqrt Sub " +
    "Tanh Transpose Unsqueeze Where").split(" "),
);

/** The operators of a model, bodies of loops included, that would not run on CUDA. */
export function withoutCudaKernel(model: Uint8Array): string[] {
  const found = new Set<string>();
  const visit = ({ nodes }: OnnxModel): void => {
    for (const { opType, attributes } of nodes) {
      if (!kernels.has(opType)) found.add(opType);
      for (const attribute of Object.values(attributes)) {
        if (attribute.kind === "graph") visit(attribute.value);
      }
    }
  };
  visit(decodeModel(model));
  return [...found].sort();
}
