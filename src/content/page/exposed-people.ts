import { foldWords } from "./fold.ts";
import { stringsIn } from "./inline-scripts.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { textOf } from "./page-tree.ts";
import { namesPerson, vietnameseName } from "./person-names.ts";

const mobile = /(?<![\d.])(?:\+?84|0)[ .-]?(?:[35789]\d)(?:[ .-]?\d){7}(?!\d|\.\d)/g;
const mail = /[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})/g;
const ownMail =
  /^(?:info|contact|support|sales?|hello|cskh|lienhe|tuvan|admin|office|marketing|hr|tuyendung|booking|order|dathang|help|care|privacy|dpo)\b/i;
const freeMail = /^(?:gmail|yahoo|hotmail|outlook|icloud|live|proton(?:mail)?|ymail|msn|aol|me)\./i;
/** The advertiser's own lines: how to reach it, where it is, who works there. */
const ownContact =
  /\b(?:hotline|tong dai|lien he|lien lac|goi ngay|goi (?:cho )?(?:chung toi|ngay)|cskh|tu van vien|ho tro|showroom|chi nhanh|co so|van phong|dia chi|cua hang|dai ly|fax|website|call us|call now|contact|support|helpline|branch|store|office|address|phong kinh doanh|truong phong|giam doc|nhan vien|chuyen vien|tu van|bac si|bs\.|ths\.|luat su|quan ly|ke toan|sales?|manager|director|consultant|agent|broker|moi gioi|ceo|founder|doctor|dr\.|lawyer|phu trach|dat (?:lich|ban|hang|phong)|zalo oa|ban quan ly|giao vien|hlv|coach|team|nguoi dai dien|dai dien|mst|ma so thue|du lieu ca nhan|dpo|data protection)\b/;
const listHead =
  /\b(?:khach hang|nguoi (?:trung|dang ky|mua|dung|tham gia)|trung (?:thuong|giai)|thanh vien|hoc vien|danh sach|customers?|winners?|subscribers?|members?|participants?|attendees?|registrants?|leads?|clients?|users?)\b/;

type Row = { readonly element: PageElement; readonly text: string };

/** Names with phones or e-mail addresses of people; the advertiser's own contacts are no subscribers. */
export function checkExposed(tree: PageTree, ownHost: string): Draft[] {
  const drafts: Draft[] = [];
  const report = (element: PageElement, span?: readonly [number, number]): void => {
    drafts.push({
      rule: "page_subscriber_data_exposed",
      severity: "block",
      element,
      ...(span === undefined ? {} : { span }),
    });
  };
  const lists = new Map<PageElement, Row[]>();
  for (const element of tree.elements) {
    if (
      !/^(?:tr|li|p|div|article|dd|blockquote|figcaption|option|section)$/.test(element.tag) ||
      element.parent === null
    )
      continue;
    const text = textOf(tree, element, 260);
    if (text.length >= 260 || !(hasMobile(text) || text.includes("@"))) continue;
    const rows = lists.get(element.parent) ?? [];
    lists.set(element.parent, rows);
    if (rows.length < 5_000) rows.push({ element, text });
  }
  for (const [list, rows] of lists) {
    const people = rows.filter(({ text }) => isPerson(text, ownHost));
    const [first] = people;
    if (first !== undefined) report(people.length > 1 ? list : first.element);
    else if (
      rows.filter(({ text }) => isPlainContact(text, ownHost)).length >= 3 &&
      listHead.test(headOf(tree, list))
    )
      report(list);
  }
  for (const block of tree.blocks) {
    const text = block.runs
      .map((run) => run.value)
      .join("")
      .replace(/\s+/g, " ");
    const [first] = block.runs;
    if (
      first === undefined ||
      text.length > 2_000 ||
      !/^(?:span|body|h[1-6]|td|b|strong|em|i|small|a|main|center|label|textarea|font)$/.test(
        first.element.tag,
      )
    )
      continue;
    if ((hasMobile(text) || text.includes("@")) && isPerson(text, ownHost))
      report(first.element, [first.start, block.runs.at(-1)?.end ?? first.end]);
  }
  for (const script of tree.scripts) if (listsPeople(script.text)) report(script.element);
  return drafts;
}

const hasMobile = (text: string): boolean => text.search(mobile) >= 0;

function isPerson(text: string, ownHost: string): boolean {
  if (!hasAddress(text, ownHost)) return false;
  if (ownContact.test(foldWords(text))) return false;
  return namesPerson(text.replace(mail, " "));
}

function isPlainContact(text: string, ownHost: string): boolean {
  return hasAddress(text, ownHost) && !ownContact.test(foldWords(text));
}

function hasAddress(text: string, ownHost: string): boolean {
  if (hasMobile(text)) return true;
  for (const found of text.matchAll(mail)) {
    const domain = found[1] ?? "";
    if (ownMail.test(found[0]) || (ownHost !== "" && (ownHost.endsWith(domain) || domain.endsWith(ownHost))))
      continue;
    if (freeMail.test(domain) || /[a-z]+[._]?[a-z]+/i.test(found[0])) return true;
  }
  return false;
}

/** What stands over a list: the heading of its section, or of the table. */
function headOf(tree: PageTree, list: PageElement): string {
  const from = Math.max(0, list.textFrom - 6);
  const before = tree.runs.slice(from, list.textFrom + 4).map((run) => run.value);
  return foldWords(before.join(" ").slice(-400));
}

const phoneKey = /^(?:phone\w*|sdt|so_?dien_?thoai|dien_?thoai|mobile\w*|msisdn|tel|email|e_mail)$/i;

/** Two or more records of people among the strings of a script. */
function listsPeople(script: string): boolean {
  if (!/phone|sdt|dien_?thoai|mobile|msisdn|\btel\b|email/i.test(script)) return false;
  let people = 0;
  for (const found of script.matchAll(
    /["']?([A-Za-z_]{2,20})["']?\s*:\s*["'](?:(?:\+?84|0)[35789][\d .-]{7,12}|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{2,30})["']/g,
  ))
    if (phoneKey.test(found[1] ?? "") && ++people >= 2) return true;
  let lines = 0;
  for (const { text } of stringsIn(script))
    if (text.length < 200 && hasMobile(text) && vietnameseName.test(text) && ++lines >= 2) return true;
  return false;
}
