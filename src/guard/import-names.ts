import type { Scanner } from "../content/scan.ts";

type Screen = Pick<Scanner, "matchFieldName" | "scanField">;

/** Values remembered for each column; when there are more, remembering begins anew. */
const keptMax = 50_000;
const keptLengthMax = 80;
const columnsMax = 500;

/** The scanner, with names and short values remembered: names, cities and the like repeat by the thousand. */
export function screenNames(scanner: Screen): Screen {
  const matches = new Map<string, ReturnType<Screen["matchFieldName"]>>();
  const kept = new Map<string, Map<string, ReturnType<Screen["scanField"]>>>();
  return {
    matchFieldName(name) {
      const known = matches.get(name);
      if (known !== undefined) return known;
      const match = scanner.matchFieldName(name);
      if (matches.size >= columnsMax) matches.clear();
      matches.set(name, match);
      return match;
    },
    scanField(name, value) {
      if (value.length > keptLengthMax) return scanner.scanField(name, value);
      let values = kept.get(name);
      if (values === undefined) {
        if (kept.size >= columnsMax) kept.clear();
        values = new Map();
        kept.set(name, values);
      }
      const known = values.get(value);
      if (known !== undefined) return known;
      const result = scanner.scanField(name, value);
      if (values.size >= keptMax) values.clear();
      values.set(value, result);
      return result;
    },
  };
}
