import type { Severity } from "../../domain/finding.ts";
import { type DigitRun, digitRuns } from "./digit-runs.ts";
import { after, before, type IdentifierHit } from "./identifier-hit.ts";
import { letteredHits } from "./lettered-numbers.ts";
import { passesLuhn, passesTaxCode } from "./luhn.ts";
import { provinceCodes } from "./province-codes.ts";

const cardWord =
  /\b(the|card|carte|visa|master(card)?|napas|amex|jcb|cvv2?|cvc|exp|het han|thanh toan|pan|atm|debit|credit)\b/;
const orderWord =
  /\b(don hang|ma don|van don|order|tracking|parcel|imei|hoa don|invoice|booking|ma van|bill|ma gd|giao dich so|ref|serial|seri|to khai|ma nap|thung hang|kien hang|hop dong so|ma kh|shipment|waybill|awb)\b/;
const idCue =
  /\b(cccd|can cuoc|cmnd|cmt|chung minh|dinh danh|citizen id|national id|id card|personal id|identity|giay to|id number|cmtnd|so id|id no|ids?|tuy than|ho so ca nhan|nguoi phu thuoc)\b/;
const strongIdCue =
  /\b(cccd|can cuoc|cmnd|chung minh|dinh danh|citizen id|national id|id card|personal id)\b/;
const oldIdCue = /\b(cmnd|cmt|cmtnd|chung minh|can cuoc|giay to|id card|national id)\b/;
const insuranceCue =
  /\b(bhxh|bao hiem xa hoi|bhyt|bao hiem y te|social insurance|health insurance|so so bao hiem|the bao hiem)\b/;
const taxCue = /\b(mst|ma so thue|tax code|tax id|tncn|pit code)\b/;
const licenceCue = /\b(gplx|bang lai|giay phep lai xe|driving licence|driver'?s? licen[cs]e)\b/;
const accountCue = /\b(stk|so tk|so tai khoan|account (no|number)|tai khoan so)\b/;

/** Whether a run of 12 digits has the structure of a personal identification number (Circular 59/2021, Art. 4). */
export function looksLikeCitizenId(digits: string): { known: boolean } | null {
  if (!/^\d{12}$/.test(digits) || !/^...[0-3]/.test(digits)) return null;
  return { known: provinceCodes.has(digits.slice(0, 3)) };
}

function cardHit(run: DigitRun, folded: string): IdentifierHit | null {
  const { digits, start, end } = run;
  if (digits.length < 12 || digits.length > 19) return null;
  const napas = digits.startsWith("9704") && (digits.length === 16 || digits.length === 19);
  const luhn = passesLuhn(digits) && !/^0+$/.test(digits);
  if (!luhn && !napas) return null;
  const near = before(folded, start, 40);
  const isCard = cardWord.test(near) || cardWord.test(after(folded, end, 25));
  const isOrder = orderWord.test(near) || orderWord.test(after(folded, end, 18));
  const grouped = digits.length === 16 && /^[ .-]{3}$/.test(run.glue);
  const hit = (severity: Severity): IdentifierHit => ({
    rule: "card.pan",
    category: "card",
    severity,
    start,
    end,
  });
  const nearest = isCard && isOrder ? lastIndex(cardWord, near) > lastIndex(orderWord, near) : isCard;
  if (napas) return hit(isCard ? "block" : "review");
  if (luhn && nearest && /^[2-6]/.test(digits)) return hit("block");
  if (luhn && !isOrder && (grouped || (digits.length >= 15 && knownIssuer(digits)))) return hit("block");
  return null;
}

const knownIssuer = (digits: string): boolean =>
  (digits.length === 16 && /^(4|5[1-5]|2[2-7]|35|6011|65)/.test(digits)) ||
  (digits.length === 15 && /^3[47]/.test(digits));

function lastIndex(pattern: RegExp, text: string): number {
  let last = -1;
  for (const match of text.matchAll(new RegExp(pattern.source, "g"))) last = match.index;
  return last;
}

function nationalHit(run: DigitRun, folded: string): IdentifierHit | null {
  const { digits, start, end } = run;
  const make = (rule: string, severity: Severity): IdentifierHit => ({
    rule,
    category: "national_id",
    severity,
    start,
    end,
  });
  const near = before(folded, start, 60);
  const citizen = looksLikeCitizenId(digits);
  if (citizen !== null && idCue.test(near) && !orderNearer(near)) {
    if (citizen.known) return make("national_id.cccd", "block");
    if (strongIdCue.test(near)) return make("national_id.cccd", "review");
  }
  if (digits.length === 9 && oldIdCue.test(before(folded, start, 25)))
    return make("national_id.cmnd", "block");
  if (digits.length === 10 && insuranceCue.test(near)) return make("national_id.bhxh", "block");
  if (digits.length === 13 && insuranceCue.test(near)) return make("national_id.bhyt", "block");
  if (
    (digits.length === 10 || digits.length === 12) &&
    taxCue.test(near) &&
    /\b(ca nhan|tncn|anh|chi|ong|ba|personal|your)\b/.test(near)
  ) {
    if (digits.length === 12 ? citizen !== null : passesTaxCode(digits))
      return make("national_id.tax", "block");
  }
  if (digits.length === 12 && licenceCue.test(before(folded, start, 40)))
    return make("national_id.licence", "block");
  return null;
}

const orderNearer = (near: string): boolean => lastIndex(orderWord, near) > lastIndex(idCue, near);

const accountHit = (run: DigitRun, folded: string): IdentifierHit | null => {
  const near = before(folded, run.start, 30);
  if (run.digits.length < 8 || run.digits.length > 19 || !accountCue.test(near)) return null;
  if (!/\b(cua (anh|chi|ban|quy khach|ong|ba|em)|nguoi nhan luong|khach hang|your|luong)\b/.test(near))
    return null;
  return {
    rule: "financial_history.account",
    category: "financial_history",
    severity: "review",
    start: run.start,
    end: run.end,
  };
};

/**
 * Finds numbers of cards, of persons and of documents. `folded` is the text in lower case without marks, unit for
 * unit as long as the text.
 */
export function findIdentifiers(folded: string): IdentifierHit[] {
  const hits: IdentifierHit[] = [];
  for (const run of digitRuns(folded)) {
    const hit = cardHit(run, folded) ?? nationalHit(run, folded) ?? accountHit(run, folded);
    if (hit !== null) hits.push(hit);
  }
  letteredHits(folded, hits);
  return hits;
}
