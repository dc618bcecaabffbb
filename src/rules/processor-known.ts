import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign } from "./rule.ts";

/** Data leaves only to a recipient in the register, and by the channel it is registered for. */
export const processorKnown: CampaignRule = {
  id: "processor-known",
  title: { vi: "Bên xử lý có trong sổ đăng ký", en: "The processor is registered" },
  codes: ["processor_unknown"],
  clauses: ["P-05", "P-33"],
  citation: "Platform policy, preamble b2, V.4; Law 91/2025/QH15 Arts. 17(1)(d), 37(1)(a)",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["choose_processor"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate: ({ facts }) =>
    facts.processor !== null && facts.processor.channel === facts.channel
      ? null
      : { verdict: "deny", code: "processor_unknown", remedies: [remedy("choose_processor", facts.channel)] },
  read: ({ facts }) => ({
    processor: facts.processor?.id ?? null,
    processorChannel: facts.processor?.channel ?? null,
    channel: facts.channel,
  }),
};
