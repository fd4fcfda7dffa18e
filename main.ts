/**
 * The entry of crosstie.
 *
 * @module
 */
import { printSettled } from "./cli/settled.ts";

if (!printSettled(Deno.args)) {
  const { main } = await import("./cli/program.ts");
  Deno.exit(await main(Deno.args));
}
