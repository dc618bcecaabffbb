import type { FieldMatch, FieldNames } from "./field-names.ts";

export type StatedAttribute = {
  readonly match: FieldMatch;
  /** UTF-16 range of the name and its value. */
  readonly start: number;
  readonly end: number;
};

/** "Name: value" at the start of a line or a clause; both sides are short, so that a headline is not one. */
const pair =
  /(?<=^|[\n\r;,.|(（，、；。•·●\-–—]\s{0,3})([\p{L}\p{N}][\p{L}\p{M}\p{N} '’/-]{0,38}?)\s{0,2}[:：=＝]\s{0,3}([^\s:：=＝][^\n\r;；|。•·●]{0,60})/gu;
const pairsMax = 200;

/** Values that say that there is nothing to say. */
const nothing =
  /^(-+|–|—|n\/?a|none|no|non|nein|kein[e]?|aucune?|ninguna?|nada|nessuna?|não|nenhuma?|sin especificar|нет|не указано|без|无|無|没有|沒有|なし|無し|ない|未填|해당 ?없음|없음|ไม่มี|ไม่ระบุ|គ្មាន|không|khong|không có)[\s.!。)]*$/iu;

/** What a disease or a test is answered with: a headline after a colon is none of these. */
const answer =
  /^(yes|positive?|negative?|confirmed|type ?[12i]+|stage ?[\divx]+|oui|positi[fv]e?|négati[fv]e?|confirmé|ja|positiv|negativ|sí|si|positivo|negativo|sim|да|положительн\p{L}*|отрицательн\p{L}*|есть|是|有|阳性|陽性|阴性|陰性|确诊|確診|あり|有り|はい|예|네|있음|양성|음성|มี|ใช่|เป็นบวก|บวก|ลบ|ผลบวก|ผลลบ|មាន|វិជ្ជមាន|អវិជ្ជមាន|có|dương tính|âm tính|duong tinh|am tinh|[<>]?\d[\d.,/]*\s?(%|mmol\S*|mg\S*|mmhg|kg|copies)?(?=$|[,;)!]))(?=[\s,.(（)!]|$)/iu;

/** Names that stand in headlines as often as in forms, so that only an answer makes them a statement. */
const needsAnswer =
  /^(hiv|vih|sida|aids|covid|depres|diab|can?cer|cáncer|krebs|hepatit|hépatit|asth?m|épileps|epileps|tubercul|embaraz|grossesse|schwanger|pregnan|gravid|вич|диабет|сахарн|рак|онколог|гепатит|туберк|эпилеп|депресс|艾滋|愛滋|梅毒|肝炎|乙肝|癌|がん|糖尿|高血|抑郁|うつ|당뇨|암|고혈압|에이즈|우울|임신|妊娠|怀孕|懷孕|เอดส์|เอชไอวี|เบาหวาน|มะเร็ง|ซึมเศร้า|ตั้งครรภ์|មហារីក|អេដស៍|race|vote|partei$|partido|clave|定位|교회|教会|教會|工会)/iu;
const wordsMax = 4;
const unspacedMax = 14;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}]/u;

/** Whether a value is as short as one that fills a form. */
function fillsForm(value: string): boolean {
  if (/[?？]/.test(value)) return false;
  const clause = value.split(/[,，、.!！]/u)[0]?.trim() ?? "";
  return unspaced.test(clause) ? clause.length <= unspacedMax : clause.split(/\s+/).length <= wordsMax;
}

/** Finds attributes of other languages with a value: "Groupe sanguin : O+", "宗教：佛教", "Судимость: есть". */
export function findStatedAttributes(text: string, names: FieldNames): StatedAttribute[] {
  const found: StatedAttribute[] = [];
  let seen = 0;
  for (const matched of text.matchAll(pair)) {
    if (++seen > pairsMax) break;
    const [whole, name = "", value = ""] = matched;
    const match = names.matchStated(name);
    if (match === null || nothing.test(value.trim())) continue;
    if (needsAnswer.test(name) ? !(answer.test(value) || placeholderOnly(value)) : !fillsForm(value))
      continue;
    found.push({ match, start: matched.index, end: matched.index + whole.trimEnd().length });
  }
  return found;
}

const placeholderOnly = (value: string): boolean => /^(\{\{[^}]*\}\}|<[^>]*>|[$%]?\{[^}]*\})\s*$/.test(value);
