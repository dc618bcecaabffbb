import { dayMs, everyDay, type Provenance, type Regime, type SendingHours, type Weekday } from "./regime.ts";

const mondayToFriday: readonly Weekday[] = [1, 2, 3, 4, 5];
const vendorTable = {
  source: "state telemarketing law (vendor table, to be verified per statute)",
  confidence: "V2",
} as const satisfies Omit<Provenance, "factId">;

function hours(provenance: Provenance, from: string, until: string, days: readonly Weekday[]): SendingHours {
  return { ...provenance, from, until, days, zone: "recipient", channel: null };
}

/**
 * United States. A number does not tell the state, so the hours of all states that narrow the federal ones
 * bind together: weekdays 09-18, Saturday 10-17, Sunday 12-17, in every zone the person may be in.
 */
export const us: Regime = {
  id: "us",
  title: "United States",
  bases: {
    factId: "us.written_consent",
    source: "47 CFR 64.1200(a)(2), (f)(9)",
    confidence: "V2",
    advertising: ["consent"],
    survey: ["consent"],
    customer_care: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
    transaction: ["consent", "contract", "legal_obligation", "vital_interest", "public_task"],
  },
  hours: [
    hours(
      { factId: "us.quiet_hours.allowed", source: "47 CFR 64.1200(c)(1)", confidence: "V2" },
      "08:00",
      "21:00",
      everyDay,
    ),
    hours({ factId: "us.state_hours.CT", ...vendorTable }, "09:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.FL", ...vendorTable }, "08:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.MD", ...vendorTable }, "08:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.MS", ...vendorTable }, "08:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.NJ", ...vendorTable }, "08:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.OK", ...vendorTable }, "08:00", "20:00", everyDay),
    hours({ factId: "us.state_hours.TX_mon_sat", ...vendorTable }, "09:00", "21:00", [1, 2, 3, 4, 5, 6]),
    hours({ factId: "us.state_hours.TX_sun", ...vendorTable }, "12:00", "21:00", [0]),
    hours({ factId: "us.state_hours.RI_weekday", ...vendorTable }, "09:00", "18:00", mondayToFriday),
    hours({ factId: "us.state_hours.RI_weekend", ...vendorTable }, "10:00", "17:00", [0, 6]),
  ],
  caps: [],
  labels: [],
  optOut: [],
  doNotCall: {
    factId: "us.national_dnc.scrub_max_age",
    source: "47 CFR 64.1200(c)(2)(i)(D)",
    confidence: "M",
    maxAgeMs: 31 * dayMs,
  },
  transfer: null,
  brandname: null,
};
