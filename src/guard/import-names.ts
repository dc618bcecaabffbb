import type { Scanner } from "../content/scan.ts";

type Screen = Pick<Scanner, "matchFieldName" | "scanField">;

const keptMax = 50_000;
const keptLengthMax = 80;

/** The scanner, with short values remembered: names, cities and the like repeat by the thousand in one file. */
export function screenNames(scanner: Screen): Screen {
  const kept = new Map<string, ReturnType<Screen["scanField"]>>();
  return {
    matchFieldName: (name) => scanner.matchFieldName(name),
    scanField(name, value) {
      if (value.length > keptLengthMax) return scanner.scanField(name, value);
      const key = `${name}\u0000${value}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const result = scanner.scanField(name, value);
      if (kept.size >= keptMax) kept.clear();
      kept.set(key, result);
      return result;
    },
  };
}
