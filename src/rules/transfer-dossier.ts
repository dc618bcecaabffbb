import { remedy } from "./remedy.ts";
import { type Campaign, type CampaignRule, everyCampaign } from "./rule.ts";

/**
 * A processor abroad needs a filed transfer dossier, or must still be within the days of grace after the
 * first transfer. At the end of the last day the grace is over.
 */
export const transferDossier: CampaignRule = {
  id: "transfer-dossier",
  title: { vi: "Hồ sơ chuyển dữ liệu ra nước ngoài", en: "Dossier of the cross-border transfer" },
  codes: ["transfer_dossier_missing"],
  clauses: ["P-37"],
  citation: "Law 91/2025/QH15 Art. 20; Decree 356/2025/ND-CP Arts. 17-18; Decree 330/2026 Art. 56",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["file_transfer_dossier"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate(campaign) {
    const { processor } = campaign.facts;
    if (processor === null || !isAbroad(campaign) || isCovered(campaign)) return null;
    return {
      verdict: "deny",
      code: "transfer_dossier_missing",
      remedies: [remedy("file_transfer_dossier", processor.name)],
    };
  },
  read: (campaign) => ({
    country: campaign.facts.processor?.country ?? null,
    abroad: isAbroad(campaign),
    filedAt: campaign.facts.processor?.transferDossier?.filedAt?.toISOString() ?? null,
    firstTransferAt: campaign.facts.processor?.transferDossier?.firstTransferAt.toISOString() ?? null,
  }),
};

function isAbroad({ facts: { processor }, policy }: Campaign): boolean {
  return policy.transfer !== null && processor?.country.toUpperCase() !== policy.transfer.homeCountry;
}

function isCovered({ facts: { processor }, policy, sendMs }: Campaign): boolean {
  const dossier = processor?.transferDossier;
  if (policy.transfer === null || dossier === null || dossier === undefined) return false;
  if (dossier.filedAt !== null && dossier.filedAt.getTime() <= sendMs) return true;
  return sendMs < dossier.firstTransferAt.getTime() + policy.transfer.graceMs;
}
