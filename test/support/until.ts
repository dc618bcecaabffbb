import { setTimeout as delay } from "node:timers/promises";

/** Waits for a condition; the description says what never came true. */
export async function until(
  description: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Still not after ${timeoutMs} ms: ${description}`);
    await delay(10);
  }
}
