import { type ChannelPolicy, dayMs, everyDay } from "./regime.ts";

/** Zalo ZNS ("ZBS Template Message"). The night block is stated without a zone: read as Viet Nam's. */
export const zalo: ChannelPolicy = {
  id: "zalo",
  title: "Zalo ZNS",
  channel: "zns",
  hours: [
    {
      factId: "zalo.night_block",
      source: "ZNS error -133",
      confidence: "V2",
      from: "06:00",
      until: "22:00",
      days: everyDay,
      zone: { iana: "Asia/Ho_Chi_Minh" },
      channel: "zns",
    },
  ],
  caps: [
    {
      factId: "zalo.promo.per_user_month",
      source: "Zalo Cloud notice 2024-03-12; error -1471",
      confidence: "V1",
      max: 4,
      // 31 days, so that no calendar month, however Zalo counts it, can hold a fifth.
      periodMs: 31 * dayMs,
      channel: "zns",
    },
  ],
  length: null,
};

/** Viber Business Messages. */
export const viber: ChannelPolicy = {
  id: "viber",
  title: "Viber Business Messages",
  channel: "viber",
  hours: [],
  caps: [],
  length: {
    factId: "viber.text.max",
    source: "Viber Business Messages: text 1000 characters",
    confidence: "V2",
    max: 1000,
    unit: "character",
  },
};

/** SMS. Gateways cut longer texts silently, and the refusal text at the end would be what is lost. */
export const sms: ChannelPolicy = {
  id: "sms",
  title: "SMS",
  channel: "sms",
  hours: [],
  caps: [],
  length: {
    factId: "sms.parts.max",
    source: "Kannel max-messages 6: 1100 characters were cut to 918",
    confidence: "I",
    max: 6,
    unit: "sms_part",
  },
};
