import type { Decision, RuleOutcome } from "../domain/decision.ts";
import { explainRules } from "./explain.ts";
import type { CampaignFacts, MessageFacts, RecipientFacts } from "./facts.ts";
import { rules } from "./index.ts";
import { createPolicy, defaultPolicyData, type PolicyData } from "./policy.ts";
import { createProfileOf, floorProfile, type Profile } from "./profile.ts";
import type { Campaign, Refusal, Rule } from "./rule.ts";
import { allowed, decisionOf, isStricter, type RefusedBy, strictest } from "./verdict.ts";

/** Decides any number of recipients of one campaign; what the campaign alone settles is settled once. */
export type PreparedCampaign = {
  /** What holds for the campaign as a whole, whoever receives it. */
  readonly decision: Decision;
  decide(recipient: RecipientFacts): Decision;
  explain(recipient: RecipientFacts): readonly RuleOutcome[];
  /** Every refusal, in the order of the rules, also those that a stricter or earlier one outshines. */
  refusals(recipient: RecipientFacts): readonly RefusedBy[];
};

/** The one engine: preview, submission, hand-off, point-in-time questions and the middleware ask it. */
export type Engine = {
  readonly rules: readonly Rule[];
  readonly policyData: PolicyData;
  prepare(campaign: CampaignFacts): PreparedCampaign;
  decideCampaign(campaign: CampaignFacts): Decision;
  decide(campaign: CampaignFacts, recipient: RecipientFacts): Decision;
  explain(campaign: CampaignFacts, recipient: RecipientFacts): readonly RuleOutcome[];
};

/** Throws a RangeError if the regime data is incomplete or invalid. */
export function createEngine(options: { readonly policyData?: PolicyData } = {}): Engine {
  const policyData = options.policyData ?? defaultPolicyData;
  const policy = createPolicy(policyData);

  function prepare(facts: CampaignFacts): PreparedCampaign {
    return prepareCampaign({
      facts,
      nowMs: instantOf(facts.now, "now"),
      sendMs: instantOf(facts.sendMoment, "sendMoment"),
      policy,
    });
  }
  return {
    rules,
    policyData,
    prepare,
    decideCampaign: (campaign) => prepare(campaign).decision,
    decide: (campaign, recipient) => prepare(campaign).decide(recipient),
    explain: (campaign, recipient) => prepare(campaign).explain(recipient),
  };
}

function instantOf(date: Date, name: string): number {
  const instantMs = date.getTime();
  if (Number.isNaN(instantMs)) throw new RangeError(`${name} is not a date`);
  return instantMs;
}

/**
 * Everything that is left to ask of one recipient, once campaign, text and jurisdiction have had their say:
 * the rules of the recipient, with the refusals that are settled already at their places.
 */
type Plan = readonly Step[];
type Step = {
  readonly rule: Rule;
  readonly ask: (campaign: Campaign, recipient: RecipientFacts, profile: Profile) => Refusal | null;
};

/** Plans remembered for each jurisdiction; personal texts pass through, shared ones stay. */
const plansMax = 64;
const decisionsMax = 256;

function prepareCampaign(campaign: Campaign): PreparedCampaign {
  const applicable = rules.filter((rule) => rule.appliesTo(campaign.facts));
  const settled = settledByCampaign(campaign, applicable);
  const holding = applicable.flatMap((rule) =>
    rule.level === "recipient" && rule.passesFrom !== undefined ? [rule.passesFrom] : [],
  );
  const profileOf = createProfileOf(campaign.facts, campaign.policy);
  const plans = new Map<Profile, Map<MessageFacts, Plan>>();
  const decisions = new Map<Refusal, Decision>();
  let lastProfile: Profile | null = null;
  let lastMessage: MessageFacts | null = null;
  let lastPlan: Plan = [];

  function planOf(message: MessageFacts, profile: Profile): Plan {
    if (message === lastMessage && profile === lastProfile) return lastPlan;
    let ofProfile = plans.get(profile);
    if (ofProfile === undefined) {
      ofProfile = new Map();
      plans.set(profile, ofProfile);
    }
    let plan = ofProfile.get(message);
    if (plan === undefined) {
      plan = createPlan(campaign, applicable, settled, message, profile, true);
      if (ofProfile.size >= plansMax) ofProfile.clear();
      ofProfile.set(message, plan);
    }
    lastProfile = profile;
    lastMessage = message;
    lastPlan = plan;
    return plan;
  }

  function decide(recipient: RecipientFacts): Decision {
    const profile = profileOf(recipient);
    let worst: RefusedBy | null = null;
    for (const { rule, ask } of planOf(recipient.message, profile)) {
      const refusal = ask(campaign, recipient, profile);
      if (refusal === null) continue;
      if (worst !== null && !isStricter(refusal, worst.refusal)) continue;
      worst = { rule, refusal };
      if (refusal.verdict === "deny") break;
    }
    if (worst === null) return allowed;
    return worst.refusal.verdict === "hold"
      ? decisionOf(worst, passesFrom(recipient, profile))
      : remembered(worst);
  }

  /** Most refusals are constants of their rule: one decision serves all who get it. */
  function remembered(refused: RefusedBy): Decision {
    let decision = decisions.get(refused.refusal);
    if (decision === undefined) {
      decision = decisionOf(refused, null);
      if (decisions.size >= decisionsMax) decisions.clear();
      decisions.set(refused.refusal, decision);
    }
    return decision;
  }

  /** The first moment at which every rule that may hold lets it pass: when a cap ends it may be night. */
  function passesFrom(recipient: RecipientFacts, profile: Profile): Date {
    let atMs = campaign.sendMs;
    for (let agreed = 0; agreed < holding.length; ) {
      agreed = 0;
      for (const rulePassesFrom of holding) {
        const fromMs = rulePassesFrom(campaign, recipient, profile, atMs);
        // Nothing that holds can be never: a rule that never lets it pass denies.
        if (fromMs === null || fromMs <= atMs) agreed++;
        else atMs = fromMs;
      }
    }
    return new Date(atMs);
  }

  function refusals(recipient: RecipientFacts): readonly RefusedBy[] {
    const profile = profileOf(recipient);
    const plan = createPlan(campaign, applicable, settled, recipient.message, profile, false);
    return plan.flatMap(({ rule, ask }) => {
      const refusal = ask(campaign, recipient, profile);
      return refusal === null ? [] : [{ rule, refusal }];
    });
  }

  return {
    decision: strictest([...settled].map(([rule, refusal]) => ({ rule, refusal }))),
    decide,
    refusals,
    explain: (recipient) => explainRules(rules, campaign, recipient, profileOf(recipient)),
  };
}

/** What the campaign alone settles, by its facts or by its template, whoever receives it. */
function settledByCampaign(campaign: Campaign, applicable: readonly Rule[]): ReadonlyMap<Rule, Refusal> {
  const floor = floorProfile(campaign.facts, campaign.policy);
  const template = { facts: campaign.facts.template, isTemplate: true };
  const settled = new Map<Rule, Refusal>();
  for (const rule of applicable) {
    if (rule.level === "recipient") continue;
    const refusal =
      rule.level === "campaign" ? rule.evaluate(campaign) : rule.evaluate(campaign, template, floor);
    if (refusal !== null) settled.set(rule, refusal);
  }
  return settled;
}

/** In the order of the rules; `untilDenied` leaves out what can no longer be asked after a settled denial. */
function createPlan(
  campaign: Campaign,
  applicable: readonly Rule[],
  settled: ReadonlyMap<Rule, Refusal>,
  message: MessageFacts,
  profile: Profile,
  untilDenied: boolean,
): Plan {
  const plan: Step[] = [];
  for (const rule of applicable) {
    if (rule.level === "recipient") {
      plan.push({ rule, ask: rule.evaluate });
      continue;
    }
    let refusal = settled.get(rule) ?? null;
    // A template may ask for review where its rendering is denied, so the rendering is judged all the same.
    if (rule.level === "message" && refusal?.verdict !== "deny") {
      const ofRendering = rule.evaluate(campaign, { facts: message, isTemplate: false }, profile);
      if (isStricter(ofRendering, refusal)) refusal = ofRendering;
    }
    if (refusal === null) continue;
    const known = refusal;
    plan.push({ rule, ask: () => known });
    if (untilDenied && refusal.verdict === "deny") break;
  }
  return plan;
}
