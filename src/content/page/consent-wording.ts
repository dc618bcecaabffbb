import type { Purpose } from "../../domain/vocabulary.ts";
import { foldWords } from "./fold.ts";

const agree =
  /\b(?:dong y|chap thuan|chap nhan|cho phep|uy quyen|nhat tri|tan thanh|toi muon nhan|muon nhan|dang ky nhan|nhan (?:tin|thong tin|thong bao|ban tin|uu dai|khuyen mai|quang cao|email|sms)|gui cho toi|hay gui|cam ket|xac nhan|da doc|agree|agrees|consent|consents|accept|allow|permit|authori[sz]e|opt[ -]?in|happy to (?:get|receive|hear)|(?:want|like|wish) to (?:get|receive|hear|be)|send me|e ?mail me|text me|contact me|call me|keep me|sign me up|subscribe|you may|may (?:send|contact|call|text|e ?mail)|i have read|i confirm|yes please|yes,)/;
const consentName =
  /\b(?:consents?|agree\w*|dong ?y|opt ?in|gdpr|accept\w*|marketing|newsletter|subscribe|terms|dieu khoan|cho phep|quang cao|nhan tin)\b/;

/** Whether a box asks for agreement, by its words or, where it has none, by its name. */
export function asksConsent(label: string, groupLabel: string, name: string): boolean {
  const words = foldWords(label);
  if (agree.test(words)) return true;
  const group = foldWords(groupLabel);
  if (group !== "" && agree.test(group) && (isYes(words) || isNo(words) || consentName.test(name)))
    return true;
  if (consentName.test(name) && !/\b(?:type|loai|source)\b/.test(name)) return true;
  return (
    advertising.test(words) &&
    /\b(?:gui|nhan|receive|send|get|sms|zalo|viber|email|e mail|tin nhan)\b/.test(words)
  );
}

export const isYes = (words: string): boolean =>
  /^(?:co|yes|dong y|toi dong y|i agree|agree|y|1|true|on|ok|accept|cho phep)\b/.test(words);
export const isNo = (words: string): boolean =>
  /^(?:khong|no\b|tu choi|decline|refuse|n$|0$|false|off|i do not|i don't|disagree|chua)/.test(words);

const advertising =
  /\b(?:quang cao|tiep thi|khuyen mai|uu dai|marketing|advertis\w*|promotion\w*|promo\w*|offers?|deals?|newsletters?|ban tin|gioi thieu (?:san pham|dich vu|chuong trinh|khoa hoc|du an)|(?:thong tin|tin tuc|tin) (?:ve )?(?:cac )?(?:san pham|dich vu|chuong trinh|khoa hoc|du an|mo ban|su kien|bo suu tap)|giam gia|voucher|ma giam|discounts?|commercial (?:messages|communications)|product (?:news|updates)|news (?:about|on|and)|qua tang|chao hang|hang moi|new (?:arrivals|products|collections))\b/;
const careStrict =
  /\b(?:cham soc khach hang|cskh|ho tro khach hang|hau mai|customer (?:care|service|support)|after[ -]?sales?|client care)\b/;
const careWide =
  /\b(?:cham soc|tu van|ho tro|lien (?:he|lac)|goi (?:lai|dien|cho toi)|nhac (?:lich|hen)|contact (?:me|you|us back)|call (?:me|you)|follow[ -]?up|consult\w*|advi[cs]e|enquir\w*|inquir\w*|support|remind\w*|get in touch)\b/;
const transaction =
  /\b(?:giao dich|don hang|giao hang|thanh toan|dat (?:hang|lich|cho|ban|phong|ve|coc)|lich hen|xac nhan (?:don|lich|dat|ve|dang ky)|hoa don|orders?|deliver\w*|bookings?|appointments?|payments?|transactions?|invoices?|reservations?|process my request)\b/;
const survey =
  /\b(?:khao sat|lay y kien|y kien danh gia|phieu danh gia|surveys?|feedback|questionnaires?|market research|nghien cuu thi truong)\b/;
const registration =
  /\b(?:dang ky|ghi danh|xu ly (?:ho so|yeu cau|don|thong tin dang ky)|tham (?:gia|du)|regist\w*|enrol\w*|sign ?up|my application|process my)\b/;
const sharing =
  /\b(?:chia se|cung cap|chuyen|share|disclose|pass|transfer)\b[^.;]{0,60}\b(?:doi tac|ben thu ba|ben khac|cong ty thanh vien|partners?|third part(?:y|ies)|affiliates?)\b/;
const profiling = /\b(?:phan tich hanh vi|lap ho so|profiling|phan tich so thich|behaviou?ral)\b/;

/** The purposes that a consent text names. */
export function purposesNamed(text: string): Set<Purpose> {
  const words = foldWords(text);
  const named = new Set<Purpose>();
  if (advertising.test(words)) named.add("advertising");
  if (careStrict.test(words) || careWide.test(words)) named.add("customer_care");
  if (transaction.test(words)) named.add("transaction");
  if (survey.test(words)) named.add("survey");
  if (registration.test(words)) named.add("registration");
  return named;
}

/** Sentences of a text that carry the agreement; how to withdraw and where to read on say nothing of purposes. */
function agreement(text: string): string {
  const sentences = foldWords(text)
    .split(/(?<=[.!?])\s+|\n/)
    .filter((sentence) => sentence !== "");
  const core = sentences.filter(
    (sentence) =>
      !/\b(?:rut lai|huy (?:dang ky|nhan|bat cu)|tu choi nhan|withdraw|unsubscribe|opt[ -]?out|bat ky luc nao|any time|anytime|khong|never|not)\b/.test(
        sentence,
      ) || agree.test(sentence.split(/\b(?:rut lai|withdraw|unsubscribe|opt[ -]?out)\b/)[0] ?? ""),
  );
  return (core.length > 0 ? core : sentences)
    .map(
      (sentence) =>
        sentence.split(
          /\b(?:co the (?:rut|huy|tu choi)|i can (?:withdraw|unsubscribe|opt)|you can (?:withdraw|unsubscribe|opt)|va (?:co the )?rut lai|theo (?:chinh sach|thong bao)|xem (?:them )?(?:chinh sach|thong bao)|as (?:described|set out|explained)|in line with|in accordance with|according to|under (?:the|our|its)|see (?:the|our)|by contacting|bang cach)\b/,
        )[0] ?? "",
    )
    .join(" ");
}

const termsObject =
  /\b(?:(?:dong y|chap nhan|chap thuan|tan thanh|agree|accept|consent)\b[^.;]{0,40}?\b(?:dieu khoan|dieu kien|quy dinh|terms|conditions|t&c|tos)|(?:dong y|chap nhan|agree|accept|consent)\s+(?:with |to |voi |the |our |cac |toan bo |tat ca )*(?:chinh sach|privacy|policy|policies)|(?:dieu khoan(?: su dung| dich vu)?|terms(?: of use| of service)?(?: and conditions)?)\s+(?:va|and|&|dong thoi|cung voi)\s+(?:dong y |toi |agree |to |i |consent |also )*(?:nhan|cho phep|gui|receive|get|allow|marketing|advertising|promotional|quang cao|tin))/;

export function asksForTerms(text: string): boolean {
  return termsObject.test(agreement(text));
}

/** One box for several purposes, for terms and a purpose, or for passing data on besides. */
export function isBundled(text: string, wanted: readonly Purpose[]): boolean {
  const words = agreement(text);
  const isAdvertising = advertising.test(words);
  const isCare =
    careStrict.test(words) ||
    (careWide.test(words) && wanted.includes("customer_care") && wanted.includes("advertising"));
  const isOrder =
    transaction.test(words) &&
    /\b(?:va|and|cung nhu|as well as|&)\b|[,;/+]/.test(words) &&
    wanted.includes("transaction");
  const count = [
    isAdvertising,
    isCare,
    survey.test(words),
    sharing.test(words),
    profiling.test(words),
    isOrder,
  ].filter(Boolean).length;
  if (count > 1) return true;
  return (
    termsObject.test(words) &&
    (count > 0 || /\b(?:nhan (?:tin|thong tin|thong bao|email|sms)|receive|send me)\b/.test(words))
  );
}

const blanket =
  /\b(?:(?:moi|tat ca(?: cac)?|bat ky|bat cu|toan bo(?: cac)?) (?:muc dich|dieu khoan|dieu kien|hinh thuc|noi dung)|(?:any|all|every|whatever|other) (?:and all )?(?:purposes?|lawful purposes?)|muc dich khac|cac muc dich lien quan|all (?:the )?terms|everything)\b/;

export const isBlanket = (text: string): boolean => blanket.test(foldWords(text));

/** The one who may send is left open. */
export const isOpenEnded = (text: string): boolean =>
  /\b(?:(?:tu|boi|cua|va|cac|cung) (?:cac )?(?:doi tac|ben thu ba|ben khac|don vi khac)|from (?:our )?(?:selected |trusted )?(?:partners|third parties|others)|and (?:its |our |their )?(?:selected |trusted )?(?:partners|affiliates|third parties))\b/.test(
    foldWords(text),
  );

const legalWords = new Set(
  "cong ty tnhh mot thanh vien mtv co phan cp tap doan chi nhanh van phong doanh nghiep tu nhan trung tam cua hang nha hang phong kham benh vien thuong mai dich vu san xuat dau tu xuat nhap khau va the and of company co ltd limited jsc llc inc corp corporation group viet nam vietnam shop store clinic center centre academy hoc vien quoc te international".split(
    " ",
  ),
);

/** Whether a text names the advertiser: in full, without its legal form, or by its own distinctive word. */
export function namesAdvertiser(text: string, advertiser: string): boolean {
  const words = nameWords(advertiser);
  const given = ` ${nameWords(text).join(" ")} `;
  if (words.length === 0) return true;
  if (given.includes(` ${words.join(" ")} `) || squeezed(given).includes(squeezed(words.join(""))))
    return true;
  const own = words.filter((word) => !legalWords.has(word));
  if (own.length === 0) return false;
  if (given.includes(` ${own.join(" ")} `) || squeezed(given).includes(squeezed(own.join("")))) return true;
  if (own.length > 1 && given.includes(` ${own.slice(-2).join(" ")} `)) return true;
  return own.some((word) => word.length >= 5 && given.includes(` ${word} `));
}

const squeezed = (text: string): string => text.replace(/ /g, "");

function nameWords(text: string): string[] {
  return foldWords(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

export const saysWe = (text: string): boolean =>
  /\b(?:chung toi|cong ty|nha hang|cua hang|trung tam|phong kham|thuong hieu|ben minh|shop|we|us|our)\b/.test(
    foldWords(text),
  );

/** Whether folded words take sending the form, or staying on the page, for consent. */
export function submitsAsConsent(words: string): boolean {
  const found =
    /\b(?:(?:bang|khi|viec)\s+(?:viec |cach )?(?:ban |quy khach |anh chi )?(?:nhan|bam|click|gui|dien|dang ky|tiep tuc|su dung|hoan tat|an|cung cap|de lai)\b|by (?:click\w*|submit\w*|send\w*|continu\w*|sign\w*|regist\w*|press\w*|tapp\w*|fill\w*|us\w*|provid\w*|complet\w*|enter\w*)\b|(?:submitting|sending|continuing|completing) (?:this|the) \w+ (?:means|constitutes|implies))/.exec(
      words,
    );
  if (found === null) return false;
  const after = words.slice(found.index, found.index + 260);
  const agreed =
    /\b(?:dong y|chap thuan|cho phep|chap nhan|dong nghia voi viec|agree|consent|accept|authori[sz]e|allow)\b/.exec(
      after,
    );
  if (
    agreed === null ||
    /\b(?:khong|not|does not|chua)\s+(?:\w+\s+){0,3}$/.test(after.slice(0, agreed.index))
  )
    return false;
  const object = after.slice(agreed.index);
  return (
    advertising.test(object) ||
    careStrict.test(object) ||
    careWide.test(object) ||
    sharing.test(object) ||
    /\b(?:nhan|gui|receive|send|du lieu|thong tin|data|information|privacy|bao mat|marketing|contact)\b/.test(
      object,
    )
  );
}
