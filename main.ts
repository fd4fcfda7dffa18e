/**
 * The entry of crosstie.
 *
 * @module
 */
import { printSettled } from "./cli/settled.ts";

if (!printSettled(Deno.args)) {
  // Deno reads all that a literal import() leads to before it starts: this waits until it is needed.
  const program = import.meta.resolve("./cli/program.ts");
  const { main }: typeof import("./cli/program.ts") = await import(program);
  Deno.exit(await main(Deno.args));
}
