import { readText } from "./folded-text.ts";

/** How a text tells its reader to refuse. */
export type OptOutMethod = "sms" | "call";

/** An instruction is short; nothing before this many last characters can be one that stands at the end. */
const tailLength = 220;

const number = String.raw`\+?\d(?:[ .\-]?\d){2,14}`;
const refuse =
  "(?:tu choi|ngung nhan|ngung gui|ngung tin|dung nhan|dung gui|khong nhan|ko nhan|huy nhan|huy tin|huy dang ky|huy dk|huy qc|huydk|huyqc|opt[ -]?out|unsubscribe|unsub|stop)";
const keyword =
  "(?:tc|tcqc|tuchoi|tu choi|huy|huydk|huyqc|ngung|khong nhan|stop|unsub|unsubscribe|quit|end|cancel|out)";
/** What may stand behind an instruction without hiding it: what it costs, what it is for, punctuation. */
const trailer = String.raw`(?:[\s,;:(\-–]*(?:mien phi|free|free of charge|0 ?d|phi [\d.]{1,7} ?d?(?:/(?:tin|sms))?|[\d.]{1,7} ?d/(?:tin|sms)|(?:de|neu muon) (?:tu choi|huy|ngung|dung|khong nhan)[a-z ]{0,24}|to (?:opt out|opt-out|unsubscribe|stop|end|refuse)[a-z ]{0,16})\)?){0,2}[\s.!)\]"'”]*$`;
const word = (pattern: string): string => `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`;

const instructions: readonly { readonly method: OptOutMethod; readonly pattern: RegExp }[] = [
  // Tu choi: goi 19001234 / to opt out, call 19001234
  {
    method: "call",
    pattern: pattern(
      `${word(refuse)}[^.!?]{0,30}?${word("(?:goi|call|dial)")}[^!?]{0,24}?${number}${trailer}`,
    ),
  },
  // Goi 19001234 de tu choi / call 19001234 to opt out
  {
    method: "call",
    pattern: pattern(
      `${word("(?:goi|call|dial)")}[^!?]{0,24}?${number}[ ,]{1,3}(?:de |to )${refuse}[a-z ]{0,24}${trailer}`,
    ),
  },
  // Tu choi: soan TC gui 199 / tu choi TC 0900000408 / opt out: text STOP to 12345
  { method: "sms", pattern: pattern(`${word(refuse)}[^!?]{0,60}?${number}${trailer}`) },
  // TC gui 199 / soan HUY gui 9000 / text STOP to 12345
  {
    method: "sms",
    pattern: pattern(
      `${word(keyword)}(?: [a-z0-9]{1,10})?,? (?:gui|den|toi|ve|to)(?: (?:so|dau so|tong dai))? ${number}${trailer}`,
    ),
  },
  // Reply STOP to opt out / tra loi TC de tu choi
  {
    method: "sms",
    pattern: pattern(
      `${word("(?:reply|rep|respond|text back|tra loi|phan hoi|nhan lai)")}[^.!?]{0,16}?${word(keyword)}["'”]?${trailer}`,
    ),
  },
];

/**
 * The method that the end of the text gives for refusing further advertising, in Vietnamese with or without
 * marks or in English; null if it ends otherwise. A web link is no method (Decree 91/2020 Art. 16).
 */
export function optOutMethodAtEnd(text: string): OptOutMethod | null {
  const tail = readText(text.slice(-tailLength)).folded.replace(/(?:https?:\/\/|www\.)\S*/g, " link ");
  return instructions.find(({ pattern: form }) => form.test(tail))?.method ?? null;
}

function pattern(source: string): RegExp {
  return new RegExp(source, "u");
}
