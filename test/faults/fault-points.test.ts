import { beforeAll, describe, expect, test } from "vitest";
import { faultPoints } from "./fault-points.ts";
import { runFaultSlice } from "./fault-slice.ts";
import type { FaultFigures } from "./fault-verdict.ts";

const withdrawals = 2_000;
const faults = 300;
const seed = Number(process.env["FAULT_SEED"] ?? 20_261_124);

describe("Under faults at named points of the hand-off", { timeout: 900_000 }, () => {
  let figures: FaultFigures;
  let injected = 0;

  beforeAll(async () => {
    // The time is a bound for machines that are busy with something else.
    figures = await runFaultSlice({ seed, withdrawals, faults, secondsMax: 540 });
    injected = Object.values(figures.faults).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`faults: ${JSON.stringify(figures)}\n`);
  }, 900_000);

  test("enough has happened, at every point", () => {
    expect(figures.withdrawals).toBeGreaterThanOrEqual(withdrawals);
    expect(injected).toBeGreaterThanOrEqual(faults);
    for (const point of faultPoints) expect(Object.keys(figures.faults)).toContain(`SIGSTOP ${point}`);
    for (const kind of ["FLUSHALL", "reset_request", "reset_answer"])
      expect(Object.keys(figures.faults)).toContain(kind);
    expect(figures.calls).toBeGreaterThan(500);
  });

  test("no call reached a provider after a withdrawal had been answered", () => {
    expect(figures.violations.callsAfterWithdrawal).toEqual([]);
  });

  test("every call had a committed intent of its own before it", () => {
    expect(figures.violations.callsWithoutIntent).toEqual([]);
  });

  test("every intent had exactly one outcome within a minute", () => {
    expect(figures.violations.openAfter60Seconds).toBe(0);
    expect(figures.violations.intentsWithoutOneOutcome).toBe(0);
  });

  test("nothing that was approved is lost", () => {
    expect(figures.violations.lost).toEqual([]);
  });

  test("nobody got a message twice: by a key, or by never sending again by itself", () => {
    expect(figures.violations.effectsTwice).toEqual([]);
  });
});
