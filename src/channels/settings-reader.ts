import type { Fault } from "../domain/guard-error.ts";
import { isLoopback } from "./loopback.ts";

/** Reads a connector's settings one by one and collects every fault instead of stopping at the first. */
export type SettingsReader = {
  text(name: string, options?: { readonly lengthMax?: number }): string;
  optionalText(name: string): string | undefined;
  optionalFlag(name: string): boolean | undefined;
  optionalTexts(name: string): readonly string[];
  integer(
    name: string,
    bounds: { readonly min: number; readonly max: number; readonly fallback?: number },
  ): number;
  /** Plain HTTP only to loopback; `fallback` is the provider's own address. */
  url(name: string, fallback?: string): URL;
  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T;
  fault(name: string, code: string, message: string): void;
  /** Every fault so far, with those for settings that nobody asked for: a misspelt name must not pass. */
  faults(): readonly Fault[];
};

const textLengthMax = 4_096;

export function createSettingsReader(settings: Readonly<Record<string, unknown>>): SettingsReader {
  const found: Fault[] = [];
  const asked = new Set<string>(["kind"]);
  const fault = (name: string, code: string, message: string): void => {
    found.push({ pointer: `/connector/${name}`, code, message });
  };
  const read = (name: string): unknown => {
    asked.add(name);
    return Object.hasOwn(settings, name) ? settings[name] : undefined;
  };
  const textOf = (name: string, given: unknown, lengthMax: number): string => {
    // Providers print their ids as numbers, and so do callers.
    const value = name.endsWith("Id") && Number.isSafeInteger(given) ? String(given) : given;
    if (typeof value === "string" && value !== "" && value.length <= lengthMax && !hasControl(value))
      return value;
    if (value === undefined || value === "") fault(name, "required", `${name} is missing`);
    else fault(name, "invalid", `${name} must be a printable text of at most ${lengthMax} characters`);
    return "";
  };
  return {
    fault,
    text: (name, options) => textOf(name, read(name), options?.lengthMax ?? textLengthMax),
    optionalText(name) {
      const value = read(name);
      return value === undefined ? undefined : textOf(name, value, textLengthMax);
    },
    optionalFlag(name) {
      const value = read(name);
      if (value !== undefined && typeof value !== "boolean")
        fault(name, "invalid", `${name} must be true or false`);
      return typeof value === "boolean" ? value : undefined;
    },
    optionalTexts(name) {
      const value = read(name);
      if (value === undefined) return [];
      if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
      fault(name, "invalid", `${name} must be a list of texts`);
      return [];
    },
    integer(name, { min, max, fallback }) {
      const given = read(name) ?? fallback;
      const value = typeof given === "string" && /^\d{1,10}$/.test(given) ? Number(given) : given;
      if (value === undefined) fault(name, "required", `${name} is missing`);
      else if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
        fault(name, "invalid", `${name} must be a whole number from ${min} to ${max}`);
      } else return value;
      return min;
    },
    url(name, fallback) {
      const value = read(name) ?? fallback;
      const nowhere = new URL("https://unset.invalid/");
      if (value === undefined) {
        fault(name, "required", `${name} is missing`);
        return nowhere;
      }
      const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : null;
      if (
        url === null ||
        !["http:", "https:"].includes(url.protocol) ||
        url.username !== "" ||
        url.hash !== ""
      ) {
        fault(name, "invalid", `${name} must be an http or https address without credentials`);
        return nowhere;
      }
      if (url.protocol === "http:" && !isLoopback(url.hostname)) {
        fault(name, "https_required", `${name}: plain HTTP is for loopback only`);
        return nowhere;
      }
      return url;
    },
    oneOf(name, values, fallback) {
      const value = read(name) ?? fallback;
      const match = values.find((candidate) => candidate === value);
      if (match === undefined) fault(name, "invalid", `${name} must be one of ${values.join(", ")}`);
      return match ?? fallback;
    },
    faults() {
      const unknown = Object.keys(settings)
        .filter((name) => !asked.has(name))
        .map((name) => ({
          pointer: `/connector/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
          code: "unknown_setting",
          message: "this connector kind has no such setting",
        }));
      return [...found, ...unknown];
    },
  };
}

function hasControl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  return /[\x00-\x1f\x7f]/.test(text);
}

/** `path` under an address that may itself have a path, with or without a slash at its end. */
export function under(base: URL, path: string): URL {
  return new URL(`${base.pathname.replace(/\/$/, "")}/${path}`, base);
}

/** The limits that an operator may set to what was agreed with the provider; any connector kind takes them. */
export type WireLimits = { readonly timeoutMs: number; readonly concurrencyMax: number };

export function readWireLimits(read: SettingsReader, usual: WireLimits): WireLimits {
  return {
    timeoutMs: read.integer("timeoutMs", { min: 100, max: 60_000, fallback: usual.timeoutMs }),
    concurrencyMax: read.integer("concurrencyMax", { min: 1, max: 1_000, fallback: usual.concurrencyMax }),
  };
}
