/**
 * The entry of crosstie.
 *
 * @module
 */
import { main } from "./cli/program.ts";

Deno.exit(await main(Deno.args));
