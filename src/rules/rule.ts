import type { Bilingual, DecidedBy, ReasonCode, Verdict } from "../domain/vocabulary.ts";
import type { CampaignFacts, MessageFacts, RecipientFacts } from "./facts.ts";
import type { Policy } from "./policy.ts";
import type { Profile } from "./profile.ts";
import type { Remedy, RemedyId } from "./remedy.ts";

/** Why a rule does not let a message go. The shared constants are frozen by type: rules never change one. */
export type Refusal = {
  readonly verdict: Exclude<Verdict, "allow">;
  readonly code: ReasonCode;
  /** What would make this refusal pass, each by itself; empty where nothing can. */
  readonly remedies: readonly Remedy[];
  /** Set where it differs from the rule's own. */
  readonly decidedBy?: DecidedBy;
  readonly canBeOverruled?: boolean;
};

/** What `explain` shows of the facts that a rule read: no personal data. */
export type ReadFacts = Readonly<Record<string, string | number | boolean | null>>;

/** A campaign as the rules see it: its facts, what was worked out from them once, and the policy in force. */
export type Campaign = {
  readonly facts: CampaignFacts;
  readonly nowMs: number;
  readonly sendMs: number;
  readonly policy: Policy;
};

/** A text to be judged; `isTemplate` where placeholders are not filled yet, so that their ends are unknown. */
export type JudgedMessage = {
  readonly facts: MessageFacts;
  readonly isTemplate: boolean;
};

type RuleBase = {
  readonly id: string;
  readonly title: Bilingual;
  /** Every reason code it may give; no other rule gives them. */
  readonly codes: readonly ReasonCode[];
  /** Clauses of the platform's policy, "P-05". */
  readonly clauses: readonly string[];
  readonly citation: string;
  readonly decidedBy: DecidedBy;
  readonly canBeOverruled: boolean;
  /** Every remedy it may name. */
  readonly remedies: readonly RemedyId[];
  /** Whether the rule has anything to say about a campaign of this kind. */
  readonly appliesTo: (facts: CampaignFacts) => boolean;
};

/** Asked once a campaign; its refusal is that of every recipient. */
export type CampaignRule = RuleBase & {
  readonly level: "campaign";
  readonly evaluate: (campaign: Campaign) => Refusal | null;
  readonly read: (campaign: Campaign) => ReadFacts;
};

/** Asked once for each rendering and jurisdiction, and of the template for the campaign as a whole. */
export type MessageRule = RuleBase & {
  readonly level: "message";
  readonly evaluate: (campaign: Campaign, message: JudgedMessage, profile: Profile) => Refusal | null;
  readonly read: (campaign: Campaign, message: JudgedMessage, profile: Profile) => ReadFacts;
};

/** Asked for each recipient. */
export type RecipientRule = RuleBase & {
  readonly level: "recipient";
  readonly evaluate: (campaign: Campaign, recipient: RecipientFacts, profile: Profile) => Refusal | null;
  readonly read: (campaign: Campaign, recipient: RecipientFacts, profile: Profile) => ReadFacts;
  /**
   * Only on rules that hold: the first moment, at or after `fromMs`, at which it would let the message pass
   * if nothing else happened; null where there is none.
   */
  readonly passesFrom?: (
    campaign: Campaign,
    recipient: RecipientFacts,
    profile: Profile,
    fromMs: number,
  ) => number | null;
};

export type Rule = CampaignRule | MessageRule | RecipientRule;

/** `appliesTo` of rules that know no exception. */
export function everyCampaign(_facts: CampaignFacts): boolean {
  return true;
}

/** Advertising, and the one message that asks for consent to it. */
export function isPromotional(facts: CampaignFacts): boolean {
  return facts.purpose === "advertising" || facts.purpose === "registration";
}
