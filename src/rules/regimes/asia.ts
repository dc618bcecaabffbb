import { dayMs, type LawfulBases, type Regime } from "./regime.ts";

const consentOrContract: Omit<LawfulBases, "factId" | "source" | "confidence"> = {
  advertising: ["consent"],
  survey: ["consent"],
  customer_care: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
  transaction: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
};

/** Singapore. The exemption of text messages in an ongoing relationship is not used: the floor is stricter. */
export const sg: Regime = {
  id: "sg",
  title: "Singapore",
  bases: {
    factId: "sg.ongoing_relationship_exempt_channels",
    source: "PDPA 2012 Parts 4 and IX; PDPC guidance",
    confidence: "V2",
    ...consentOrContract,
  },
  hours: [],
  caps: [],
  labels: [],
  optOut: [],
  doNotCall: {
    factId: "sg.dnc.result_validity",
    source: "PDPA 2012 Part IX; PDPC guidance",
    confidence: "V2",
    maxAgeMs: 21 * dayMs,
  },
  transfer: null,
  brandname: null,
};

/** Thailand. */
export const th: Regime = {
  id: "th",
  title: "Thailand",
  bases: {
    factId: "th.pdpa.in_force",
    source: "PDPA B.E. 2562 ss. 19, 24, 32",
    confidence: "M",
    ...consentOrContract,
  },
  hours: [],
  caps: [],
  labels: [],
  optOut: [],
  doNotCall: null,
  transfer: null,
  brandname: null,
};

/** Countries whose own law is not described: the floor alone binds. */
export const other: Regime = {
  id: "other",
  title: "Any other country",
  bases: {
    factId: "policy.default_deny",
    source: "Platform policy, preamble ¶1",
    confidence: "I",
    ...consentOrContract,
  },
  hours: [],
  caps: [],
  labels: [],
  optOut: [],
  doNotCall: null,
  transfer: null,
  brandname: null,
};
