import type {
  CampaignDecision,
  Finding,
  MessageSize,
  RecipientDecision,
  RuleExplanation,
} from "../domain/contract.gen.ts";
import type { Decision } from "../domain/decision.ts";
import type { Channel, ReasonCode, Verdict } from "../domain/vocabulary.ts";
import { smsParts } from "../phone/sms-length.ts";
import type { GatheredCampaign, GatheredRecipient } from "./gather-facts.ts";
import type { World } from "./world.ts";

export type DecidedRecipient = {
  readonly position: number;
  readonly correlationId: string | null;
  readonly recipient: GatheredRecipient;
  readonly decision: Decision;
};

export type RecipientReference = { readonly position: number; readonly correlationId: string | null };

const findingsMax = 50;

/** The one engine: the same call for preview, submission, hand-off and questions about another moment. */
export function decideRecipients(
  world: World,
  campaign: GatheredCampaign,
  recipients: readonly GatheredRecipient[],
  references: readonly RecipientReference[],
): readonly DecidedRecipient[] {
  const prepared = world.engine.prepare(campaign.facts);
  return recipients.map((recipient, at) => ({
    position: references[at]?.position ?? at,
    correlationId: references[at]?.correlationId ?? null,
    recipient,
    decision: prepared.decide(recipient.facts),
  }));
}

/** Adds up decisions as they come, so that a million recipients need no memory of their own. */
export class Tally {
  private readonly counts: Record<Verdict, number> = { allow: 0, hold: 0, review: 0, deny: 0 };
  private readonly reasons = new Map<string, { code: ReasonCode; verdict: Verdict; count: number }>();
  private readonly findings = new Map<string, Finding>();
  private longest: MessageSize = { parts: 0, encoding: "GSM-7", characters: 0 };
  private readonly seen = new Set<string>();
  private readonly channel: Channel;

  /** `before`: what earlier chunks of the same campaign added up to. */
  constructor(campaign: GatheredCampaign, before: CampaignDecision | null = null) {
    this.channel = campaign.facts.channel;
    if (before !== null) {
      Object.assign(this.counts, before.counts);
      for (const reason of before.reasons)
        this.reasons.set(`${reason.code} ${reason.verdict}`, { ...reason });
      this.look(before.findings);
      this.longest = before.message;
    }
    this.look(campaign.facts.template.scan.findings);
    this.measure(campaign.facts.template.text);
  }

  add(decided: readonly DecidedRecipient[]): void {
    for (const { decision, recipient } of decided) {
      this.counts[decision.verdict]++;
      if (decision.code !== null) {
        const key = `${decision.code} ${decision.verdict}`;
        const reason = this.reasons.get(key);
        if (reason === undefined) {
          this.reasons.set(key, { code: decision.code, verdict: decision.verdict, count: 1 });
        } else reason.count++;
      }
      const { text, scan } = recipient.facts.message;
      if (this.seen.size < 20_000 && !this.seen.has(text)) {
        this.seen.add(text);
        this.measure(text);
        this.look(scan.findings);
      }
    }
  }

  get total(): number {
    return this.counts.allow + this.counts.hold + this.counts.review + this.counts.deny;
  }

  /** The strictest that holds for all; `partial` where some may go and some may not. */
  decision(): CampaignDecision {
    const { allow, hold, review, deny } = this.counts;
    return {
      verdict:
        allow === this.total && allow > 0
          ? "allow"
          : allow > 0
            ? "partial"
            : hold > 0
              ? "hold"
              : review > 0
                ? "review"
                : "deny",
      counts: { allow, hold, review, deny },
      reasons: [...this.reasons.values()].sort((a, b) => b.count - a.count),
      findings: [...this.findings.values()],
      message: this.longest,
    };
  }

  private look(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const key = `${finding.rule} ${finding.field} ${finding.span.join("-")}`;
      if (this.findings.size < findingsMax) this.findings.set(key, finding);
    }
  }

  private measure(text: string): void {
    const size: MessageSize =
      this.channel === "sms"
        ? messageSize(text)
        : { parts: 1, encoding: "UTF-8", characters: Array.from(text).length };
    if (
      size.parts > this.longest.parts ||
      (size.parts === this.longest.parts && size.characters > this.longest.characters)
    ) {
      this.longest = size;
    }
  }
}

function messageSize(text: string): MessageSize {
  const { parts, encoding, characters } = smsParts(text);
  return { parts, encoding, characters };
}

export function recipientView(
  decided: DecidedRecipient,
  rules?: readonly RuleExplanation[],
): RecipientDecision {
  const { decision, recipient } = decided;
  return {
    index: decided.position,
    ...(decided.correlationId === null ? {} : { correlationId: decided.correlationId }),
    phone: recipient.phoneMasked,
    verdict: decision.verdict,
    code: decision.code,
    rule: decision.rule,
    decidedBy: decision.decidedBy,
    canBeOverruled: decision.canBeOverruled,
    ...(decision.notBefore === null ? {} : { notBefore: decision.notBefore.toISOString() }),
    remedy: decision.remedy,
    citation: decision.citation,
    ...(rules === undefined ? {} : { rules }),
  };
}
