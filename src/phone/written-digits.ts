/** What stands in a cell that holds nothing but a number and its punctuation. */
export type WrittenDigits = {
  readonly digits: string;
  /** A plus stood before the first digit: the number is international. */
  readonly international: boolean;
  /** A spreadsheet's text mark stood before it: `'090…` or `="090…"`. */
  readonly textMark: boolean;
};

/**
 * Reads the digits of a phone number as people and address books write it: ASCII or fullwidth digits, any
 * space, dash, dot, slash or bracket, and the invisible marks that copying leaves behind. Undefined as soon
 * as another character appears: then it is not plainly one number.
 */
export function writtenDigits(written: string): WrittenDigits | undefined {
  let digits = "";
  let international = false;
  let textMark = false;
  for (let at = 0; at < written.length; at++) {
    const code = written.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits += written.charAt(at);
    else if (code >= 0xff10 && code <= 0xff19) digits += String.fromCharCode(code - 0xff10 + 0x30);
    else if (isSeparator(code)) continue;
    else if (digits !== "") {
      // The closing quotation mark of ="0901234521" is the only mark that may follow.
      if (!(code === 0x22 && textMark && written.slice(at + 1).trim() === "")) return undefined;
    } else if (code === 0x2b || code === 0xff0b) international = true;
    else if (isTextMark(code)) textMark = true;
    else return undefined;
  }
  return { digits, international, textMark };
}

/** ' ` ‘ ’ ′ ＇, and the two characters that open ="…". */
function isTextMark(code: number): boolean {
  return (
    code === 0x27 ||
    code === 0x60 ||
    code === 0x2018 ||
    code === 0x2019 ||
    code === 0x2032 ||
    code === 0xff07 ||
    code === 0x3d ||
    code === 0x22
  );
}

function isSeparator(code: number): boolean {
  if (code < 0x80) {
    // Space and controls that spreadsheets leave; ( ) - . / [ ] _ ~
    return (
      code === 0x20 ||
      (code >= 0x09 && code <= 0x0d) ||
      code === 0x28 ||
      code === 0x29 ||
      (code >= 0x2d && code <= 0x2f) ||
      code === 0x5b ||
      code === 0x5d ||
      code === 0x5f ||
      code === 0x7e
    );
  }
  return (
    code === 0xa0 ||
    code === 0xad ||
    code === 0xb7 ||
    (code >= 0x2000 && code <= 0x2015) ||
    code === 0x2022 ||
    (code >= 0x2028 && code <= 0x202f) ||
    code === 0x205f ||
    code === 0x2060 ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x2212 ||
    code === 0x3000 ||
    code === 0x30fc ||
    code === 0xfeff ||
    code === 0xff08 ||
    code === 0xff09 ||
    (code >= 0xff0d && code <= 0xff0f)
  );
}
