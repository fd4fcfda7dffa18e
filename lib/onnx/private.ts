/**
 * Keeps ONNX Runtime to itself: imported before it, by whoever imports it.
 *
 * Its Linux library (1.30) reports on sessions to its maker and leaves a `mat-debug-<pid>.log`
 * in the temporary folder of every process, unless this variable is set when it is loaded. Who sets
 * the variable outside is heard.
 *
 * @module
 */
const variable = "ORT_DISABLE_TELEMETRY";
if (Deno.env.get(variable) === undefined) Deno.env.set(variable, "1");
