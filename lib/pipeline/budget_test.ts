import { strict as assert } from "node:assert";
import type { Resources } from "../plan/stage.ts";
import { Budget } from "./budget.ts";

const total = { cores: 4, memoryMib: 1000, gpus: 1 };
const need = (cores: number, memoryMib = 0, gpus = 0): Resources => ({ cores, memoryMib, gpus });
const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Asks for shares in the order given, and notes who starts. */
function asks(budget: Budget, wanted: Record<string, [Resources, rank: number]>) {
  const started: string[] = [];
  const back = new Map<string, () => void>();
  for (const [name, [resources, rank]] of Object.entries(wanted)) {
    budget.take(resources, rank).then((giveBack) => {
      if (!giveBack) return;
      started.push(name);
      back.set(name, giveBack);
    });
  }
  return { started, giveBack: (name: string) => back.get(name)!() };
}

Deno.test("each kind of resource bounds who runs at once", async () => {
  for (
    const [first, second] of [
      [need(3), need(2)],
      [need(1, 600), need(1, 500)],
      [need(1, 0, 1), need(1, 0, 1)],
    ]
  ) {
    const { started, giveBack } = asks(new Budget(total), { a: [first, 0], b: [second, 1] });
    await settle();
    assert.deepEqual(started, ["a"]);
    giveBack("a");
    await settle();
    assert.deepEqual(started, ["a", "b"]);
  }
});

Deno.test("the lowest rank that fits goes first", async () => {
  const budget = new Budget(total);
  const { started, giveBack } = asks(budget, {
    holder: [need(4), 9],
    last: [need(1), 3],
    large: [need(4), 1],
    small: [need(1), 2],
  });
  await settle();
  assert.deepEqual(started, ["holder"]);
  giveBack("holder");
  await settle();
  assert.deepEqual(started, ["holder", "large"]);
  giveBack("large");
  await settle();
  assert.deepEqual(started, ["holder", "large", "small", "last"]);
});

Deno.test("who wants more than there is gets all there is, alone", async () => {
  const { started } = asks(new Budget(total), { huge: [need(9, 5000), 0], small: [need(1), 1] });
  await settle();
  assert.deepEqual(started, ["huge"]);
});

Deno.test("a closed budget starts nobody", async () => {
  const budget = new Budget(total);
  const { started, giveBack } = asks(budget, { a: [need(4), 0], b: [need(1), 1] });
  await settle();
  budget.close();
  giveBack("a");
  assert.equal(await budget.take(need(1), 0), undefined);
  assert.deepEqual(started, ["a"]);
});
