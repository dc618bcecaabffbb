import type { HandOff } from "../guard/ports/connector.ts";
import { internationalDigits } from "./phone-on-wire.ts";

/** Where each channel is sent and looked up. */
export const infobipPaths = {
  sms: { send: "sms/3/messages", logs: "sms/3/logs" },
  viber: { send: "viber/2/messages", logs: "viber/2/logs" },
  zns: { send: "zalo/2/messages", logs: "zalo/1/logs" },
} as const;

const validityMinS = 30;

/** One element of `messages`, or the code of what is wrong with it. */
export function infobipMessage(handOff: HandOff, webhook: string | undefined, now: Date): object | string {
  const options = optionsOf(handOff, now);
  const content = contentOf(handOff);
  if (typeof options === "string") return options;
  if (typeof content === "string") return content;
  return {
    sender: handOff.sender,
    destinations: [{ to: internationalDigits(handOff.phone), messageId: handOff.providerKey }],
    content,
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(webhook === undefined
      ? {}
      : { webhooks: { delivery: { url: webhook }, contentType: "application/json" } }),
  };
}

function optionsOf(handOff: HandOff, now: Date): object | string {
  const isPromotion = !["customer_care", "transaction"].includes(handOff.purpose);
  const label =
    handOff.content.channel === "viber" ? { label: isPromotion ? "PROMOTIONAL" : "TRANSACTIONAL" } : {};
  if (handOff.validUntil === undefined) return label;
  const amount = Math.floor((handOff.validUntil.getTime() - now.getTime()) / 1000);
  if (amount < validityMinS) return "validity_over";
  return { ...label, validityPeriod: { amount, timeUnit: "SECONDS" } };
}

function contentOf({ content }: HandOff): object | string {
  switch (content.channel) {
    case "sms":
      // NONE: Infobip must not "simplify" Vietnamese letters to save parts.
      return { text: content.text.normalize("NFC"), transliteration: "NONE" };
    case "viber": {
      if (content.text === "" || content.text.length > 1_000) return "text_length";
      const { imageUrl, buttonText, buttonUrl } = content;
      if ((buttonText === undefined) !== (buttonUrl === undefined)) return "button_missing";
      if (buttonText !== undefined && buttonText.length > 30) return "caption_length";
      const button = buttonText === undefined ? {} : { button: { title: buttonText, action: buttonUrl } };
      return imageUrl === undefined
        ? { type: "TEXT", text: content.text, ...button }
        : { type: "IMAGE", mediaUrl: imageUrl, text: content.text, ...button };
    }
    case "zns": {
      const templateName = Number(content.templateId);
      if (!Number.isInteger(templateName) || templateName < 1 || templateName > 2_147_483_647)
        return "template_id";
      return { type: "TEMPLATE", templateName, templateData: content.data };
    }
    case "page":
      return "channel_mismatch";
  }
}
