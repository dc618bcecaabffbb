import { dayMs, everyDay, hourMs, type Regime } from "./regime.ts";

/**
 * Viet Nam. The platform is established there, so its regime is also the floor of every decision
 * (Law 91/2025 Art. 1(2)). Whether Decree 91 reaches Zalo and Viber is doubtful: hours and caps are applied
 * to them, label and refusal text are not unless `channels` is widened.
 */
export const vn: Regime = {
  id: "vn",
  title: "Viet Nam",
  bases: {
    factId: "vn.soft_optin",
    source: "Law 91/2025/QH15 Arts. 9, 19(1), 28(3); Decree 91/2020/ND-CP Arts. 9, 13",
    confidence: "V2",
    advertising: ["consent"],
    survey: ["consent"],
    customer_care: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
    transaction: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
  },
  hours: [
    {
      factId: "vn.ads.sms.window",
      source: "Decree 91/2020/ND-CP Art. 13; Decree 14/2022 (Art. 94(4)(q))",
      confidence: "V1",
      from: "07:00",
      until: "22:00",
      days: everyDay,
      zone: "recipient",
      channel: null,
    },
  ],
  caps: [
    {
      factId: "vn.ads.sms.max_per_24h",
      source: "Decree 91/2020/ND-CP Art. 13",
      confidence: "V2",
      max: 3,
      periodMs: dayMs,
      channel: null,
    },
  ],
  labels: [
    {
      factId: "vn.ads.label",
      source: "Decree 91/2020/ND-CP Art. 15",
      confidence: "V1",
      purpose: "advertising",
      channels: ["sms"],
      labels: ["[QC]", "[AD]"],
    },
    {
      factId: "vn.ads.registration.label",
      source: "Circular 22/2021/TT-BTTTT Art. 8(1)",
      confidence: "V2",
      purpose: "registration",
      channels: ["sms"],
      labels: ["DKQC"],
    },
  ],
  optOut: [
    {
      factId: "vn.ads.optout.methods_sms",
      source: "Decree 91/2020/ND-CP Art. 16",
      confidence: "V1",
      channels: ["sms"],
      methods: ["sms", "call"],
    },
  ],
  doNotCall: {
    factId: "vn.ads.dnc.snapshot_max_age",
    source: "Decree 91/2020/ND-CP Art. 7(3) grants no lag; the age is an engineering default",
    confidence: "I",
    maxAgeMs: 24 * hourMs,
  },
  transfer: {
    factId: "vn.ctia.file",
    source: "Law 91/2025/QH15 Art. 20(2); Decree 356/2025/ND-CP Arts. 17-18 (Form 09)",
    confidence: "V2",
    homeCountry: "VN",
    graceMs: 60 * dayMs,
  },
  brandname: {
    factId: "vn.ads.brandname.max_length",
    source: "Decree 91/2020/ND-CP Art. 13(8); carrier rule (VNPT)",
    confidence: "V2",
    channel: "sms",
    lengthMax: 11,
  },
};
