import type { PermissionFacts } from "./facts.ts";
import { permissionFor } from "./permission.ts";
import { remedy } from "./remedy.ts";
import type { RecipientRule, Refusal } from "./rule.ts";

const missing: Refusal = { verdict: "review", code: "evidence_missing", remedies: [remedy("add_evidence")] };

/** A consent that cannot be proved is not sent on; what is lacking may still be found, so a person looks. */
export const evidence: RecipientRule = {
  id: "evidence",
  title: { vi: "Sự đồng ý chứng minh được", en: "The consent can be proved" },
  codes: ["evidence_missing"],
  clauses: ["P-01", "P-15", "P-38"],
  citation:
    "Law 91/2025/QH15 Art. 9(3); Decree 356/2025/ND-CP Art. 6(2); Decree 330/2026 Art. 43(1); GDPR Art. 7(1)",
  decidedBy: "law",
  canBeOverruled: true,
  remedies: ["add_evidence"],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose !== "registration",
  evaluate({ facts }, recipient) {
    const permission = permissionFor(facts, recipient);
    return permission === null || permission.state !== "granted" || isProved(permission) ? null : missing;
  },
  read({ facts }, recipient) {
    const permission = permissionFor(facts, recipient);
    return {
      basis: permission?.basis ?? null,
      evidence: permission?.evidenceCount ?? 0,
      notice: permission?.hasNotice ?? false,
      method: permission?.method ?? null,
      collected: permission !== null && permission.collectedAt !== null,
    };
  },
};

/** Who, when, what content and scope (Decree 356 Art. 6(2)); a contract is proved by the relationship itself. */
function isProved({ basis, evidenceCount, hasNotice, method, collectedAt }: PermissionFacts): boolean {
  return basis !== "consent" || (evidenceCount >= 1 && hasNotice && method !== null && collectedAt !== null);
}
