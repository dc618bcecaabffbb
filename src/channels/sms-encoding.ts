/** How a text goes over SMS: 3GPP TS 23.038's default alphabet where it suffices, UCS-2 otherwise. */
export type SmsEncoding = "gsm7" | "ucs2";

// The basic character set by code, 0x00 to 0x7f; 0x1b is the escape to the extension.
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extension: Readonly<Record<string, number>> = {
  "\f": 0x0a,
  "^": 0x14,
  "{": 0x28,
  "}": 0x29,
  "\\": 0x2f,
  "[": 0x3c,
  "~": 0x3d,
  "]": 0x3e,
  "|": 0x40,
  "€": 0x65,
};

const single = { gsm7: 160, ucs2: 140 } as const;
// Six octets of header leave 153 septets or 134 octets (67 characters) a part.
const part = { gsm7: 153, ucs2: 134 } as const;

export function smsEncodingOf(text: string): SmsEncoding {
  return Array.from(text.normalize("NFC")).every((character) => septets(character) !== undefined)
    ? "gsm7"
    : "ucs2";
}

/**
 * The parts of a text as octets: one septet an octet for GSM 7-bit (SMPP carries it unpacked), big-endian
 * UTF-16 for UCS-2. No part ends within an escape sequence or a surrogate pair.
 */
export function smsParts(text: string): {
  readonly encoding: SmsEncoding;
  readonly parts: readonly Buffer[];
} {
  const encoding = smsEncodingOf(text);
  // Composed letters: "ê" + "́" would cost two code units and breaks apart on some handsets.
  const units = Array.from(text.normalize("NFC"), (character) =>
    encoding === "gsm7" ? Buffer.from(septets(character) ?? []) : Buffer.from(character, "utf16le").swap16(),
  );
  const whole = Buffer.concat(units);
  if (whole.length <= single[encoding]) return { encoding, parts: [whole] };
  const parts: Buffer[][] = [[]];
  let filled = 0;
  for (const unit of units) {
    if (filled + unit.length > part[encoding]) {
      parts.push([]);
      filled = 0;
    }
    parts.at(-1)?.push(unit);
    filled += unit.length;
  }
  return { encoding, parts: parts.map((own) => Buffer.concat(own)) };
}

/** The other direction, for what subscribers send; unknown escapes read as a space, as 23.038 has it. */
export function fromGsm7(octets: Buffer): string {
  const byCode = new Map(Object.entries(extension).map(([character, code]) => [code, character]));
  let text = "";
  for (let at = 0; at < octets.length; at += 1) {
    const code = (octets[at] ?? 0) & 0x7f;
    if (code === 0x1b) {
      at += 1;
      text += byCode.get(octets[at] ?? 0) ?? " ";
    } else text += basic.charAt(code);
  }
  return text;
}

export function fromUcs2(octets: Buffer): string {
  const even = octets.subarray(0, octets.length - (octets.length % 2));
  return Buffer.from(even).swap16().toString("utf16le");
}

function septets(character: string): readonly number[] | undefined {
  const code = basic.indexOf(character);
  if (code >= 0 && code !== 0x1b && character.length === 1) return [code];
  const extended = Object.hasOwn(extension, character) ? extension[character] : undefined;
  return extended === undefined ? undefined : [0x1b, extended];
}
