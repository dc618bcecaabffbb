import { describe, expect, test } from "vitest";
import { reasonCodes } from "../../src/domain/vocabulary.ts";
import { createEngine } from "../../src/rules/engine.ts";
import { caseFiles, questionOf } from "./case-file.ts";

const engine = createEngine();
const files = caseFiles();

describe.each(files)("$file", ({ cases }) => {
  test.each(cases)("$name", (item) => {
    const { campaign, recipient } = questionOf(item);
    const decision = engine.decide(campaign, recipient);
    const { remedies, notBefore, ...expected } = item.expect;
    expect(decision).toMatchObject({
      ...expected,
      notBefore: notBefore === undefined ? null : new Date(notBefore),
    });
    if (remedies !== undefined) expect(decision.remedy).toHaveLength(remedies);
    for (const { vi, en } of decision.remedy) expect([vi, en]).not.toContain("");
    if (decision.verdict === "allow") {
      expect(decision).toEqual(
        expect.objectContaining({ code: null, rule: null, citation: null, remedy: [] }),
      );
    } else expect(decision.citation).not.toBe("");
    const explained = engine.explain(campaign, recipient).filter(({ code }) => code !== null);
    const refused = engine.prepare(campaign).refusals(recipient);
    expect(explained.map(({ rule }) => rule)).toEqual(refused.map(({ rule }) => rule.id));
  });
});

test("every reason code has a case that gives it, by the rule that owns it", () => {
  const given = new Set(files.flatMap(({ cases }) => cases.map((item) => item.expect.code)));
  expect(reasonCodes.filter((code) => !given.has(code))).toEqual([]);
  for (const { cases } of files) {
    for (const { expect: expected } of cases) {
      if (expected.rule === undefined || expected.code === null) continue;
      const rule = engine.rules.find(({ id }) => id === expected.rule);
      expect(rule?.codes).toContain(expected.code);
    }
  }
});

test("every reason code belongs to exactly one rule", () => {
  const owned = engine.rules.flatMap(({ codes }) => codes);
  expect([...owned].sort()).toEqual([...reasonCodes].sort());
});

test("every rule has a case in which it decides", () => {
  const deciding = new Set(files.flatMap(({ cases }) => cases.map((item) => item.expect.rule)));
  expect(engine.rules.map(({ id }) => id).filter((id) => !deciding.has(id))).toEqual([]);
});
