import type { CampaignFacts } from "./facts.ts";
import { fieldLimit } from "./field-matrix.ts";
import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign } from "./rule.ts";

/** Only fields of the agreement leave; some leave on no agreement (matrix of P-25). */
export const processorFields: CampaignRule = {
  id: "processor-fields",
  title: { vi: "Bên xử lý được nhận các trường này", en: "The processor may receive these fields" },
  codes: ["processor_field_not_allowed"],
  clauses: ["P-01", "P-25"],
  citation: "Platform policy IV.1; Law 91/2025/QH15 Arts. 3(2), 17(1)(d), 37",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["extend_fields", "remove_fields"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate({ facts }) {
    const { processor } = facts;
    if (processor === null) return null;
    const barred = barredFields(facts);
    const unlisted = facts.fields.filter((field) => !processor.fields.includes(field));
    if (barred.length === 0 && unlisted.length === 0) return null;
    const named = [...new Set([...barred, ...unlisted])].join(", ");
    return {
      verdict: "deny",
      code: "processor_field_not_allowed",
      remedies: [
        ...(barred.length === 0 ? [remedy("extend_fields", processor.name, named)] : []),
        remedy("remove_fields", named),
      ],
    };
  },
  read: ({ facts }) => ({
    fields: facts.fields.join(),
    allowed: facts.processor?.fields.join() ?? null,
    barred: barredFields(facts).join(),
  }),
};

function barredFields(facts: CampaignFacts): readonly string[] {
  return facts.fields.filter((field) => {
    const limit = fieldLimit(field);
    return limit === "forbidden" || (limit === "delivery_only" && facts.purpose !== "transaction");
  });
}
