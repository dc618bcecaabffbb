/** Whose law may protect the person behind a number; a rule set each. */
export type PhoneRegime = "vn" | "eu" | "uk" | "ch" | "us" | "sg" | "th" | "other";

/**
 * Calling code → regime, for codes that lie wholly in one. The EU's outermost regions (262, 590, 594, 596)
 * are the EU's; the EEA applies the GDPR. The look-alikes 350, 376, 377 and 378 are absent on purpose.
 * 1, 39 and 44 are shared and are decided by the number.
 */
export const regimeOfCallingCode = {
  "84": "vn",
  "65": "sg",
  "66": "th",
  "41": "ch",
  // EU27 without Italy
  "30": "eu",
  "31": "eu",
  "32": "eu",
  "33": "eu",
  "34": "eu",
  "351": "eu",
  "352": "eu",
  "353": "eu",
  "356": "eu",
  "357": "eu",
  "358": "eu",
  "359": "eu",
  "36": "eu",
  "370": "eu",
  "371": "eu",
  "372": "eu",
  "385": "eu",
  "386": "eu",
  "40": "eu",
  "420": "eu",
  "421": "eu",
  "43": "eu",
  "45": "eu",
  "46": "eu",
  "48": "eu",
  "49": "eu",
  // EEA
  "354": "eu",
  "423": "eu",
  "47": "eu",
  // Outermost regions
  "262": "eu",
  "590": "eu",
  "594": "eu",
  "596": "eu",
} as const satisfies Record<string, PhoneRegime>;

/** ISO 3166-1 alpha-2 → regime, and the time zones (IANA) in which a resident may be. */
export const regimeCountries: Readonly<
  Record<string, { readonly regime: PhoneRegime; readonly timeZones: readonly string[] }>
> = {
  VN: { regime: "vn", timeZones: ["Asia/Ho_Chi_Minh"] },
  SG: { regime: "sg", timeZones: ["Asia/Singapore"] },
  TH: { regime: "th", timeZones: ["Asia/Bangkok"] },
  CH: { regime: "ch", timeZones: ["Europe/Zurich"] },
  GB: { regime: "uk", timeZones: ["Europe/London"] },
  AT: { regime: "eu", timeZones: ["Europe/Vienna"] },
  BE: { regime: "eu", timeZones: ["Europe/Brussels"] },
  BG: { regime: "eu", timeZones: ["Europe/Sofia"] },
  HR: { regime: "eu", timeZones: ["Europe/Zagreb"] },
  CY: { regime: "eu", timeZones: ["Asia/Nicosia"] },
  CZ: { regime: "eu", timeZones: ["Europe/Prague"] },
  DK: { regime: "eu", timeZones: ["Europe/Copenhagen"] },
  EE: { regime: "eu", timeZones: ["Europe/Tallinn"] },
  FI: { regime: "eu", timeZones: ["Europe/Helsinki"] },
  AX: { regime: "eu", timeZones: ["Europe/Mariehamn"] },
  FR: { regime: "eu", timeZones: ["Europe/Paris"] },
  DE: { regime: "eu", timeZones: ["Europe/Berlin"] },
  GR: { regime: "eu", timeZones: ["Europe/Athens"] },
  HU: { regime: "eu", timeZones: ["Europe/Budapest"] },
  IE: { regime: "eu", timeZones: ["Europe/Dublin"] },
  IT: { regime: "eu", timeZones: ["Europe/Rome"] },
  LV: { regime: "eu", timeZones: ["Europe/Riga"] },
  LT: { regime: "eu", timeZones: ["Europe/Vilnius"] },
  LU: { regime: "eu", timeZones: ["Europe/Luxembourg"] },
  MT: { regime: "eu", timeZones: ["Europe/Malta"] },
  NL: { regime: "eu", timeZones: ["Europe/Amsterdam"] },
  PL: { regime: "eu", timeZones: ["Europe/Warsaw"] },
  PT: { regime: "eu", timeZones: ["Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"] },
  RO: { regime: "eu", timeZones: ["Europe/Bucharest"] },
  SK: { regime: "eu", timeZones: ["Europe/Bratislava"] },
  SI: { regime: "eu", timeZones: ["Europe/Ljubljana"] },
  ES: { regime: "eu", timeZones: ["Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"] },
  SE: { regime: "eu", timeZones: ["Europe/Stockholm"] },
  IS: { regime: "eu", timeZones: ["Atlantic/Reykjavik"] },
  LI: { regime: "eu", timeZones: ["Europe/Vaduz"] },
  NO: { regime: "eu", timeZones: ["Europe/Oslo"] },
  SJ: { regime: "eu", timeZones: ["Arctic/Longyearbyen"] },
  RE: { regime: "eu", timeZones: ["Indian/Reunion"] },
  YT: { regime: "eu", timeZones: ["Indian/Mayotte"] },
  GP: { regime: "eu", timeZones: ["America/Guadeloupe"] },
  BL: { regime: "eu", timeZones: ["America/St_Barthelemy"] },
  MF: { regime: "eu", timeZones: ["America/Marigot"] },
  GF: { regime: "eu", timeZones: ["America/Cayenne"] },
  MQ: { regime: "eu", timeZones: ["America/Martinique"] },
  // The fifty states; a number does not tell which. Territories have codes of their own.
  US: {
    regime: "us",
    timeZones: [
      "America/New_York",
      "America/Chicago",
      "America/Denver",
      "America/Phoenix",
      "America/Los_Angeles",
      "America/Anchorage",
      "America/Adak",
      "Pacific/Honolulu",
    ],
  },
  PR: { regime: "us", timeZones: ["America/Puerto_Rico"] },
  VI: { regime: "us", timeZones: ["America/St_Thomas"] },
  GU: { regime: "us", timeZones: ["Pacific/Guam"] },
  MP: { regime: "us", timeZones: ["Pacific/Saipan"] },
  AS: { regime: "us", timeZones: ["Pacific/Pago_Pago"] },
  CA: {
    regime: "other",
    timeZones: [
      "America/St_Johns",
      "America/Halifax",
      "America/Toronto",
      "America/Winnipeg",
      "America/Regina",
      "America/Edmonton",
      "America/Vancouver",
    ],
  },
  // Inside +44 or +39, with law of their own.
  GG: { regime: "other", timeZones: ["Europe/Guernsey"] },
  JE: { regime: "other", timeZones: ["Europe/Jersey"] },
  IM: { regime: "other", timeZones: ["Europe/Isle_of_Man"] },
  VA: { regime: "other", timeZones: ["Europe/Vatican"] },
  // Look-alikes of the Union.
  AD: { regime: "other", timeZones: ["Europe/Andorra"] },
  GI: { regime: "other", timeZones: ["Europe/Gibraltar"] },
  MC: { regime: "other", timeZones: ["Europe/Monaco"] },
  SM: { regime: "other", timeZones: ["Europe/San_Marino"] },
  // Neighbours and partners with one zone.
  CN: { regime: "other", timeZones: ["Asia/Shanghai"] },
  HK: { regime: "other", timeZones: ["Asia/Hong_Kong"] },
  IN: { regime: "other", timeZones: ["Asia/Kolkata"] },
  JP: { regime: "other", timeZones: ["Asia/Tokyo"] },
  KH: { regime: "other", timeZones: ["Asia/Phnom_Penh"] },
  KR: { regime: "other", timeZones: ["Asia/Seoul"] },
  LA: { regime: "other", timeZones: ["Asia/Vientiane"] },
  MM: { regime: "other", timeZones: ["Asia/Yangon"] },
  MY: { regime: "other", timeZones: ["Asia/Kuala_Lumpur", "Asia/Kuching"] },
  PH: { regime: "other", timeZones: ["Asia/Manila"] },
  TW: { regime: "other", timeZones: ["Asia/Taipei"] },
  ID: { regime: "other", timeZones: ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"] },
  AU: {
    regime: "other",
    timeZones: [
      "Australia/Sydney",
      "Australia/Brisbane",
      "Australia/Adelaide",
      "Australia/Darwin",
      "Australia/Perth",
    ],
  },
};

/** Leading digits inside +44 of the Crown dependencies. Mainland operators hold parts of some of them. */
export const crownDependencyPrefixes = {
  GG: ["441481", "447781", "447839", "447911"],
  JE: ["441534", "447509", "447797", "447937", "447829"],
  IM: ["441624", "447524", "447624", "447924"],
} as const;

/** Vatican City inside +39: not in the Union. */
export const vaticanPrefix = "3906698";
