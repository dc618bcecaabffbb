import type { Scanner } from "../scan.ts";
import type { ConsentBox } from "./consent.ts";
import { type Control, isPersonal, wordsOf } from "./controls.ts";
import { foldWords } from "./fold.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { textOf } from "./page-tree.ts";
import type { ShownWords } from "./page-words.ts";

const guardian =
  /\b(?:(?:cha|bo|ba|me)(?:,|\/| va| hoac| hay)? ?(?:me|cha|bo|ba)\b|la (?:cha|me|bo|ba)\b|phu huynh|nguoi giam ho|nguoi dai dien (?:hop phap|theo phap luat)|parents?|guardians?|mother|father|legal representative)/;
const childField =
  /\b(?:(?:ho ten|ten|tuoi|ngay sinh|nam sinh|do tuoi|lop|truong|gioi tinh|sinh nhat|can nang|anh)(?: hoc| day du| va ten)? (?:cua )?(?:con|be|tre|hoc sinh|chau|cac con|con em)\b(?! duong| nguoi)|con (?:ban|cua ban|anh chi|quy khach) (?:bao nhieu|may|ten|hoc|sinh)|(?:be|con|chau) (?:may tuoi|bao nhieu tuoi|hoc lop|sinh nam)|(?:child|kid|son|daughter|baby|pupil|minor)(?:'?s|ren'?s)? ?(?:full |first |last )?(?:name|age|birth\w*|dob|date of birth|grade|class|school|gender|photo)|(?:name|age|birth ?(?:date|day)|date of birth|grade|school|photo) of (?:your |the )?(?:child|son|daughter|kid|baby)|how old is your (?:child|son|daughter|kid|baby)|(?:em|con) (?:hoc )?lop may|school ?grade|grade ?level|(?:ten|ho ten|lop|truong) (?:cua )?em)\b/;
const schoolClass = /^(?:lop|lop hoc|khoi|khoi lop|hoc lop|lop may|grade|year group|school class)$/;
const childAudience =
  /\b(?:tre em|thieu nhi|cho be|danh cho be|cac be|nhi dong|kids?|child(?:ren)?|cho con|hoc sinh (?:tieu hoc|mam non|lop)|mam non|mau giao|tieu hoc|toddlers?|preschool)\b/;
const ageField = /\b(?:tuoi|do tuoi|age|ngay sinh|nam sinh|birth ?(?:day|date)|date of birth|dob)\b/;
/** Speaks to children themselves. */
const toChildren =
  /\b(?:cac (?:em|ban) (?:nho|thieu nhi|hoc sinh|be)\b[^.!?]{0,80}\b(?:dang ky|dien|nhap|tham gia|de lai|gui)|cac be (?:oi|hay|nhap|dien|dang ky)|(?:hey|hi|hello|dear),? (?:kids|children|boys and girls|girls and boys)|kids,? (?:enter|sign|join|tell|send|type|fill)|ask(?:ing)? your (?:mum|mom|dad|parents) (?:later|is not)|em (?:hay )?(?:nhap|dien|dang ky|de lai)\b|if you are (?:under|younger than) 1[0-8]|danh cho (?:cac )?(?:em|ban) (?:duoi|tu \d+ (?:den|-) 1[0-7] tuoi))/;

export function hasGuardianConsent(boxes: readonly ConsentBox[], controls: readonly Control[]): boolean {
  if (boxes.some(({ text }) => isGuardianText(text))) return true;
  return controls.some(
    ({ kind, label, name }) =>
      kind === "box" && (isGuardianText(label) || /guardian|parent|phu_?huynh|giam_?ho/i.test(name)),
  );
}

function isGuardianText(text: string): boolean {
  const words = foldWords(text);
  return (
    guardian.test(words) && /\b(?:toi|i|my|dong y|agree|consent|cho phep|xac nhan|confirm)\b/.test(words)
  );
}

/** Data of a child, or a form that speaks to children, needs a parent's or guardian's own consent (policy VII). */
export function checkChildren(
  tree: PageTree,
  shown: readonly ShownWords[],
  controls: readonly Control[],
  scanner: Pick<Scanner, "matchFieldName">,
  isGuarded: boolean,
): Draft[] {
  if (isGuarded) return [];
  const isForChildren = childAudience.test(headline(tree));
  const found = controls.find((control) => asksAboutChild(control, scanner, isForChildren));
  if (found !== undefined) return [draft(found.element)];
  const personal = controls.find(isPersonal);
  if (personal === undefined) return [];
  if (shown.some(({ words }) => toChildren.test(words.slice(0, 1_000)))) return [draft(personal.element)];
  return [];
}

const draft = (element: PageElement): Draft => ({
  rule: "page_child_without_guardian",
  severity: "block",
  category: "child",
  element,
});

/** How many children come is no datum of a child. */
export const isCount = (words: string): boolean =>
  /\b(?:so (?:luong|tre|be|nguoi|khach)|number of|how many|bao nhieu (?:be|tre|nguoi)|party ?size|guests?)\b/.test(
    words,
  );

export function asksAboutChild(
  control: Control,
  scanner: Pick<Scanner, "matchFieldName">,
  isForChildren: boolean,
): boolean {
  if (control.kind === "button" || control.kind === "box") return false;
  const words = wordsOf(control);
  if (isCount(words)) return false;
  if (
    /\b(?:phu huynh|parents?|guardians?|nguoi giam ho)\b/.test(words) &&
    !/\b(?:con|be|child|kid|tre)\b/.test(words)
  )
    return false;
  if (childField.test(words)) return true;
  if (schoolClass.test(foldWords(control.label)) || schoolClass.test(foldWords(control.name))) return true;
  if (control.options.filter((option) => /^(?:lop|grade|year) \d{1,2}$/.test(foldWords(option))).length >= 2)
    return true;
  if (isForChildren && ageField.test(words)) return true;
  return [control.name, control.label, control.placeholder].some(
    (name) => name !== "" && name.length < 60 && scanner.matchFieldName(name)?.category === "child",
  );
}

function headline(tree: PageTree): string {
  return foldWords(
    tree.elements
      .filter(({ tag, shown }) => tag === "title" || (tag === "h1" && shown))
      .slice(0, 4)
      .map((element) => textOf(tree, element, 200))
      .join(" . "),
  );
}
