import type { RuleOutcome } from "../domain/decision.ts";
import type { RecipientFacts } from "./facts.ts";
import { floorProfile, type Profile } from "./profile.ts";
import type { Campaign, JudgedMessage, ReadFacts, Refusal, Rule } from "./rule.ts";
import { isStricter } from "./verdict.ts";

/** Every rule in order, also those after the one that decided, with what it read. */
export function explainRules(
  rules: readonly Rule[],
  campaign: Campaign,
  recipient: RecipientFacts,
  profile: Profile,
): readonly RuleOutcome[] {
  return rules.map((rule) => {
    if (!rule.appliesTo(campaign.facts)) {
      return { rule: rule.id, outcome: "not_applicable", code: null, citation: rule.citation, facts: {} };
    }
    const { refusal, facts } = ask(rule, campaign, recipient, profile);
    return {
      rule: rule.id,
      outcome: refusal?.verdict ?? "pass",
      code: refusal?.code ?? null,
      citation: rule.citation,
      facts,
    };
  });
}

type Answer = { readonly refusal: Refusal | null; readonly facts: ReadFacts };

function ask(rule: Rule, campaign: Campaign, recipient: RecipientFacts, profile: Profile): Answer {
  if (rule.level === "campaign") return { refusal: rule.evaluate(campaign), facts: rule.read(campaign) };
  if (rule.level === "recipient") {
    return {
      refusal: rule.evaluate(campaign, recipient, profile),
      facts: rule.read(campaign, recipient, profile),
    };
  }
  const template: JudgedMessage = { facts: campaign.facts.template, isTemplate: true };
  const rendering: JudgedMessage = { facts: recipient.message, isTemplate: false };
  const ofTemplate = rule.evaluate(campaign, template, floorProfile(campaign.facts, campaign.policy));
  const ofRendering = rule.evaluate(campaign, rendering, profile);
  // The facts shown are those of the text that the refusal speaks of.
  return isStricter(ofTemplate, ofRendering)
    ? { refusal: ofTemplate, facts: rule.read(campaign, template, profile) }
    : { refusal: ofRendering, facts: rule.read(campaign, rendering, profile) };
}
