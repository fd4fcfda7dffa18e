/**
 * Tables in memory. The only importer of arquero.
 *
 * @module
 */
export { desc, from, op } from "arquero";
