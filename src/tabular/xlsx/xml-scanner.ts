import { TextDecoder } from "node:util";
import { indexOrEnd } from "../cell-reader.ts";
import { fileUnreadable } from "../file-unreadable.ts";

/** What an XML part consists of, in order. Names come without their namespace prefix. */
export type XmlHandler = {
  /** `tag` is the tag's inside, for `attributeOf`. An empty element is closed at once. */
  readonly open: (name: string, tag: string) => void;
  readonly close: (name: string) => void;
  readonly text: (text: string) => void;
};

/**
 * Scans the XML of spreadsheets (hostile input) chunk by chunk: tags, text, CDATA and the five entities with
 * character references. There are no DTDs and no other entities: a DOCTYPE ends the reading. Works on the
 * Latin-1 image of UTF-8 like the CSV scanner, so chunk borders never fall inside a letter.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  readonly #tokenBytesMax: number;
  #rest: Buffer = Buffer.alloc(0);
  #decoder: TextDecoder | undefined;
  #begun = false;

  /** `tokenBytesMax` bounds one tag or text, and with it what is kept between chunks. */
  constructor(handler: XmlHandler, tokenBytesMax: number) {
    this.#handler = handler;
    this.#tokenBytesMax = tokenBytesMax;
  }

  write(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#rest, this.#toUtf8(chunk)]);
    const consumed = this.#scan(bytes);
    if (bytes.length - consumed > this.#tokenBytesMax) throw fileUnreadable("sheet_damaged");
    this.#rest = Buffer.from(bytes.subarray(consumed));
  }

  /** A part that ends in the middle of a tag was cut off. */
  end(): void {
    if (this.#rest.includes(0x3c)) throw fileUnreadable("sheet_damaged");
  }

  #toUtf8(chunk: Buffer): Buffer {
    if (!this.#begun && chunk.length >= 2) {
      this.#begun = true;
      const mark = chunk.readUInt16BE(0);
      if (mark === 0xfffe) this.#decoder = new TextDecoder("utf-16le");
      else if (mark === 0xfeff) this.#decoder = new TextDecoder("utf-16be");
    }
    return this.#decoder === undefined ? chunk : Buffer.from(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Returns how much is done with; a token that is not all here yet stays. */
  #scan(bytes: Buffer): number {
    const image = bytes.toString("latin1");
    let at = 0;
    for (;;) {
      const tagStart = image.indexOf("<", at);
      if (tagStart < 0) return at;
      if (tagStart > at) this.#handler.text(decodeText(bytes, image, at, tagStart));
      const second = image.charCodeAt(tagStart + 1);
      const next =
        second === 0x21
          ? this.#declaration(bytes, image, tagStart)
          : second === 0x3f
            ? after(image, "?>", tagStart)
            : this.#tag(bytes, image, tagStart);
      if (next < 0) return tagStart;
      at = next;
    }
  }

  #tag(bytes: Buffer, image: string, start: number): number {
    const end = tagEnd(image, start);
    if (end < 0) return -1;
    if (image.charCodeAt(start + 1) === 0x2f) {
      this.#handler.close(localName(image.slice(start + 2, end).trimEnd()));
      return end + 1;
    }
    const empty = image.charCodeAt(end - 1) === 0x2f;
    const tag = decodeRaw(bytes, image, start + 1, empty ? end - 1 : end);
    let nameEnd = 0;
    while (nameEnd < tag.length && !isSpace(tag.charCodeAt(nameEnd))) nameEnd++;
    const name = localName(tag.slice(0, nameEnd));
    this.#handler.open(name, tag);
    if (empty) this.#handler.close(name);
    return end + 1;
  }

  #declaration(bytes: Buffer, image: string, start: number): number {
    if (image.startsWith("<!--", start)) return after(image, "-->", start + 4);
    if (image.startsWith("<![CDATA[", start)) {
      const next = after(image, "]]>", start + 9);
      if (next >= 0) this.#handler.text(decodeRaw(bytes, image, start + 9, next - 3));
      return next;
    }
    // Nine characters tell a DOCTYPE from the two above.
    if (image.length - start < 9) return -1;
    throw fileUnreadable("sheet_damaged");
  }
}

/** The value of an attribute in a tag's inside, whatever its prefix; undefined if it is not there. */
export function attributeOf(tag: string, name: string): string | undefined {
  // Nearly every tag is written this way; the walk below takes the others.
  const plain = tag.indexOf(` ${name}="`);
  if (plain >= 0) {
    const start = plain + name.length + 3;
    return decodeEntities(tag.slice(start, indexOrEnd(tag, '"', start)));
  }
  let equals = tag.indexOf("=");
  while (equals >= 0) {
    const quote = skipSpace(tag, equals + 1);
    const mark = tag.charAt(quote);
    if (mark !== '"' && mark !== "'") return undefined;
    const end = indexOrEnd(tag, mark, quote + 1);
    if (endsWithName(tag, equals, name)) return decodeEntities(tag.slice(quote + 1, end));
    equals = tag.indexOf("=", end + 1);
  }
  return undefined;
}

function skipSpace(tag: string, from: number): number {
  let at = from;
  while (isSpace(tag.charCodeAt(at))) at++;
  return at;
}

/** Whether what stands before `equals` is the name, after a space or a namespace prefix. */
function endsWithName(tag: string, equals: number, name: string): boolean {
  let end = equals;
  while (isSpace(tag.charCodeAt(end - 1))) end--;
  const start = end - name.length;
  const before = tag.charCodeAt(start - 1);
  return (isSpace(before) || before === 0x3a) && tag.startsWith(name, start);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function after(image: string, wanted: string, from: number): number {
  const at = image.indexOf(wanted, from);
  return at < 0 ? -1 : at + wanted.length;
}

/** The > that closes a tag: one inside an attribute's quotation marks does not. */
function tagEnd(image: string, start: number): number {
  let end = image.indexOf(">", start);
  while (end >= 0 && isInsideQuotes(image, start, end)) end = image.indexOf(">", end + 1);
  return end;
}

function isInsideQuotes(image: string, start: number, end: number): boolean {
  let open = 0;
  for (let at = start; at < end; at++) {
    const code = image.charCodeAt(at);
    if (open === 0 && (code === 0x22 || code === 0x27)) open = code;
    else if (code === open) open = 0;
  }
  return open !== 0;
}

function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
}

function decodeText(bytes: Buffer, image: string, start: number, end: number): string {
  const text = decodeRaw(bytes, image, start, end);
  return text.includes("&") ? decodeEntities(text) : text;
}

function decodeRaw(bytes: Buffer, image: string, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) >= 0x80) return bytes.toString("utf8", start, end);
  }
  return image.slice(start, end);
}

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (_, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return named.get(name) ?? "";
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
