/** Entities that hide letters or separate words; numeric ones are decoded whatever they are. */
const named: Readonly<Record<string, number>> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
  nbsp: 0x20,
  shy: 0xad,
  zwj: 0x200d,
  zwnj: 0x200c,
  agrave: 0xe0,
  aacute: 0xe1,
  acirc: 0xe2,
  atilde: 0xe3,
  egrave: 0xe8,
  eacute: 0xe9,
  ecirc: 0xea,
  igrave: 0xec,
  iacute: 0xed,
  ograve: 0xf2,
  oacute: 0xf3,
  ocirc: 0xf4,
  otilde: 0xf5,
  ugrave: 0xf9,
  uacute: 0xfa,
  yacute: 0xfd,
  ensp: 0x20,
  emsp: 0x20,
  thinsp: 0x20,
  hellip: 0x2026,
  ndash: 0x2013,
  mdash: 0x2014,
};

const inlineTags = new Set(
  "a abbr b bdi bdo big code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr".split(
    " ",
  ),
);
const blockTags = new Set(
  "article aside body br button center div dd dl dt footer form h1 h2 h3 h4 h5 h6 head header hr html img input label li link main meta nav ol option p pre script section select style table tbody td textarea tfoot th thead title tr ul".split(
    " ",
  ),
);
const entityLengthMax = 12;
const tagLengthMax = 512;

export type Decoded = { readonly codePoint: number; readonly end: number };

/** Reads the entity that starts at `&`; null where none does. */
export function decodeEntity(text: string, at: number, to: number): Decoded | null {
  let end = at + 1;
  const limit = Math.min(to, at + entityLengthMax);
  while (end < limit && text.charCodeAt(end) !== 0x3b) end++;
  if (end >= limit) return null;
  const name = text.slice(at + 1, end);
  if (name.startsWith("#")) {
    const hex = name[1] === "x" || name[1] === "X";
    const digits = name.slice(hex ? 2 : 1);
    if (!(hex ? /^[0-9a-fA-F]{1,6}$/ : /^[0-9]{1,7}$/).test(digits)) return null;
    const codePoint = Number.parseInt(digits, hex ? 16 : 10);
    return codePoint <= 0x10ffff ? { codePoint, end: end + 1 } : null;
  }
  const known = Object.hasOwn(named, name) ? named[name] : named[name.toLowerCase()];
  if (known === undefined) return null;
  const upper = /^[A-Z]/.test(name) && known >= 0xe0 ? known - 0x20 : known;
  return { codePoint: upper, end: end + 1 };
}

export type Tag = { readonly kind: "inline" | "block"; readonly end: number };

/** Reads the HTML tag or comment that starts at `<`; null for a placeholder or plain text. */
export function readTag(text: string, at: number, to: number): Tag | null {
  const limit = Math.min(to, at + tagLengthMax);
  if (text.startsWith("<!--", at)) {
    const close = text.slice(at, limit).indexOf("-->");
    return close < 0 ? null : { kind: "inline", end: at + close + 3 };
  }
  let nameStart = at + 1;
  if (text.charCodeAt(nameStart) === 0x2f) nameStart++;
  let nameEnd = nameStart;
  while (nameEnd < limit && nameEnd - nameStart < 10 && /[a-zA-Z0-9]/.test(text[nameEnd] ?? "")) nameEnd++;
  const name = text.slice(nameStart, nameEnd).toLowerCase();
  const kind = inlineTags.has(name) ? "inline" : blockTags.has(name) ? "block" : null;
  const after = text[nameEnd];
  if (kind === null || after === undefined || !/[\s/>]/.test(after)) return null;
  let end = nameEnd;
  while (end < limit && text.charCodeAt(end) !== 0x3e) end++;
  return end < limit ? { kind, end: end + 1 } : null;
}
