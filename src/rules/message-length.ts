import { smsParts } from "../phone/sms-length.ts";
import type { LengthLimit } from "./regimes/regime.ts";
import { remedy } from "./remedy.ts";
import type { Campaign, JudgedMessage, MessageRule } from "./rule.ts";

/** What is longer is cut on the way without a word, and what stands at the end is lost. */
export const messageLength: MessageRule = {
  id: "message-length",
  title: { vi: "Độ dài mà kênh chuyển trọn", en: "A length that the channel carries whole" },
  codes: ["message_too_long"],
  clauses: ["P-13"],
  citation: "Viber Business Messages (1000 characters); 3GPP TS 23.040; gateways cut after 6 parts",
  decidedBy: "processor",
  canBeOverruled: false,
  remedies: ["shorten_message"],
  level: "message",
  appliesTo: ({ channel }) => channel !== "page",
  evaluate(campaign, message) {
    const limit = limitOf(campaign);
    if (limit === null || measure(limit, message) <= limit.max) return null;
    return {
      verdict: "deny",
      code: "message_too_long",
      remedies: [
        remedy(
          "shorten_message",
          limit.unit === "sms_part" ? `${limit.max} SMS` : `${limit.max} ký tự / characters`,
        ),
      ],
    };
  },
  read(campaign, message) {
    const limit = limitOf(campaign);
    return {
      unit: limit?.unit ?? null,
      max: limit?.max ?? null,
      length: limit === null ? null : measure(limit, message),
    };
  },
};

function limitOf({ facts, policy }: Campaign): LengthLimit | null {
  return policy.channelPolicies.get(facts.channel)?.length ?? null;
}

/** A placeholder may shrink to nothing, so a template is as long as what surely stays of it. */
function measure(limit: LengthLimit, { facts, isTemplate }: JudgedMessage): number {
  const text = isTemplate ? facts.text.replace(/\{\{[^{}]*\}\}/g, "") : facts.text;
  return limit.unit === "sms_part" ? smsParts(text).parts : text.length;
}
