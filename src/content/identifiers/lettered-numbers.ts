import { after, before, type IdentifierHit } from "./identifier-hit.ts";

type Lettered = {
  readonly pattern: RegExp;
  /** Shapes of which one must stand in a text before the pattern is tried. */
  readonly shape: number;
  readonly rule: string;
  readonly cue: RegExp | null;
  readonly reach: number;
};

const digitsMax = 20;
/** A word of so many digits alone. */
const digits = (count: number): number => 1 << Math.min(count, digitsMax);
/** A word of letters and at least four digits. */
const mixed = 1 << 21;
/** Two digits with a dash between them. */
const dashed = 1 << 22;

/** The shapes of the words of a folded text. */
function shapesIn(folded: string): number {
  let shapes = 0;
  let numerals = 0;
  let letters = 0;
  for (let i = 0; i <= folded.length; i++) {
    const unit = i < folded.length ? folded.charCodeAt(i) : 0;
    if (unit >= 0x30 && unit <= 0x39) numerals++;
    else if (unit >= 0x61 && unit <= 0x7a) letters++;
    else {
      if (numerals > 0 && letters === 0) {
        shapes |= digits(numerals);
        const next = folded.charCodeAt(i + 1);
        if (unit === 0x2d && next >= 0x30 && next <= 0x39) shapes |= dashed;
      } else if (numerals >= 4) shapes |= mixed;
      numerals = letters = 0;
    }
  }
  return shapes;
}

const passportCue = /\b(ho chieu|passport|pp no|hc)\b/;

/** Numbers with letters in them, each with the words that must stand before it. */
const lettered: readonly Lettered[] = [
  { pattern: /\b[a-z]\d{7,8}\b/g, shape: mixed, rule: "national_id.passport", cue: passportCue, reach: 40 },
  {
    pattern: /\b[a-z]{2}[1-5]\d{12}\b/g,
    shape: mixed,
    rule: "national_id.bhyt",
    cue: /\b(bhyt|bao hiem|insurance|the)\b/,
    reach: 60,
  },
  {
    pattern: /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/g,
    shape: dashed,
    rule: "national_id.ssn",
    cue: null,
    reach: 0,
  },
  { pattern: /\b[stfg]\d{7}[a-z]\b/g, shape: mixed, rule: "national_id.nric", cue: null, reach: 0 },
  {
    pattern: /\b[a-ceghj-prstw-z]{2}\d{6}[a-d]\b/g,
    shape: mixed,
    rule: "national_id.nino",
    cue: /\b(ni|nino|national insurance)\b/,
    reach: 40,
  },
  {
    pattern: /\b\d{4} ?\d{4} ?\d{4}\b/g,
    shape: digits(4) | digits(8) | digits(12),
    rule: "national_id.aadhaar",
    cue: /\b(aadhaar|aadhar)\b/,
    reach: 40,
  },
  {
    pattern: /\b[a-z]{5}\d{4}[a-z]\b/g,
    shape: mixed,
    rule: "national_id.pan_in",
    cue: /\b(pan|income tax)\b/,
    reach: 30,
  },
  { pattern: /\b\d{8}[a-z]\b/g, shape: mixed, rule: "national_id.dni", cue: /\b(dni|nif)\b/, reach: 30 },
  {
    pattern: /\b[12]\d{2}(0[1-9]|1[0-2])\d{10}\b/g,
    shape: digits(15),
    rule: "national_id.nir",
    cue: /\b(nir|securite sociale|insee)\b/,
    reach: 40,
  },
  { pattern: /\b\d{17}[\dx]\b/g, shape: digits(18) | mixed, rule: "national_id.cn", cue: null, reach: 0 },
  {
    pattern: /\b\d{6}-?[1-4]\d{6}\b/g,
    shape: digits(13) | dashed,
    rule: "national_id.kr",
    cue: /\b(rrn|resident registration|jumin)\b/,
    reach: 40,
  },
  { pattern: /\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g, shape: dashed, rule: "national_id.cpf", cue: null, reach: 0 },
  {
    pattern: /\b[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]\b/g,
    shape: mixed,
    rule: "national_id.codice_fiscale",
    cue: null,
    reach: 0,
  },
  {
    pattern: /\b\d{9}\b/g,
    shape: digits(9),
    rule: "national_id.ssn",
    cue: /\b(ssn|social security)\b/,
    reach: 40,
  },
  {
    pattern: /\b\d{11}\b/g,
    shape: digits(11),
    rule: "national_id.foreign",
    cue: /\b(pesel|cpf|steuer-?id|tin|bsn|rodne|personnummer|fodselsnummer)\b/,
    reach: 40,
  },
];

const cvv = /\b(cvv2?|cvc2?|security code|ma bao mat|4-digit code)\b[^\d\n]{0,24}(\d{3,4})\b(?!\d)/g;

/** Adds the numbers with letters in them, those of other countries and the security codes of cards. */
export function letteredHits(folded: string, hits: IdentifierHit[]): void {
  const shapes = shapesIn(folded);
  for (const { pattern, shape, rule, cue, reach } of lettered) {
    if ((shapes & shape) === 0) continue;
    for (const match of folded.matchAll(pattern)) {
      if (cue !== null && !cue.test(before(folded, match.index, reach))) continue;
      if (rule === "national_id.cn" && !/^\d{6}(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])/.test(match[0]))
        continue;
      hits.push({
        rule,
        category: "national_id",
        severity: "block",
        start: match.index,
        end: match.index + match[0].length,
      });
    }
  }
  if (folded.includes("cv") || folded.includes("code") || folded.includes("bao mat"))
    securityCodeHits(folded, hits);
}

function securityCodeHits(folded: string, hits: IdentifierHit[]): void {
  for (const match of folded.matchAll(cvv)) {
    const near = before(folded, match.index, 60);
    if (!/\b(the|card|visa|master|\d{4})\b/.test(near) && !/cv/.test(match[0])) continue;
    if (/\b(ma bao mat)\b/.test(match[0]) && !/\b(the|card)\b/.test(near)) continue;
    if (/\b(\d) (so|digits?|chu so)\b/.test(match[0] + after(folded, match.index + match[0].length, 8)))
      continue;
    hits.push({
      rule: "card.cvv",
      category: "card",
      severity: "block",
      start: match.index,
      end: match.index + match[0].length,
    });
  }
}
