import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { callingCodeOf } from "./calling-codes.ts";
import {
  crownDependencyPrefixes,
  type PhoneRegime,
  regimeCountries,
  regimeOfCallingCode,
  vaticanPrefix,
} from "./regime-countries.ts";

export type { PhoneRegime } from "./regime-countries.ts";

const regimeOfCode: ReadonlyMap<string, PhoneRegime> = new Map(Object.entries(regimeOfCallingCode));

/**
 * The regimes that a phone number suggests, never empty. A number only ever raises a regime: that it is
 * Vietnamese does not lower what the country on record or the consent says, so callers take the union with
 * `regimeOfCountry`.
 */
export function regimesOfPhone(e164: string): readonly PhoneRegime[] {
  const code = callingCodeOf(e164);
  const whole = regimeOfCode.get(code);
  if (whole !== undefined) return [whole];
  if (code === "44") return regimesInsideUkCode(e164);
  if (code === "39") return [e164.startsWith(`+${vaticanPrefix}`) ? "other" : "eu"];
  // A +1 number that the plan does not place is held to the strictest of its members, the United States.
  if (code === "1") return [regimeOfCountry(countryOfPhone(e164) || "US")];
  return ["other"];
}

/** The regime of a country (ISO 3166-1 alpha-2, any case); unknown ones are "other". */
export function regimeOfCountry(country: string): PhoneRegime {
  return countryRow(country)?.regime ?? "other";
}

/** ISO 3166-1 alpha-2 of the number, "" where the plan does not place it in one country. */
export function countryOfPhone(e164: string): string {
  if (e164.startsWith("+84")) return "VN";
  if (callingCodeOf(e164) === "") return "";
  const country = parsePhoneNumberFromString(e164)?.country;
  return country ?? "";
}

/**
 * IANA zones in which the person with this number may be; sending hours are to hold in all of them. Empty
 * where they are not known: the caller must then take the cautious way.
 */
export function timeZonesOfPhone(e164: string): readonly string[] {
  const country = countryOfPhone(e164);
  if (country !== "") return timeZonesOfCountry(country);
  return callingCodeOf(e164) === "1" ? timeZonesOfCountry("US") : [];
}

/** IANA zones of a country (ISO 3166-1 alpha-2, any case), empty where they are not known. */
export function timeZonesOfCountry(country: string): readonly string[] {
  return countryRow(country)?.timeZones ?? [];
}

function countryRow(country: string): (typeof regimeCountries)[string] | undefined {
  const code = country.toUpperCase();
  return Object.hasOwn(regimeCountries, code) ? regimeCountries[code] : undefined;
}

/** Where the sources of the numbering plan disagree about a block, both regimes hold. */
function regimesInsideUkCode(e164: string): readonly PhoneRegime[] {
  const country = countryOfPhone(e164);
  if (Object.hasOwn(crownDependencyPrefixes, country)) return ["other"];
  const digits = e164.slice(1);
  const listed = Object.values(crownDependencyPrefixes).some((prefixes) =>
    prefixes.some((prefix) => digits.startsWith(prefix)),
  );
  if (!listed) return ["uk"];
  return country === "GB" ? ["uk", "other"] : ["other"];
}
