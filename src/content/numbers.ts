import type { Reading } from "./reading-shape.ts";
import { tokenFlag } from "./reading-shape.ts";

/** What a number looks like; the names are cue concepts of the learned layer. */
export const numberKinds = [
  "num.date",
  "num.time",
  "num.money",
  "num.percent",
  "num.phone",
  "num.long",
  "num.decimal",
  "num.measure",
  "num.age",
  "num.coordinate",
  "num.plain",
] as const;
export type NumberKind = (typeof numberKinds)[number];

export type NumberRun = {
  readonly kind: NumberKind;
  /** Token range [from, to). */
  readonly from: number;
  readonly to: number;
  /** Digits only. */
  readonly digits: string;
  /** UTF-16 range of the text. */
  readonly start: number;
  readonly end: number;
};

const units: Readonly<Record<string, NumberKind>> = {
  d: "num.money",
  vnd: "num.money",
  dong: "num.money",
  k: "num.money",
  tr: "num.money",
  trieu: "num.money",
  ty: "num.money",
  usd: "num.money",
  million: "num.money",
  m: "num.money",
  eur: "num.money",
  nghin: "num.money",
  ngan: "num.money",
  mg: "num.measure",
  mcg: "num.measure",
  ml: "num.measure",
  mmol: "num.measure",
  kg: "num.measure",
  g: "num.measure",
  mmhg: "num.measure",
  cm: "num.measure",
  mm: "num.measure",
  iu: "num.measure",
  ui: "num.measure",
  bpm: "num.measure",
  vien: "num.measure",
  tablets: "num.measure",
  tabs: "num.measure",
  lieu: "num.measure",
  mui: "num.measure",
  tuoi: "num.age",
  yo: "num.age",
  thang: "num.plain",
  years: "num.age",
  h: "num.time",
  am: "num.time",
  pm: "num.time",
  gio: "num.time",
};
const digitRunMax = 40;

const textOf = (reading: Reading, token: number): string => {
  let out = "";
  for (let i = reading.tokenFrom[token] ?? 0; i < (reading.tokenTo[token] ?? 0) && out.length < 24; i++) {
    const symbol = reading.classes[i] ?? 0;
    out +=
      symbol >= 27 && symbol <= 36
        ? String.fromCharCode(symbol + 21)
        : symbol <= 26
          ? String.fromCharCode(symbol + 96)
          : "?";
  }
  return out;
};

/** Groups digit tokens that single marks join, and says what each group is. Linear in the tokens. */
export function findNumbers(reading: Reading, text: string): NumberRun[] {
  const runs: NumberRun[] = [];
  for (let i = 0; i < reading.tokens; i++) {
    const flags = reading.tokenFlags[i] ?? 0;
    if ((flags & (tokenFlag.digits | tokenFlag.mixed)) === 0) continue;
    let word = textOf(reading, i);
    if ((flags & tokenFlag.digits) === 0 && !/^[0-9]/.test(word)) continue;
    const from = i;
    let digits = /^[0-9]+/.exec(word)?.[0] ?? "";
    let glue = "";
    let groups = 1;
    while (i + 1 < reading.tokens && /^[0-9]+$/.test(word) && digits.length < digitRunMax) {
      const end = reading.ends[(reading.tokenTo[i] ?? 1) - 1] ?? 0;
      const start = reading.starts[reading.tokenFrom[i + 1] ?? 0] ?? 0;
      const joint = start - end === 1 ? (text[end] ?? "") : "";
      const following = textOf(reading, i + 1);
      if (!/^[0-9]/.test(following) || joint === "" || !"., -/:".includes(joint)) break;
      if (joint === " " && !(word.length >= 3 && following.length >= 3)) break;
      if (
        glue.length > 0 &&
        joint !== glue.at(-1) &&
        !(glue.at(-1) === "." && joint === ",") &&
        joint === " "
      )
        break;
      glue += joint;
      groups++;
      word = following;
      digits += /^[0-9]+/.exec(following)?.[0] ?? "";
      i++;
    }
    const tail = word.replace(/^[0-9]+/, "");
    const unit = tail !== "" ? tail : i + 1 < reading.tokens ? textOf(reading, i + 1) : "";
    const start = reading.starts[reading.tokenFrom[from] ?? 0] ?? 0;
    const end = reading.ends[(reading.tokenTo[i] ?? 1) - 1] ?? 0;
    runs.push({
      kind: kindOf(digits, glue, groups, unit, tail, text, start, end),
      from,
      to: i + 1,
      digits,
      start,
      end,
    });
  }
  return runs;
}

function kindOf(
  digits: string,
  glue: string,
  groups: number,
  unit: string,
  tail: string,
  text: string,
  start: number,
  end: number,
): NumberKind {
  if (text[end] === "%" || (text[end] === " " && text[end + 1] === "%")) return "num.percent";
  if (
    groups >= 2 &&
    glue.length <= 4 &&
    digits.length >= 12 &&
    glue.includes(".") &&
    glue.split(".").length > 2 &&
    /^\d{1,3}\.\d{4,}/.test(text.slice(start, end))
  )
    return "num.coordinate";
  if (groups === 2 && glue === "." && /^\d{1,3}\.\d{4,}$/.test(text.slice(start, end)))
    return "num.coordinate";
  if (/^[/-]{1,2}$/.test(glue) && digits.length <= 8 && digits.length >= 2) return "num.date";
  if (glue === ":" || /^h\d{0,2}$/.test(tail) || /^(g|gio)\d{0,2}$/.test(tail)) return "num.time";
  if (text[start - 1] === "$" || text[start - 1] === "€") return "num.money";
  const known = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (known !== undefined && !(known === "num.time" && digits.length > 2)) return known;
  if (/^tr\d?$/.test(tail)) return "num.money";
  if (
    /^\.{2,4}$/.test(glue) ||
    (glue === "." && digits.length >= 5 && /\.\d{3}$/.test(text.slice(start, end)))
  )
    return "num.money";
  if (digits.length >= 9 && digits.length <= 11 && /^(0|84)/.test(digits)) return "num.phone";
  if (digits.length >= 7) return "num.long";
  if (glue === "," || glue === ".") return "num.decimal";
  return "num.plain";
}

export { textOf as tokenText };
