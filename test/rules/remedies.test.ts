import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngine } from "../../src/rules/engine.ts";
import { remedyIds } from "../../src/rules/remedy.ts";
import { applied, at } from "./applied-remedy.ts";
import type { Question } from "./baseline.ts";
import { caseFiles, questionOf } from "./case-file.ts";
import { question } from "./generated-question.ts";

const engine = createEngine();

function refusalsOf({ campaign, recipient }: Question) {
  return engine.prepare(campaign).refusals(recipient);
}

/** The half hours of the next fortnight, in which every window that ever opens does. */
function passesWithinFortnight(asked: Question, rule: string): boolean {
  const from = asked.campaign.sendMoment.getTime();
  for (let step = 1; step <= 14 * 48; step++) {
    const then = at(asked, new Date(from + step * 1_800_000));
    if (!refusalsOf(then).some((refused) => refused.rule.id === rule)) return true;
  }
  return false;
}

function faultsOfRemedies(asked: Question): string[] {
  return refusalsOf(asked).flatMap(({ rule, refusal }) =>
    refusal.remedies.flatMap(({ id }) => {
      const passes =
        id === "wait_for_hours"
          ? passesWithinFortnight(asked, rule.id)
          : !refusalsOf(applied(id, refusal.code, asked)).some(
              // Where the zone becomes known, the person may still have to wait for the morning.
              (after) => after.rule.id === rule.id && after.refusal.verdict === refusal.verdict,
            );
      const declared = rule.remedies.includes(id) && rule.codes.includes(refusal.code);
      return [
        ...(passes ? [] : [`${rule.id}: ${id} helps nothing`]),
        ...(declared ? [] : [`${rule.id}: ${id} undeclared`]),
      ];
    }),
  );
}

test("every remedy, applied, makes its refusal pass", () => {
  fc.assert(
    fc.property(question, (asked) => {
      expect(faultsOfRemedies(asked)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test("every remedy that exists is named in some case, and helps there", () => {
  const named = new Set<string>();
  for (const { cases } of caseFiles()) {
    for (const item of cases) {
      const asked = questionOf(item);
      for (const { refusal } of refusalsOf(asked)) for (const { id } of refusal.remedies) named.add(id);
      expect([item.name, faultsOfRemedies(asked)]).toEqual([item.name, []]);
    }
  }
  expect(remedyIds.filter((id) => !named.has(id))).toEqual([]);
});

test("a hold passes at its notBefore, and a second earlier it does not", () => {
  let held = 0;
  fc.assert(
    fc.property(question, (asked) => {
      const decision = engine.decide(asked.campaign, asked.recipient);
      expect(decision.notBefore === null).toBe(decision.verdict !== "hold");
      if (decision.notBefore === null) return;
      held++;
      const then = at(asked, decision.notBefore);
      expect(engine.decide(then.campaign, then.recipient).verdict).toBe("allow");
      const before = new Date(decision.notBefore.getTime() - 1000);
      if (before < asked.campaign.sendMoment) return;
      const tooEarly = at(asked, before);
      expect(engine.decide(tooEarly.campaign, tooEarly.recipient).verdict).toBe("hold");
    }),
    { numRuns: 1500 },
  );
  expect(held).toBeGreaterThan(20);
});

test("no remedy names a phone number or another fact of the person", () => {
  fc.assert(
    fc.property(question, (asked) => {
      const { phone } = asked.recipient;
      const said = JSON.stringify([
        engine.decide(asked.campaign, asked.recipient),
        engine.explain(asked.campaign, asked.recipient),
      ]);
      if (phone.ok) expect(said).not.toContain(phone.e164.slice(1));
    }),
    { numRuns: 300 },
  );
});
