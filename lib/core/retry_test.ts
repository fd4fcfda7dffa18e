import { strict as assert } from "node:assert";
import { backoffMs, defaultRetryPolicy, pause, retryAfterMs } from "./retry.ts";

Deno.test("pauses double, stay within bounds and are the same every time", () => {
  for (let failed = 1; failed <= 12; failed++) {
    const full = Math.min(15_000, 500 * 2 ** (failed - 1));
    const ms = backoffMs(defaultRetryPolicy, "https://example.org/a", failed);
    assert.ok(ms >= full / 2 && ms <= full, `${ms} of ${full}`);
    assert.equal(ms, backoffMs(defaultRetryPolicy, "https://example.org/a", failed));
  }
});

Deno.test("Retry-After holds seconds or a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(retryAfterMs("7", now), 7000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:30 GMT", now), 30_000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2015 00:00:30 GMT", now), 0);
  assert.equal(retryAfterMs("soon", now), undefined);
  assert.equal(retryAfterMs(null, now), undefined);
});

Deno.test("a pause ends with its signal", async () => {
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort(new Error("stop"));
  await assert.rejects(waiting, { message: "stop" });
  await assert.rejects(pause(1, controller.signal), { message: "stop" });
});
