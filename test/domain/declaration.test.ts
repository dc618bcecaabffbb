import { expect, it } from "vitest";
import type { Declaration } from "../../src/domain/contract.gen.ts";
import { consentFaults, declarationFaults } from "../../src/domain/declaration.ts";

const proof = {
  method: "web_form",
  collectedAt: "2026-01-31T09:00:00+07:00",
  noticeVersion: "2026-01",
  source: "https://example.vn/form",
  evidence: [{ kind: "form_submission", sha256: "0".repeat(64) }],
} as const;
const scope = { contentClass: "promotions", frequency: { max: 3, per: "week" } } as const;
const declared = (part: Partial<Declaration>): Declaration => ({
  basis: "consent",
  purposes: ["advertising"],
  channels: ["sms"],
  ...part,
});
const told = (declaration: Declaration) =>
  declarationFaults(declaration).map(({ code, pointer }) => `${code} ${pointer}`);

it("finds nothing missing in a complete advertising consent", () => {
  expect(told(declared({ consent: { ...proof, ...scope } }))).toEqual([]);
});

it("asks for no proof of consent where the basis is another one", () => {
  expect(told(declared({ basis: "contract", purposes: ["transaction"] }))).toEqual([]);
});

it("lets advertising rest on consent alone", () => {
  expect(told(declared({ basis: "legitimate_interest", purposes: ["survey", "advertising"] }))).toEqual([
    "basis_not_valid_for_purpose /basis",
  ]);
});

it("names each missing part of the proof, first of all faults", () => {
  expect(told(declared({}))).toEqual([
    "evidence_missing /consent/method",
    "evidence_missing /consent/collectedAt",
    "evidence_missing /consent/noticeVersion",
    "evidence_missing /consent/source",
    "evidence_missing /consent/evidence",
    "consent_scope_incomplete /consent/contentClass",
    "consent_scope_incomplete /consent/frequency",
  ]);
});

it("takes any one of the three ways to name the notice, but not white space", () => {
  const { noticeVersion: _, ...rest } = { ...proof, ...scope };
  for (const notice of [{ noticeVersion: "1" }, { noticeText: "Tôi đồng ý" }, { noticeToken: "t" }]) {
    expect(told(declared({ consent: { ...rest, ...notice } }))).toEqual([]);
  }
  expect(told(declared({ consent: { ...rest, noticeText: "  " } }))).toEqual([
    "evidence_missing /consent/noticeVersion",
  ]);
});

it("does not take evidence that points nowhere", () => {
  expect(told(declared({ consent: { ...proof, ...scope, evidence: [{ kind: "url" }] } }))).toEqual([
    "evidence_missing /consent/evidence/0",
  ]);
});

it("asks for class and frequency of advertising only", () => {
  expect(told(declared({ purposes: ["customer_care"], consent: proof }))).toEqual([]);
  expect(told(declared({ consent: { ...proof, contentClass: "promotions" } }))).toEqual([
    "consent_scope_incomplete /consent/frequency",
  ]);
});

it("asks the same of a consent granted on its own, and nothing of a withdrawal", () => {
  expect(consentFaults({ ...proof, purpose: "advertising", status: "granted" })[0]?.pointer).toBe(
    "/contentClass",
  );
  expect(consentFaults({ purpose: "advertising", status: "withdrawn" })).toEqual([]);
});
