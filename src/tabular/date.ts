/** How dates in files are to be understood; nothing here asks a clock. */
export type DateReading = {
  /** The latest year that a two-digit year can mean: with 2026, 26 is 2026 and 27 is 1927. */
  readonly latestYear: number;
  /** Offset of times written without one; Viet Nam has no summer time. */
  readonly offset?: string;
};

type Day = { readonly year: number; readonly month: number; readonly day: number };
type Time = { readonly hour: number; readonly minute: number; readonly second: number };

const vietnamOffset = "+07:00";
const writtenLengthMax = 40;

/**
 * A day as ISO `YYYY-MM-DD`, or null. Reads ISO, day/month/year with any of `/ - .`, a spreadsheet's serial
 * number, each with or without a time. Day comes before month, as written in Viet Nam: `12/31/1990` has no
 * month 31 and is refused, not turned round.
 */
export function parseDay(written: string, reading: DateReading): string | null {
  if (written.length === 10) {
    const day = plainDay(written);
    if (day !== null) return day;
  }
  const moment = parse(written, reading);
  return moment === null ? null : isoDay(moment.day);
}

/** A moment as RFC 3339 with its offset, or null. A day alone is its first minute. */
export function parseMoment(written: string, reading: DateReading): string | null {
  if (written.length === 16 && written.charCodeAt(10) === 0x20 && written.charCodeAt(13) === 0x3a) {
    const day = plainDay(written);
    const hour = twoDigits(written, 11);
    const minute = twoDigits(written, 14);
    if (day !== null && hour >= 0 && hour < 24 && minute >= 0 && minute < 60)
      return `${day}T${written.slice(11)}:00${reading.offset ?? vietnamOffset}`;
  }
  const moment = parse(written, reading);
  if (moment === null) return null;
  const { hour, minute, second } = moment.time;
  const offset = moment.offset ?? reading.offset ?? vietnamOffset;
  return `${isoDay(moment.day)}T${two(hour)}:${two(minute)}:${two(second)}${offset}`;
}

/**
 * `24/11/2026` at the beginning of a text, by far the most frequent form: imports ask for it twice a row. null: another
 * form or no such day, which the general way tells apart.
 */
function plainDay(written: string): string | null {
  if (written.charCodeAt(2) !== 0x2f || written.charCodeAt(5) !== 0x2f) return null;
  const day = twoDigits(written, 0);
  const month = twoDigits(written, 3);
  const century = twoDigits(written, 6);
  const year = century * 100 + twoDigits(written, 8);
  if (day < 0 || month < 0 || century < 0 || twoDigits(written, 8) < 0) return null;
  return realDay(year, month, day) === null
    ? null
    : `${written.slice(6, 10)}-${written.slice(3, 5)}-${written.slice(0, 2)}`;
}

/** Below 0: not two ASCII digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

type Moment = { readonly day: Day; readonly time: Time; readonly offset: string | undefined };

const midnight: Time = { hour: 0, minute: 0, second: 0 };
const dayFirst = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})$/;
const yearFirst = /^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})$/;
const compact = /^(\d{4})(\d{2})(\d{2})$/;
const serial = /^\d{5}(?:\.\d{1,12})?$/;
const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?: ?(am|pm|sa|ch))?$/i;
const zoned = /^(.*?\d) ?(z|[+-]\d{2}:?\d{2})$/i;

function parse(written: string, reading: DateReading): Moment | null {
  const text = written.replace(/^['\s\u00a0\ufeff]+|[\s\u00a0]+$/g, "");
  if (text === "" || text.length > writtenLengthMax) return null;
  if (serial.test(text)) return fromSerial(Number(text));
  const alone = parseDayOnly(text, reading);
  if (alone !== null) return { day: alone, time: midnight, offset: undefined };
  const withZone = zoned.exec(text);
  // The end of `10:00 24-11-2026` is a year and no offset.
  const offset = normalOffset(withZone?.[2] ?? "");
  const parts = /^(\S+?)(?:[ \u00a0]+|[Tt](?=\d))(.+)$/.exec(
    offset === undefined ? text : (withZone?.[1] ?? text),
  );
  if (parts === null) return null;
  const [, first = "", second = ""] = parts;
  // Viet Nam also writes the hour first: 14:30 24/11/2026.
  const day = parseDayOnly(first, reading) ?? parseDayOnly(second, reading);
  const time = parseTime(second) ?? parseTime(first);
  return day === null || time === null ? null : { day, time, offset };
}

function parseDayOnly(text: string, reading: DateReading): Day | null {
  const first = dayFirst.exec(text);
  if (first !== null) return realDay(fullYear(first[4] ?? "", reading), Number(first[3]), Number(first[1]));
  const iso = yearFirst.exec(text);
  if (iso !== null) return realDay(Number(iso[1]), Number(iso[3]), Number(iso[4]));
  const packed = compact.exec(text);
  return packed === null ? null : realDay(Number(packed[1]), Number(packed[2]), Number(packed[3]));
}

function fullYear(year: string, reading: DateReading): number {
  if (year.length === 4) return Number(year);
  const century = reading.latestYear - (reading.latestYear % 100);
  const full = century + Number(year);
  return full > reading.latestYear ? full - 100 : full;
}

function realDay(year: number, month: number, day: number): Day | null {
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1) return null;
  return day > daysIn(year, month) ? null : { year, month, day };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function parseTime(text: string): Time | null {
  const match = clock.exec(text);
  if (match === null) return null;
  const [, hours = "", minutes = "", seconds = "0", half = ""] = match;
  const minute = Number(minutes);
  const second = Number(seconds);
  const hour = hourOf(Number(hours), half.toLowerCase());
  return hour === null || minute > 59 || second > 59 ? null : { hour, minute, second };
}

/** sa (sáng) and ch (chiều) are what Vietnamese spreadsheets write for am and pm. */
function hourOf(hour: number, half: string): number | null {
  if (half === "") return hour > 23 ? null : hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half === "pm" || half === "ch" ? 12 : 0);
}

function normalOffset(written: string): string | undefined {
  if (written === "") return undefined;
  if (written.toLowerCase() === "z") return "Z";
  const digits = written.replace(":", "");
  const hours = Number(digits.slice(1, 3));
  const minutes = Number(digits.slice(3));
  return hours > 14 || minutes > 59 ? undefined : `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** Days since 1899-12-30; five digits reach from 1927 to 2173, so that a year alone is never one. */
function fromSerial(value: number): Moment | null {
  const seconds = Math.round((value - 25_569) * 86_400);
  const date = new Date(seconds * 1000);
  const day = realDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
  const time = { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() };
  return day === null ? null : { day, time, offset: undefined };
}

function isoDay({ year, month, day }: Day): string {
  return `${year}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
