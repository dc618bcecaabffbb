import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngine } from "../../src/rules/engine.ts";
import type { RecipientFacts } from "../../src/rules/facts.ts";
import { inOrder, permission } from "./baseline.ts";
import { permissions, question } from "./generated-question.ts";

const engine = createEngine();
const strictness = { allow: 0, hold: 1, review: 2, deny: 3 } as const;

test("a prepared campaign decides as the engine does, whatever it decided before", () => {
  fc.assert(
    fc.property(question, fc.array(question, { maxLength: 4 }), ({ campaign, recipient }, others) => {
      const prepared = engine.prepare(campaign);
      for (const other of others) prepared.decide(other.recipient);
      expect(prepared.decide(recipient)).toEqual(engine.decide(campaign, recipient));
      expect(prepared.decide(recipient)).toEqual(prepared.decide(recipient));
    }),
    { numRuns: 400 },
  );
});

test("the order of recipients does not matter", () => {
  fc.assert(
    fc.property(question, fc.array(question, { minLength: 2, maxLength: 6 }), ({ campaign }, asked) => {
      const recipients = asked.map(({ recipient }) => recipient);
      const forwards = engine.prepare(campaign);
      const backwards = engine.prepare(campaign);
      const decided = recipients.map((recipient) => forwards.decide(recipient));
      const reversed = recipients.toReversed().map((recipient) => backwards.decide(recipient));
      expect(reversed.toReversed()).toEqual(decided);
    }),
    { numRuns: 200 },
  );
});

test("what is refused for the campaign is refused for every recipient", () => {
  fc.assert(
    fc.property(question, question, ({ campaign }, { recipient }) => {
      const whole = engine.decideCampaign(campaign);
      const one = engine.decide(campaign, recipient);
      expect(strictness[one.verdict]).toBeGreaterThanOrEqual(strictness[whole.verdict]);
    }),
    { numRuns: 600 },
  );
});

test("more consent never denies more", () => {
  fc.assert(
    fc.property(question, permissions, ({ campaign, recipient }, added) => {
      const held = new Set(recipient.permissions.map(({ channel, purpose }) => `${channel} ${purpose}`));
      // An import of today's consents: full ones, for what was not yet on record.
      const more = added
        .filter(({ channel, purpose }) => !held.has(`${channel} ${purpose}`))
        .map(({ channel, purpose }) => permission(channel, purpose));
      const before = engine.decide(campaign, recipient);
      const after = engine.decide(campaign, {
        ...recipient,
        permissions: [...recipient.permissions, ...more],
      });
      // Only advertising that waits for its own cap may go from a refusal for want of consent to a hold.
      expect(strictness[after.verdict]).toBeLessThanOrEqual(strictness[before.verdict]);
    }),
    { numRuns: 1000 },
  );
});

test("the strictest refusal speaks, and of equally strict ones the first in the order of the rules", () => {
  fc.assert(
    fc.property(question, ({ campaign, recipient }) => {
      const refused = engine.prepare(campaign).refusals(recipient);
      const decision = engine.decide(campaign, recipient);
      if (refused.length === 0) {
        expect(decision.verdict).toBe("allow");
        return;
      }
      const worst = Math.max(...refused.map(({ refusal }) => strictness[refusal.verdict]));
      const first = refused.find(({ refusal }) => strictness[refusal.verdict] === worst);
      expect([decision.rule, decision.code]).toEqual([first?.rule.id, first?.refusal.code]);
    }),
    { numRuns: 800 },
  );
});

test("an explanation names every rule in order and agrees with the decision", () => {
  fc.assert(
    fc.property(question, ({ campaign, recipient }) => {
      const outcomes = engine.explain(campaign, recipient);
      expect(outcomes.map(({ rule }) => rule)).toEqual(engine.rules.map(({ id }) => id));
      const refused = engine.prepare(campaign).refusals(recipient);
      expect(
        outcomes
          .filter(({ outcome }) => outcome !== "pass" && outcome !== "not_applicable")
          .map(({ rule }) => rule),
      ).toEqual(refused.map(({ rule }) => rule.id));
      const decision = engine.decide(campaign, recipient);
      if (decision.verdict === "allow") return;
      const outcome = outcomes.find(({ rule }) => rule === decision.rule);
      expect(outcome).toMatchObject({
        outcome: decision.verdict,
        code: decision.code,
        citation: decision.citation,
      });
    }),
    { numRuns: 600 },
  );
});

test("an explanation tells what a rule read", () => {
  const { campaign, recipient } = inOrder("sms", "advertising");
  const outcomes = engine.explain(campaign, recipient);
  expect(outcomes.find(({ rule }) => rule === "frequency")?.facts).toEqual({
    handOffsInDay: 0,
    caps: "3/1d",
    agreedMax: 30,
    agreedPer: "month",
  });
  expect(outcomes.find(({ rule }) => rule === "quiet-hours")?.facts).toMatchObject({
    zones: "Asia/Ho_Chi_Minh",
    hours: "07:00-22:00",
    open: true,
  });
  expect(outcomes.find(({ rule }) => rule === "registration-once")?.outcome).toBe("not_applicable");
});

test("a moment that is no date is refused before anything is decided", () => {
  const { campaign } = inOrder("sms", "transaction");
  expect(() => engine.prepare({ ...campaign, now: new Date(Number.NaN) })).toThrow(RangeError);
  expect(() => engine.prepare({ ...campaign, sendMoment: new Date(Number.NaN) })).toThrow(RangeError);
});

test("a contract or an age that is no date fails closed", () => {
  const { campaign, recipient } = inOrder("sms", "transaction");
  const { processor } = campaign;
  const broken = new Date(Number.NaN);
  if (processor === null || recipient.contact === null) throw new Error("the baseline has both");
  const contract = { ...processor.contract, validUntil: broken };
  expect(engine.decide({ ...campaign, processor: { ...processor, contract } }, recipient).code).toBe(
    "processor_contract_expired",
  );
  const child = { ...recipient, contact: { ...recipient.contact, adultAt: broken } };
  expect(engine.decide(campaign, child).code).toBe("minor_without_guardian");
});

test("personal renderings do not pile up, and each is judged by its own text", () => {
  const { campaign, recipient } = inOrder("sms", "advertising");
  const prepared = engine.prepare(campaign);
  const personal = (at: number, label: string): RecipientFacts => ({
    ...recipient,
    message: { ...recipient.message, text: `${label} Chi ${at}: giam 20%. Tu choi: soan TC gui 199` },
  });
  for (let at = 0; at < 300; at++) {
    expect(prepared.decide(personal(at, "[QC]")).verdict).toBe("allow");
    expect(prepared.decide(personal(at, "QC:")).code).toBe("label_missing");
  }
});

test("a cap is counted for those without a permission too", () => {
  const { campaign, recipient } = inOrder("sms", "advertising");
  const handOff = { channel: "sms", purpose: "advertising", sender: "PHOLAN", tag: null } as const;
  const handOffs = [1, 2, 3].map((hour) => ({ ...handOff, at: new Date(Date.UTC(2026, 10, 24, hour)) }));
  const refused = engine.prepare(campaign).refusals({ ...recipient, permissions: [], handOffs });
  expect(refused.map(({ refusal }) => refusal.code)).toEqual(["consent_missing", "frequency_cap"]);
});

test("a channel that does not exist is refused, not crashed on", () => {
  const { campaign, recipient } = inOrder("sms", "advertising");
  const foreign = Object.assign({}, campaign, { channel: "fax" });
  expect(engine.decide(foreign, recipient).code).toBe("processor_unknown");
  const refused = engine.prepare(foreign).refusals(recipient);
  expect(refused.map(({ refusal }) => refusal.code)).toContain("consent_not_for_channel");
});

test("many different refusals do not pile up", () => {
  const { campaign, recipient } = inOrder("viber", "transaction");
  const prepared = engine.prepare(campaign);
  for (let at = 0; at < 600; at++) {
    const message = { ...recipient.message, text: `Casino ${at}` };
    expect(prepared.decide({ ...recipient, message }).code).toBe("forbidden_content");
  }
});
