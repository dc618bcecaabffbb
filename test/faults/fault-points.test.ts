import { expect, test } from "vitest";
import { runFaultSlice } from "./fault-slice.ts";
import { noViolations } from "./fault-verdict.ts";

const withdrawals = 2_000;
const faults = 300;
/** On two quiet cores both numbers are reached in less than two minutes; a busy machine gets the time that it needs. */
const secondsMax = 480;

test("2,000 withdrawals against hand-offs under 300 faults at named points break no promise", async () => {
  const seed = Number(process.env["FAULT_SEED"] ?? 20_261_124);
  const figures = await runFaultSlice({ seed, withdrawals, faults, secondsMax });
  console.info(JSON.stringify(figures));
  expect(figures.violations).toEqual(noViolations);
  expect(figures.withdrawals).toBeGreaterThanOrEqual(withdrawals);
  expect(Object.values(figures.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(faults);
  expect(figures.calls).toBeGreaterThan(0);
}, 720_000);
