import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign } from "./rule.ts";

/** A processor may use data only for what its agreement says. */
export const processorPurpose: CampaignRule = {
  id: "processor-purpose",
  title: { vi: "Bên xử lý được dùng cho mục đích này", en: "The processor may serve this purpose" },
  codes: ["processor_purpose_not_allowed"],
  clauses: ["P-03", "P-25"],
  citation: "Platform policy IV.1; Law 91/2025/QH15 Arts. 17(1)(d), 37; GDPR Art. 28(3)(a)",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["extend_purposes"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate({ facts: { processor, purpose } }) {
    if (processor === null || processor.purposes.includes(purpose)) return null;
    return {
      verdict: "deny",
      code: "processor_purpose_not_allowed",
      remedies: [remedy("extend_purposes", processor.name, purpose)],
    };
  },
  read: ({ facts: { processor, purpose } }) => ({
    purpose,
    purposes: processor?.purposes.join() ?? null,
  }),
};
