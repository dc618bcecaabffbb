import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { spreadsheetNumber } from "./spreadsheet-number.ts";
import { vietnameseMobile } from "./vietnamese-mobile.ts";
import { writtenDigits } from "./written-digits.ts";

/** What had to be mended for the number to be read; the first that applies, in this order. */
export type PhoneConversion = "old_prefix" | "scientific" | "lost_zero" | "apostrophe";

export type ParsedPhone = {
  readonly e164: string;
  /** ISO 3166-1 alpha-2; "" where the calling code belongs to several and the number does not tell. */
  readonly country: string;
  /** Digits without the plus: "84". */
  readonly callingCode: string;
  readonly converted?: PhoneConversion;
};

export type PhoneFault = "phone_missing" | "number_invalid";

export type PhoneResult =
  | { readonly ok: true; readonly phone: ParsedPhone }
  | { readonly ok: false; readonly fault: PhoneFault };

/** Longer cells are not one phone number, whatever they hold. */
const writtenLengthMax = 64;

const missing: PhoneResult = { ok: false, fault: "phone_missing" };
const invalid: PhoneResult = { ok: false, fault: "number_invalid" };

/**
 * Reads a phone number as people write it (hostile input). National forms are those of `defaultCountry`
 * (ISO 3166-1 alpha-2). Only a number that can receive a message is accepted: Vietnamese mobiles (by prefix
 * table, old ones converted) and, elsewhere, what libphonenumber holds valid as mobile or fixed-or-mobile.
 * Damage is mended only where one reading is possible.
 */
export function parsePhone(written: string, defaultCountry = "VN"): PhoneResult {
  if (defaultCountry === "VN" && written.length === 10 && isNationalForm(written)) {
    const mobile = vietnameseMobile(written.slice(1));
    return mobile === undefined ? invalid : vietnamese(mobile.e164, undefined);
  }
  const text = withoutScheme(written.trim());
  if (text.length > writtenLengthMax) return invalid;
  const country = defaultCountry.toUpperCase();
  const mended = spreadsheetNumber(text);
  if (mended?.kind === "lost") return invalid;
  if (mended !== undefined) return resolve(mended.digits, false, country, "scientific");
  const plain = writtenDigits(text);
  if (plain === undefined) return byLibrary(text, country, undefined);
  if (plain.digits === "") return plain.international ? invalid : missing;
  return resolve(plain.digits, plain.international, country, plain.textMark ? "apostrophe" : undefined);
}

/** 0 and nine more ASCII digits: by far the most frequent form, so it is asked first. */
function isNationalForm(written: string): boolean {
  if (written.charCodeAt(0) !== 0x30) return false;
  for (let at = 1; at < 10; at++) {
    const code = written.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function withoutScheme(text: string): string {
  return /^tel:/i.test(text) ? text.slice(4) : text;
}

function resolve(
  digits: string,
  international: boolean,
  country: string,
  mended: PhoneConversion | undefined,
): PhoneResult {
  // 00 is the international prefix of Viet Nam and of most of the world, and begins no national number.
  const abroad = !international && digits.startsWith("00");
  if (international || abroad) {
    const full = abroad ? digits.slice(2) : digits;
    if (full.startsWith("84")) return vietnameseNational(withoutTrunk(full.slice(2)), mended);
    return byLibrary(`+${full}`, country, mended);
  }
  if (country !== "VN") return byLibrary(digits, country, mended);
  if (digits.startsWith("0")) return vietnameseNational(digits.slice(1), mended);
  // A lost zero says more than the apostrophe that was meant to keep it.
  if (digits.length <= 10) return vietnameseNational(digits, mended === "scientific" ? mended : "lost_zero");
  if (digits.startsWith("84")) return vietnameseNational(withoutTrunk(digits.slice(2)), mended);
  return invalid;
}

/** `+84 (0) 90…` */
function withoutTrunk(national: string): string {
  return national.startsWith("0") ? national.slice(1) : national;
}

function vietnameseNational(national: string, mended: PhoneConversion | undefined): PhoneResult {
  const mobile = vietnameseMobile(national);
  if (mobile === undefined) return invalid;
  return vietnamese(mobile.e164, mobile.old ? "old_prefix" : mended);
}

function vietnamese(e164: string, converted: PhoneConversion | undefined): PhoneResult {
  const phone = { e164, country: "VN", callingCode: "84" };
  return { ok: true, phone: converted === undefined ? phone : { ...phone, converted } };
}

function byLibrary(text: string, country: string, converted: PhoneConversion | undefined): PhoneResult {
  const options = isSupportedCountry(country)
    ? { defaultCountry: country, extract: false }
    : { extract: false };
  const number = parsePhoneNumberFromString(text, options);
  // An extension is dialled by voice; no message reaches it.
  if (number === undefined || number.ext !== undefined) return invalid;
  if (number.countryCallingCode === "84") return vietnameseNational(number.nationalNumber, converted);
  const type = number.getType();
  if (type !== "MOBILE" && type !== "FIXED_LINE_OR_MOBILE") return invalid;
  const phone = {
    e164: number.number,
    country: number.country ?? "",
    callingCode: number.countryCallingCode,
  };
  return { ok: true, phone: converted === undefined ? phone : { ...phone, converted } };
}
