/** Luhn check over a string of digits (ISO/IEC 7812-1 Annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Check digit of a Vietnamese tax code: 10 digits, or 13 with a branch suffix. */
export function passesTaxCode(digits: string): boolean {
  if (!/^\d{10}(\d{3})?$/.test(digits) || /^..0000000/.test(digits) || /^\d{10}000$/.test(digits))
    return false;
  const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  const check = 10 - (sum % 11);
  return check === Number(digits[9]);
}
