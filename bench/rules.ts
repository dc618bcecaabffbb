// Decisions per second of the engine beside Cedar (WASM), given the same facts in the same run.
// It gets an easier question: texts, hours and caps come to it as booleans that somebody else worked out, the
// policies are parsed beforehand, and a bare allow or deny is all it has to answer.
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { createEngine } from "../src/rules/engine.ts";
import type { RecipientFacts } from "../src/rules/facts.ts";
import { inOrder } from "../test/rules/baseline.ts";

const recipientsMax = 10_000;
const rounds = 7;
const { campaign, recipient } = inOrder("sms", "advertising");
const recipients = Array.from({ length: recipientsMax }, (_, at) => variant(at));

/** A campaign as they are: most in order, some refused, some near the cap. */
function variant(at: number): RecipientFacts {
  const phone = { ok: true as const, e164: `+84${901_000_000 + at}` };
  const contact = recipient.contact;
  if (contact === null) throw new Error("the baseline has a contact");
  if (at % 20 === 0) {
    return {
      ...recipient,
      phone,
      refusals: [{ channels: null, purposes: null, receivedAt: new Date(0), by: "subject" }],
    };
  }
  if (at % 21 === 0) return { ...recipient, phone, permissions: [] };
  if (at % 50 === 0) return { ...recipient, phone, listed: true };
  if (at % 5 === 0) {
    const handOff = { channel: "sms", purpose: "advertising", sender: "PHOLAN", tag: null } as const;
    return { ...recipient, phone, handOffs: [{ ...handOff, at: new Date("2026-11-24T01:00:00Z") }] };
  }
  return { ...recipient, phone, contact: { ...contact } };
}

const prepared = createEngine().prepare(campaign);

function engineRound(): { perSecond: number; allowed: number } {
  const passes = 20;
  let allowed = 0;
  const started = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass++) {
    for (const facts of recipients) if (prepared.decide(facts).verdict === "allow") allowed++;
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { perSecond: (passes * recipientsMax) / seconds, allowed: allowed / passes };
}

const policies = `
permit (principal, action == Action::"send", resource);
forbid (principal, action, resource) when { context.cancelled || !context.numberValid };
forbid (principal, action, resource) when { context.customerStatus != "active" || !context.policyAccepted || context.isPlatform };
forbid (principal, action, resource) when { !context.processorKnown || context.now < context.contractFrom || context.now >= context.contractUntil };
forbid (principal, action, resource) unless { context.processorPurposes.contains(context.purpose) && context.processorFields.containsAll(context.fields) };
forbid (principal, action, resource) when { context.abroad && !context.dossier };
forbid (principal, action, resource) unless { context.senderOwn };
forbid (principal, action, resource) unless { context.contactKnown };
forbid (principal, action, resource) when { context.erased || context.restricted || context.objected || context.minor };
forbid (principal, action, resource) when { context.undeclared || context.blocked || context.forbiddenContent };
forbid (principal, action, resource) when { context.refused || context.listed || context.listAge > 86400000 };
forbid (principal, action, resource) unless { context.consents.contains(context.wanted) };
forbid (principal, action, resource) unless { context.scopeComplete && context.proved };
forbid (principal, action, resource) unless { context.labelled && context.optOutText && context.parts <= 6 };
forbid (principal, action, resource) when { context.inDay >= 3 || context.inMonth >= context.agreed };
forbid (principal, action, resource) when { context.minuteOfDay < 420 || context.minuteOfDay >= 1320 };
`;

function cedarRound(count: number): { perSecond: number; allowed: number } {
  let allowed = 0;
  const started = process.hrtime.bigint();
  for (const facts of recipients.slice(0, count)) {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: "Customer", id: "cus_1" },
      action: { type: "Action", id: "send" },
      resource: { type: "Campaign", id: "cam_1" },
      context: contextOf(facts),
      preparsedPolicySetId: "policy",
      validateRequest: false,
      entities: [],
    });
    if (answer.type === "success" && answer.response.decision === "allow") allowed++;
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { perSecond: count / seconds, allowed };
}

function contextOf(facts: RecipientFacts): cedar.Context {
  const granted = facts.permissions.filter(({ state }) => state === "granted");
  const day = campaign.sendMoment.getTime() - 86_400_000;
  return {
    cancelled: campaign.cancelled,
    numberValid: facts.phone.ok,
    customerStatus: campaign.customer.status,
    policyAccepted: campaign.customer.policy.accepted,
    isPlatform: campaign.customer.isPlatform,
    processorKnown: campaign.processor !== null,
    now: campaign.sendMoment.getTime(),
    contractFrom: campaign.processor?.contract.validFrom.getTime() ?? 0,
    contractUntil: campaign.processor?.contract.validUntil.getTime() ?? 0,
    processorPurposes: [...(campaign.processor?.purposes ?? [])],
    processorFields: [...(campaign.processor?.fields ?? [])],
    purpose: campaign.purpose,
    fields: [...campaign.fields],
    abroad: false,
    dossier: false,
    senderOwn: true,
    contactKnown: facts.contact !== null,
    erased: facts.contact?.erasedAt !== null,
    restricted: facts.contact?.restrictedAt !== null,
    objected: facts.contact?.objectedAt !== null,
    minor: facts.contact?.adultAt !== null,
    undeclared: false,
    blocked: false,
    forbiddenContent: false,
    refused: facts.refusals.length > 0,
    listed: facts.listed,
    listAge: campaign.now.getTime() - (campaign.doNotCall?.snapshotAt.getTime() ?? 0),
    consents: granted.map(({ channel, purpose }) => `${channel} ${purpose}`),
    wanted: `${campaign.channel} ${campaign.purpose}`,
    scopeComplete: granted.every(
      ({ contentClass, frequency }) => contentClass !== null && frequency !== null,
    ),
    proved: granted.every(({ evidenceCount, hasNotice }) => evidenceCount > 0 && hasNotice),
    labelled: true,
    optOutText: true,
    parts: 1,
    inDay: facts.handOffs.filter(({ at }) => at.getTime() > day).length,
    inMonth: facts.handOffs.length,
    agreed: granted[0]?.frequency?.max ?? 0,
    minuteOfDay: 600,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const cedarMax = 2_000;
const engineRates: number[] = [];
const cedarRates: number[] = [];
if (cedar.preparsePolicySet("policy", { staticPolicies: policies }).type !== "success") {
  throw new Error("Cedar does not take the policies");
}
for (let round = 0; round < rounds; round++) {
  const mine = engineRound();
  engineRates.push(mine.perSecond);
  const theirs = cedarRound(cedarMax);
  cedarRates.push(theirs.perSecond);
  const same = recipients
    .slice(0, cedarMax)
    .filter((facts) => prepared.decide(facts).verdict === "allow").length;
  if (theirs.allowed !== same) throw new Error(`Cedar allows ${theirs.allowed}, the engine ${same}`);
}
const rate = median(engineRates);
console.log(`engine      ${Math.round(rate).toLocaleString("en")} decisions/s (median of ${rounds} rounds)`);
const peer = median(cedarRates);
console.log(`cedar-wasm  ${Math.round(peer).toLocaleString("en")} decisions/s`);
console.log(`ratio       ${Math.round(rate / peer)}×`);
