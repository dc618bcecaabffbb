/** How a text travels as SMS (3GPP TS 23.038 and 23.040). */
export type SmsLength = {
  readonly encoding: "GSM-7" | "UCS-2";
  /** Unicode code points of the text, as a person would count letters. */
  readonly characters: number;
  /** What the encoding counts: septets (GSM-7) or UTF-16 code units (UCS-2). */
  readonly units: number;
  /** Messages that are sent and paid for. An empty text is none. */
  readonly parts: number;
};

/** The GSM 03.38 default alphabet, without its escape. Only à è é ì ò ù É of it are Vietnamese letters. */
const basicAlphabet =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** The extension table: an escape and a letter, two septets that may not be parted. */
const extendedAlphabet = "\f^{}\\[~]|€";

const basic: ReadonlySet<string> = new Set(basicAlphabet);
const extended: ReadonlySet<string> = new Set(extendedAlphabet);

const limits = {
  "GSM-7": { single: 160, part: 153 },
  "UCS-2": { single: 70, part: 67 },
} as const;

/** Counts a text as it is sent, after placeholders are filled; no letter is replaced by a look-alike. */
export function smsParts(text: string): SmsLength {
  const encoding = encodingOf(text);
  let characters = 0;
  let units = 0;
  let parts = 0;
  let free = 0;
  for (const letter of text) {
    const width = encoding === "UCS-2" ? letter.length : extended.has(letter) ? 2 : 1;
    characters += 1;
    units += width;
    // An escape or a surrogate pair that does not fit goes to the next part whole.
    if (width > free) {
      parts += 1;
      free = limits[encoding].part;
    }
    free -= width;
  }
  if (units > 0 && units <= limits[encoding].single) parts = 1;
  return { encoding, characters, units, parts };
}

function encodingOf(text: string): SmsLength["encoding"] {
  for (const letter of text) if (!basic.has(letter) && !extended.has(letter)) return "UCS-2";
  return "GSM-7";
}
