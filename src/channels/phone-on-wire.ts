/** "+84901234567" → "84901234567": how Zalo, Viber and most gateways want it. */
export function internationalDigits(phone: string): string {
  return phone.replace(/^\+/, "");
}

/** "+84901234567" → "0901234567", as in eSMS's samples; other countries keep their international digits. */
export function nationalDigits(phone: string): string {
  return phone.startsWith("+84") ? `0${phone.slice(3)}` : internationalDigits(phone);
}

/** Any form that a provider writes → E.164 with "+", or undefined if it is no number. */
export function fromWire(phone: string): string | undefined {
  const bare = phone.trim().replace(/^(\+|00)/, "");
  if (!/^\d{8,15}$/.test(bare)) return undefined;
  return bare.startsWith("0") ? `+84${bare.slice(1)}` : `+${bare}`;
}
