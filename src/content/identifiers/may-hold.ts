/** Digits, joined by single spaces, dots or dashes, that the shortest number of a person has. */
const digitsMin = 7;
/** Digits from which a text is read whose units may hide more. */
const oddDigitsMin = 4;
const isLatin = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  (unit >= 0xc0 && unit < 0x250) ||
  (unit >= 0x1e00 && unit < 0x1f00);

/** Units that reading drops, decodes or reads as something else; typographic marks are harmless. */
const isOdd = (unit: number): boolean =>
  unit === 0x26 ||
  unit === 0x3c ||
  (unit > 0x7f &&
    !isLatin(unit) &&
    !(unit >= 0x2010 && unit <= 0x2027) &&
    unit !== 0xa0 &&
    unit !== 0xab &&
    unit !== 0xbb &&
    unit !== 0xb7 &&
    unit !== 0x20ab);

const securityCode = /cv|code|mat|m[^\0-\x7f]t/i;

/**
 * Whether a text can hold a number of a card or of a person, or a security code: one look at each unit, so that most
 * texts are not read for them. Answers yes wherever it cannot tell.
 */
export function mayHoldIdentifier(text: string): boolean {
  let digits = 0;
  let joined = 0;
  let inWord = 0;
  let letters = 0;
  let joint = false;
  let found = false;
  let odd = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x30 && unit <= 0x39) {
      digits++;
      inWord++;
      joint = false;
      if (++joined >= digitsMin || (inWord >= 4 && letters > 0)) found = true;
      continue;
    }
    if (isLatin(unit)) {
      if (inWord >= 4) found = true;
      letters++;
      joined = 0;
      continue;
    }
    inWord = letters = 0;
    if (joint || !(unit === 0x20 || unit === 0x2e || unit === 0x2d || unit === 0x5f)) joined = 0;
    joint = true;
    if (unit >= 0xff10 && unit <= 0xff19) digits++;
    if (isOdd(unit)) odd = true;
  }
  return found || (odd && digits >= oddDigitsMin) || (digits >= 3 && securityCode.test(text));
}
