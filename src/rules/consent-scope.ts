import type { PermissionFacts } from "./facts.ts";
import { permissionFor } from "./permission.ts";
import { remedy } from "./remedy.ts";
import type { RecipientRule, Refusal } from "./rule.ts";

const incomplete: Refusal = {
  verdict: "deny",
  code: "consent_scope_incomplete",
  remedies: [remedy("complete_scope")],
};

/** A bare "marketing: yes" is no consent: the person must have known what would come and how often. */
export const consentScope: RecipientRule = {
  id: "consent-scope",
  title: { vi: "Sự đồng ý nêu nội dung và tần suất", en: "The consent states content and frequency" },
  codes: ["consent_scope_incomplete"],
  clauses: ["P-01", "P-15"],
  citation: "Law 91/2025/QH15 Art. 28(3)",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["complete_scope"],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose === "advertising",
  evaluate({ facts }, recipient) {
    const permission = permissionFor(facts, recipient);
    return permission === null || permission.state !== "granted" || isComplete(permission)
      ? null
      : incomplete;
  },
  read({ facts }, recipient) {
    const permission = permissionFor(facts, recipient);
    return {
      contentClass: permission !== null && permission.contentClass !== null,
      frequencyMax: permission?.frequency?.max ?? null,
      frequencyPer: permission?.frequency?.per ?? null,
    };
  },
};

function isComplete({ contentClass, frequency }: PermissionFacts): boolean {
  return contentClass !== null && contentClass !== "" && frequency !== null && frequency.max >= 1;
}
