/** What a refusal covers: all of a channel, its advertising, or one sender. */
export type RefusalScope = "channel" | "advertising" | "sender";

import { everything, optOutLexicon, optOutSentences } from "./opt-out-lexicon.ts";

/**
 * What a subscriber's message says about further messages. `unclear` may be a refusal: advertising stops, as
 * that costs little, and a person looks at it; transactional messages go on.
 */
export type OptOutReading = {
  readonly kind: "opt_out" | "help" | "none" | "unclear";
  /** What is to be suppressed; `advertising` unless the words take in everything. */
  readonly scope: RefusalScope;
};

const readMax = 1_000;

/**
 * Reads free text and keywords, Vietnamese and English, with or without marks ("Hủy", "Huỷ", "HUY"). Marks
 * decide where they are written: "đúng" (right), "dùng" (use) and "Dũng" (a name) refuse nothing, "dừng" and
 * "đừng" do; without marks DUNG counts in a sentence only beside the act of sending.
 */
export function readOptOut(text: string): OptOutReading {
  const given = text.slice(0, readMax).normalize("NFC");
  const plain = plainText(given);
  const scope: RefusalScope = everything.test(plain) ? "channel" : "advertising";
  const as = (kind: OptOutReading["kind"]): OptOutReading => ({ kind, scope });
  const isOneOf = (list: readonly string[]): boolean => list.includes(plain);
  if (plain === "" || isOneOf(optOutLexicon.neither)) return as("none");
  if (isOneOf(optOutLexicon.help)) return as("help");
  // With the misleading words taken out; what is left of "đúng" must not read as "stop".
  const meant = plainText(withoutFalseFriends(given));
  if (optOutLexicon.wholeMessage.some((word) => word === plain))
    return as(meant === plain ? "opt_out" : "none");
  if (/\bDON ?T STOP\b|\bDO NOT STOP\b/.test(plain)) return as("none");
  if (optOutSentences.some((pattern) => pattern.test(meant))) return as("opt_out");
  if (isOneOf(optOutLexicon.doubtfulAlone)) return as(doubtful(given, meant));
  // "TC BRAND" is a common form; "HUY HOANG" may be the same or a person's name.
  if (/^TC \w{2,15}$/.test(meant)) return as("unclear");
  if (/^(?:HUY|TUCHOI|TU CHOI|NGUNG|STOP) \w{2,15}$/.test(meant) && !hasMarks(given)) return as("unclear");
  if (/^(?:TU CHOI|NGUNG)\b/.test(meant)) return as("unclear");
  return as("none");
}

function doubtful(given: string, meant: string): OptOutReading["kind"] {
  if (meant === "") return "none";
  return /^d[ừù]ng\W*$/iu.test(given.trim()) && /ừ/iu.test(given) ? "opt_out" : "unclear";
}

/** Upper case without marks, single spaces, no punctuation. NFD leaves đ whole, so it is mapped by hand. */
export function plainText(text: string): string {
  return text
    .replaceAll("đ", "d")
    .replaceAll("Đ", "D")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const falseFriends = new Set([
  "đúng",
  "dùng",
  "dũng",
  "dụng",
  "đụng",
  "đứng",
  "dựng",
  "nhẫn",
  "nhãn",
  "nhân",
]);

/** Words that only look like refusals once their marks are gone; an unmarked "Huy" beside marked words is a name. */
function withoutFalseFriends(text: string): string {
  const marked = hasMarks(text);
  return text
    .split(/(?<=[^\p{L}\p{M}])|(?=[^\p{L}\p{M}])/u)
    .filter((word) => !falseFriends.has(word.toLowerCase()))
    .filter((word) => !(marked && word.toLowerCase() === "huy"))
    .join("");
}

function hasMarks(text: string): boolean {
  return /[đĐ]|\p{M}/u.test(text.normalize("NFD"));
}
