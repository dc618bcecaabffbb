import { expect, test } from "vitest";
import { createEngine } from "../../src/rules/engine.ts";
import { defaultPolicyData, type PolicyData } from "../../src/rules/policy.ts";
import type { Regime } from "../../src/rules/regimes/regime.ts";
import { vn } from "../../src/rules/regimes/vn.ts";
import { inOrder } from "./baseline.ts";

function withVietNam(change: Partial<Regime>): PolicyData {
  return { ...defaultPolicyData, regimes: { ...defaultPolicyData.regimes, vn: { ...vn, ...change } } };
}

test("duties of SMS reach Viber once the data says so", () => {
  const { campaign, recipient } = inOrder("viber", "advertising");
  const text = "Pho Lan: giam 20%. Tu choi: soan TC gui 199";
  const message = { ...recipient.message, text };
  const policyData = withVietNam({
    labels: vn.labels.map((duty) => ({ ...duty, channels: ["sms", "viber"] })),
  });
  const decision = createEngine({ policyData }).decide(
    { ...campaign, template: message },
    { ...recipient, message },
  );
  expect(decision.code).toBe("label_missing");
});

test("a floor that asks for no dossier, brandname or list asks for none", () => {
  const silent = (regime: Regime): Regime => ({ ...regime, doNotCall: null });
  const { eu, uk, ch, us, sg, th, other } = defaultPolicyData.regimes;
  const policyData: PolicyData = {
    ...defaultPolicyData,
    regimes: {
      vn: { ...vn, transfer: null, brandname: null, doNotCall: null },
      eu,
      uk,
      ch,
      us: silent(us),
      sg: silent(sg),
      th,
      other,
    },
  };
  const engine = createEngine({ policyData });
  const { campaign, recipient } = inOrder("viber", "advertising");
  const { processor } = campaign;
  if (processor === null) throw new Error("the baseline has a processor");
  const open = { ...campaign, doNotCall: null, processor: { ...processor, transferDossier: null } };
  expect(engine.decide(open, recipient).verdict).toBe("allow");
  expect(engine.explain(open, recipient).every(({ outcome }) => outcome !== "deny")).toBe(true);
});

test("a channel without a policy has no limit of length", () => {
  const engine = createEngine({ policyData: { ...defaultPolicyData, channels: [] } });
  const { campaign, recipient } = inOrder("viber", "transaction");
  const message = { ...recipient.message, text: "a".repeat(2000) };
  const long = { ...campaign, template: message };
  expect(engine.decide(long, { ...recipient, message }).verdict).toBe("allow");
  expect(
    engine.explain(long, { ...recipient, message }).find(({ rule }) => rule === "message-length")?.facts,
  ).toEqual({
    unit: null,
    max: null,
    length: null,
  });
});

test("an opt-out by call alone is not enough where only SMS is a method", () => {
  const engine = createEngine({
    policyData: withVietNam({ optOut: vn.optOut.map((duty) => ({ ...duty, methods: ["sms"] })) }),
  });
  const { campaign, recipient } = inOrder("sms", "advertising");
  const message = { ...recipient.message, text: "[QC] Pho Lan giam 20%. De tu choi goi 19001234" };
  expect(engine.decide({ ...campaign, template: message }, { ...recipient, message }).code).toBe(
    "opt_out_text_missing",
  );
});
