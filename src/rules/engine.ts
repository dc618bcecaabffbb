import type { Decision, RuleOutcome } from "../domain/decision.ts";
import { explainRules } from "./explain.ts";
import type { CampaignFacts, MessageFacts, RecipientFacts } from "./facts.ts";
import { rules } from "./index.ts";
import { createPolicy, defaultPolicyData, type PolicyData } from "./policy.ts";
import { createProfileOf, floorProfile, type Profile } from "./profile.ts";
import type { Campaign, MessageRule, RecipientRule, Refusal, Rule } from "./rule.ts";
import { allowed, decisionOf, type RefusedBy, strictest, strictnessOf } from "./verdict.ts";

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

/** A rule that is asked for each recipient, or one whose answer for the campaign is already known. */
type Step =
  | { readonly kind: "settled"; readonly rule: Rule; readonly refusal: Refusal }
  | { readonly kind: "recipient"; readonly rule: RecipientRule }
  | { readonly kind: "message"; readonly rule: MessageRule; readonly index: number };

/** Renderings remembered for each jurisdiction; personal texts pass through, shared ones stay. */
const renderingsMax = 64;

function prepareCampaign(campaign: Campaign): PreparedCampaign {
  const { facts } = campaign;
  const applicable = rules.filter((rule) => rule.appliesTo(facts));
  const steps = stepsOf(campaign, applicable);
  const messageRules = applicable.filter((rule) => rule.level === "message");
  const holding = applicable
    .filter((rule) => rule.level === "recipient")
    .filter(({ passesFrom }) => passesFrom);
  const profileOf = createProfileOf(facts, campaign.policy);
  const settled = steps.filter((step) => step.kind === "settled");
  const judged = new Map<Profile, Map<MessageFacts, readonly (Refusal | null)[]>>();
  let lastProfile: Profile | null = null;
  let lastMessage: MessageFacts | null = null;
  let lastAnswers: readonly (Refusal | null)[] = [];

  /** Answers of the message rules, in their order. */
  function answersOf(message: MessageFacts, profile: Profile): readonly (Refusal | null)[] {
    if (message === lastMessage && profile === lastProfile) return lastAnswers;
    let renderings = judged.get(profile);
    if (renderings === undefined) {
      renderings = new Map();
      judged.set(profile, renderings);
    }
    let answers = renderings.get(message);
    if (answers === undefined) {
      answers = messageRules.map((rule) =>
        rule.evaluate(campaign, { facts: message, isTemplate: false }, profile),
      );
      if (renderings.size >= renderingsMax) renderings.clear();
      renderings.set(message, answers);
    }
    lastProfile = profile;
    lastMessage = message;
    lastAnswers = answers;
    return answers;
  }

  function answer(step: Step, recipient: RecipientFacts, profile: Profile): Refusal | null {
    if (step.kind === "recipient") return step.rule.evaluate(campaign, recipient, profile);
    if (step.kind === "settled") return step.refusal;
    return answersOf(recipient.message, profile)[step.index] ?? null;
  }

  function decide(recipient: RecipientFacts): Decision {
    const profile = profileOf(recipient);
    let worst: Refusal | null = null;
    let worstRule: Rule | null = null;
    for (const step of steps) {
      const refusal = answer(step, recipient, profile);
      if (refusal === null) continue;
      if (worst === null || strictnessOf(refusal.verdict) > strictnessOf(worst.verdict)) {
        worst = refusal;
        worstRule = step.rule;
        if (refusal.verdict === "deny") break;
      }
    }
    if (worst === null || worstRule === null) return allowed;
    return decisionOf({ rule: worstRule, refusal: worst }, notBefore(worst, recipient, profile));
  }

  function refusals(recipient: RecipientFacts): readonly RefusedBy[] {
    const profile = profileOf(recipient);
    return steps.flatMap((step) => {
      const refusal = answer(step, recipient, profile);
      return refusal === null ? [] : [{ rule: step.rule, refusal }];
    });
  }

  /** The first moment at which every rule that may hold lets it pass: when a cap ends it may be night. */
  function notBefore(refusal: Refusal, recipient: RecipientFacts, profile: Profile): Date | null {
    if (refusal.verdict !== "hold") return null;
    let atMs = campaign.sendMs;
    for (let agreed = 0; agreed < holding.length; ) {
      agreed = 0;
      for (const rule of holding) {
        const fromMs = rule.passesFrom?.(campaign, recipient, profile, atMs) ?? atMs;
        if (fromMs <= atMs) agreed++;
        else atMs = fromMs;
      }
    }
    return new Date(atMs);
  }

  return {
    decision: strictest(settled),
    decide,
    refusals,
    explain: (recipient) => explainRules(rules, campaign, recipient, profileOf(recipient)),
  };
}

/**
 * The rules to ask, in order. What the campaign alone settles, by its facts or by its template, stands at its
 * rule's place; after the first denial nothing needs to be asked.
 */
function stepsOf(campaign: Campaign, applicable: readonly Rule[]): readonly Step[] {
  const steps: Step[] = [];
  const floor = floorProfile(campaign.facts, campaign.policy);
  let index = 0;
  for (const rule of applicable) {
    const refusal = campaignRefusal(rule, campaign, floor);
    if (rule.level === "recipient") steps.push({ kind: "recipient", rule });
    else if (refusal !== null) steps.push({ kind: "settled", rule, refusal });
    // A template may ask for review where its rendering is denied, so the rendering is judged all the same.
    if (rule.level === "message") {
      if (refusal?.verdict !== "deny") steps.push({ kind: "message", rule, index });
      index++;
    }
    if (refusal?.verdict === "deny") break;
  }
  return steps;
}

/** What a rule says of the campaign as a whole. */
function campaignRefusal(rule: Rule, campaign: Campaign, floor: Profile): Refusal | null {
  if (rule.level === "campaign") return rule.evaluate(campaign);
  if (rule.level === "recipient") return null;
  return rule.evaluate(campaign, { facts: campaign.facts.template, isTemplate: true }, floor);
}
