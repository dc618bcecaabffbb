import type { CampaignFacts, RecipientFacts, RefusalFacts } from "./facts.ts";
import { remedy } from "./remedy.ts";
import { everyCampaign, type RecipientRule, type Refusal } from "./rule.ts";

const bySubject: Refusal = { verdict: "deny", code: "opted_out", remedies: [remedy("lift_refusal")] };
const byProcessor: Refusal = { ...bySubject, decidedBy: "processor" };

/** The person's own no stands before every consent on record, and no import undoes it. */
export const optOut: RecipientRule = {
  id: "opt-out",
  title: { vi: "Người nhận không từ chối", en: "The person has not refused" },
  codes: ["opted_out"],
  clauses: ["P-15", "P-20", "P-32"],
  citation: "Decree 91/2020/ND-CP Arts. 13, 16; Law 91/2025/QH15 Arts. 10, 28; GDPR Art. 21(3)",
  decidedBy: "subject",
  canBeOverruled: false,
  remedies: ["lift_refusal"],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate({ facts }, recipient) {
    if (recipient.refusals.length === 0) return null;
    const refusal = refusalThatBinds(facts, recipient);
    if (refusal === undefined) return null;
    return refusal.by === "subject" ? bySubject : byProcessor;
  },
  read: ({ facts }, recipient) => ({
    refusals: recipient.refusals.length,
    by: refusalThatBinds(facts, recipient)?.by ?? null,
  }),
};

/** The person's own word is named before a provider's report of one. */
function refusalThatBinds(facts: CampaignFacts, { refusals }: RecipientFacts): RefusalFacts | undefined {
  const binding = refusals.filter((refusal) => covers(refusal, facts));
  return binding.find(({ by }) => by === "subject") ?? binding[0];
}

function covers({ channels, purposes }: RefusalFacts, { channel, purpose }: CampaignFacts): boolean {
  if (channels !== null && !channels.includes(channel)) return false;
  if (purposes === null || purposes.includes(purpose)) return true;
  // Who refused advertising has answered the question that a registration message would ask.
  return purpose === "registration" && purposes.includes("advertising");
}
