import type { LawfulBases, Regime } from "./regime.ts";

/**
 * GDPR and ePrivacy, and their analogues. The soft opt-in of ePrivacy Art. 13(2) is not used: a basis that
 * the platform's own law does not know authorises nothing.
 */
const bases: LawfulBases = {
  factId: "eu.eprivacy.soft_optin",
  source: "Regulation (EU) 2016/679 Art. 6; Directive 2002/58/EC Art. 13",
  confidence: "V2",
  advertising: ["consent"],
  survey: ["consent", "legitimate_interest"],
  customer_care: [
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_task",
    "legitimate_interest",
  ],
  transaction: [
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_task",
    "legitimate_interest",
  ],
};

const nothingMore = {
  hours: [],
  caps: [],
  labels: [],
  optOut: [],
  doNotCall: null,
  transfer: null,
  brandname: null,
} as const;

/** European Union and the EEA. */
export const eu: Regime = { id: "eu", title: "European Union and EEA", bases, ...nothingMore };

/** United Kingdom: UK GDPR and PECR, read as the EU's (not checked separately). */
export const uk: Regime = {
  id: "uk",
  title: "United Kingdom",
  bases: { ...bases, confidence: "M" },
  ...nothingMore,
};

/** Switzerland: FADP and UWG Art. 3(1)(o), read as the EU's (not checked separately). */
export const ch: Regime = {
  id: "ch",
  title: "Switzerland",
  bases: { ...bases, confidence: "M" },
  ...nothingMore,
};
