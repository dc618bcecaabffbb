import type { Category, Severity } from "../../domain/finding.ts";
import { fixTexts } from "../fix-texts.ts";
import type { Scanner } from "../scan.ts";
import { isCount } from "./children.ts";
import type { ConsentBox } from "./consent.ts";
import { isNo } from "./consent-wording.ts";
import type { Control } from "./controls.ts";
import { wordsOf } from "./controls.ts";
import { foldWords } from "./fold.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement } from "./page-tree.ts";

type FieldScanner = Pick<Scanner, "scanText" | "matchFieldName">;
type Match = { readonly category: Category; readonly severity: Severity };

const cardTokens =
  /^cc-(?:name|given-name|additional-name|family-name|number|exp|exp-month|exp-year|csc|type)$/;
const cardWords =
  /\b(?:so the (?:tin dung|ngan hang|atm|visa|ghi no|thanh toan|cua ban)|so the \(?16|ma (?:bao mat|cvv|cvc)|(?:ngay|thang|nam)? ?(?:het han|hieu luc) (?:the|cua the)|ten (?:tren|chu) the|chu the|card ?(?:number|no\b|holder|num\b)|credit ?card|debit ?card|name on card|security code|expir(?:y|ation) ?(?:date|month|year)? ?(?:of (?:the )?card|\(?mm ?\/ ?yy)|cvv2?|cvc2?|ccnum|cc ?(?:number|num|exp|cvc|cvv|csc))\b/;
const cardAllowed =
  /\b(?:the (?:qua tang|thanh vien|khach hang|vip|tich diem|sim|cao|xe|hoi vien)|gift ?card|membership|member|loyalty|sim card|business card|student card|memory card)\b/;
const documentWords =
  /\b(?:cccd|cmnd|cmt|can cuoc|chung minh(?: nhan dan| thu)?|ho chieu|passport|id ?cards?|identity (?:card|document|proof)|identification|national id|citizen id|photo ?id|proof of id(?:entity)?|id (?:document|proof|photo|front|back|image|scan|upload)|(?:front|back) of (?:your )?id|your id|giay to tuy than|bang lai|giay phep lai xe|driver'?s? ?licen[cs]e|mat (?:truoc|sau)|vneid|kyc|bao hiem (?:y te|xa hoi)|bhyt|the bao hiem|so ho khau|ho khau|giay khai sinh|birth certificate|residence (?:card|permit)|visa page)\b/;

/** Answers that only a question about a sensitive fact offers; two or more of one row tell it. */
const telling: readonly (readonly [Category, Severity, RegExp])[] = [
  [
    "religion",
    "block",
    /^(?:phat giao|dao phat|cong giao|thien chua giao|tin lanh|hoi giao|cao dai|hoa hao|phat giao hoa hao|an do giao|do thai giao|buddhis[mt]|catholic(?:ism)?|protestant|christian(?:ity)?|muslim|islam|hindu(?:ism)?|jewish|judaism|atheist|vo than|khong ton giao)$/,
  ],
  [
    "ethnicity",
    "block",
    /^(?:(?:dan toc |nguoi )?(?:kinh|tay|muong|nung|khmer|kho me|h'?mong|dao|gia rai|e de|ba na|san chay|cham|hoa)|asian|black|white|hispanic|latino|caucasian|african|mixed race|pacific islander)$/,
  ],
  [
    "sex_life",
    "block",
    /^(?:di tinh|dong tinh(?: nam| nu)?|song tinh|chuyen gioi|straight|hetero(?:sexual)?|gay|lesbian|homosexual|bi(?:sexual)?|asexual|transgender|queer|pansexual)$/,
  ],
  ["health", "block", /^(?:nhom mau )?(?:a|b|ab|o)\s?(?:\+|-|rh\+|rh-|duong|am)$/],
  [
    "politics",
    "block",
    /^(?:dang vien|doan vien|democrat(?:ic)?|republican|labour|conservative|liberal|green party|communist|cong san|libertarian)$/,
  ],
  [
    "health",
    "review",
    /^(?:(?:benh )?(?:tieu duong|dai thao duong|cao huyet ap|tang huyet ap|hen suyen|ung thu|viem gan(?: [abc])?|hiv(?:\/aids)?|gout|gut|tram cam|dong kinh|lao phoi|suy than)|diabetes|hypertension|high blood pressure|asthma|cancer|hepatitis(?: [abc])?|depression|epilepsy|hiv|tuberculosis|pregnant|mang thai)$/,
  ],
];

/** Fields that ask for what may not be asked: cards, identity documents, sensitive facts. */
export function checkFields(
  scanner: FieldScanner,
  controls: readonly Control[],
  boxes: readonly ConsentBox[],
  isGuarded: boolean,
): Draft[] {
  const consents = new Set(boxes.map(({ control }) => control));
  const drafts: Draft[] = [];
  const boxNames = new Map<string, { first: PageElement; options: string[] }>();
  for (const control of controls) {
    if (control.kind === "button" || consents.has(control)) continue;
    if (control.kind === "box" && isNo(foldWords(control.label))) continue;
    if (control.kind === "file") {
      if (
        documentWords.test(
          `${wordsOf(control)} ${foldWords(control.element.attributes.get("accept") ?? "")} ${foldWords(control.element.attributes.get("aria-describedby") ?? "")}`,
        )
      )
        drafts.push({
          rule: "page_id_document_upload",
          severity: "block",
          category: "national_id",
          element: control.element,
        });
      else addMatch(drafts, control, matchOf(scanner, control), isGuarded);
      continue;
    }
    if (asksCard(control)) {
      drafts.push({ rule: "page_card_field", severity: "block", category: "card", element: control.element });
      continue;
    }
    if (control.kind === "box") {
      const key = `${control.type} ${control.name.replace(/\[\d*\]$/, "")}`;
      const group = boxNames.get(key) ?? { first: control.element, options: [] };
      boxNames.set(key, group);
      if (group.options.length < 100) group.options.push(control.label);
    }
    addMatch(drafts, control, matchOf(scanner, control), isGuarded);
    if (control.kind === "select") addMatch(drafts, control, tellingOptions(control.options), isGuarded);
  }
  for (const { first, options } of boxNames.values()) {
    const match = tellingOptions(options);
    if (match !== null)
      drafts.push({
        rule: "page_sensitive_field",
        ...match,
        element: first,
        texts: fixTexts[match.category],
      });
  }
  return drafts;
}

function asksCard(control: Control): boolean {
  if (control.autocomplete.some((token) => cardTokens.test(token))) return true;
  const words = wordsOf(control);
  return control.kind !== "box" && cardWords.test(words) && !cardAllowed.test(words);
}

function addMatch(drafts: Draft[], control: Control, match: Match | null, isGuarded: boolean): void {
  if (match === null || (match.category === "child" && (isGuarded || isCount(wordsOf(control))))) return;
  const rule = match.category === "card" ? "page_card_field" : "page_sensitive_field";
  drafts.push({ rule, ...match, element: control.element, texts: fixTexts[match.category] });
}

function matchOf(scanner: FieldScanner, control: Control): Match | null {
  if (control.autocomplete.some((token) => token === "current-password" || token === "one-time-code"))
    return { category: "credential", severity: "block" };
  if (control.type === "password")
    return {
      category: "credential",
      severity: control.autocomplete.includes("new-password") ? "review" : "block",
    };
  let best: Match | null = null;
  const put = (match: Match | null): void => {
    if (match !== null && (best === null || (match.severity === "block" && best.severity !== "block")))
      best = match;
  };
  if (!isGuardianField(control)) put(named(scanner, control.name));
  for (const words of [control.label, control.groupLabel, control.placeholder, control.title])
    put(asked(scanner, control, words));
  return best;
}

/** A parent's own name is no child's data. */
const isGuardianField = (control: Control): boolean =>
  /\b(?:guardian|parents?|phu huynh|nguoi giam ho|cha me|bo me)\b/.test(wordsOf(control)) &&
  !/\b(?:child|kid|con|be|tre|hoc sinh|student)\b/.test(wordsOf(control));

/** Ordinary questions whose words the field names share: how many, which job. */
const ordinary =
  /^(?:so luong|number of|how many|vi tri (?:ung tuyen|tuyen dung|cong viec|mong muon|lam viec|can tuyen|ban (?:muon )?ung tuyen)|(?:job )?position|chuc vu)\b/;

function named(scanner: FieldScanner, words: string): Match | null {
  const match = words === "" ? null : scanner.matchFieldName(words);
  if (match === null) return null;
  // Choosing a department hints at a condition and states none (a person looks).
  const isHint =
    match.category === "health" &&
    /\b(?:khoa|dich vu|service|department|special(?:ty|ity))\b/.test(foldWords(words));
  return { category: match.category, severity: isHint ? "review" : match.severity };
}

const wordsMax = 9;

/** A short label is matched as a name; a longer one is read as a question. */
function asked(scanner: FieldScanner, control: Control, words: string): Match | null {
  if (words.length < 2 || ordinary.test(foldWords(words))) return null;
  const isShort = words.split(/\s+/).length <= wordsMax;
  if (isShort && control.kind !== "box" && !isGuardianField(control)) {
    const match = named(scanner, words);
    if (match !== null) return match;
  }
  // The words of a box are an answer, not a question, unless they speak in the first person.
  if (control.kind === "box" && !/\b(?:toi|i|my|ban|you)\b/.test(foldWords(words))) return null;
  if (words.split(/\s+/).length < 3) return null;
  const { findings } = scanner.scanText(words, { channel: "page", field: "html", isFormLabel: true });
  // Without a sensitive term the span is the whole label: too little to refuse a form for.
  const told = findings.filter(({ span }) => span[1] - span[0] < words.trim().length);
  const worst =
    told.find(({ severity }) => severity === "block") ??
    (words.includes("?") ? told.find(({ severity }) => severity === "review") : undefined);
  if (worst?.category == null || (worst.category === "child" && isGuardianField(control))) return null;
  return { category: worst.category, severity: worst.severity };
}

function tellingOptions(options: readonly string[]): Match | null {
  const folded = options.map((option) => foldWords(option).replace(/^[-–•\d.)\s]+/, ""));
  for (const [category, severity, pattern] of telling)
    if (folded.filter((option) => pattern.test(option)).length >= 2) return { category, severity };
  return null;
}
