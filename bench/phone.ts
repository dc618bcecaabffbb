/**
 * Phone numbers a second: ours beside libphonenumber-js max, in one run, on a mix of forms as customers'
 * files have them. Run: npx tsx bench/phone.ts
 */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { parsePhone } from "../src/phone/parse-phone.ts";

const rounds = 5;
const forms: readonly ((national: string) => string)[] = [
  ...Array.from({ length: 12 }, () => (national: string) => `0${national}`),
  (national) => `+84${national}`,
  (national) => `84${national}`,
  (national) => `+84 ${national.slice(0, 2)} ${national.slice(2, 5)} ${national.slice(5)}`,
  (national) => `0${national.slice(0, 2)}.${national.slice(2, 5)}.${national.slice(5)}`,
  (national) => `0${national.slice(0, 2)}-${national.slice(2, 5)}-${national.slice(5)}`,
  (national) => national,
  (national) => `0123${national.slice(2)}`,
  (national) => `+65 8${national.slice(2)}`,
];
const written = Array.from({ length: 100_000 }, (_, at) => {
  const national = `90${String((at * 7919) % 10_000_000).padStart(7, "0")}`;
  return forms[at % forms.length]?.(national) ?? national;
});

const candidates = {
  ours: () => written.reduce((count, each) => count + (parsePhone(each).ok ? 1 : 0), 0),
  "libphonenumber-js max": () =>
    written.reduce((count, each) => count + (parsePhoneNumberFromString(each, "VN")?.isValid() ? 1 : 0), 0),
};

const best: Record<string, number> = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(candidates)) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best[name] = Math.max(best[name] ?? 0, written.length / ((user + system) / 1e6));
  }
}
for (const [name, perSecond] of Object.entries(best))
  console.log(`${name.padEnd(24)} ${Math.round(perSecond).toLocaleString("en")} numbers/CPU-s`);
console.log(`ratio ${((best["ours"] ?? 0) / (best["libphonenumber-js max"] ?? 1)).toFixed(1)}`);
