import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign } from "./rule.ts";

/**
 * The agreement must be in force when the message leaves: [validFrom, validUntil). One that has not begun is
 * as little an agreement as one that has ended.
 */
export const processorContract: CampaignRule = {
  id: "processor-contract",
  title: { vi: "Hợp đồng với bên xử lý còn hiệu lực", en: "The processor's contract is in force" },
  codes: ["processor_contract_expired"],
  clauses: ["P-05"],
  citation: "Platform policy, preamble b2; Decree 356/2025/ND-CP Art. 7(1); GDPR Art. 28",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["renew_contract"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate({ facts: { processor }, sendMs }) {
    if (processor === null) return null;
    const { validFrom, validUntil } = processor.contract;
    // Written so that a date which is none fails closed.
    if (sendMs >= validFrom.getTime() && sendMs < validUntil.getTime()) return null;
    return {
      verdict: "deny",
      code: "processor_contract_expired",
      remedies: [remedy("renew_contract", processor.name)],
    };
  },
  read: ({ facts: { processor } }) => ({
    contract: processor?.contract.reference ?? null,
    validFrom: processor?.contract.validFrom.toISOString() ?? null,
    validUntil: processor?.contract.validUntil.toISOString() ?? null,
  }),
};
