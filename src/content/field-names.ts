import type { Category } from "../domain/finding.ts";

export type FieldMatch = {
  readonly category: Category;
  readonly severity: "block" | "review";
  readonly rule: string;
};

/**
 * Lists "category:severity<TAB>entry|entry" plus "allow<TAB>…"; an entry is folded tokens joined by spaces. A category
 * written "stated.<category>" holds attributes of other languages, which match as whole names only.
 */
export type FieldNameText = string;

export type FieldNames = {
  match(name: string): FieldMatch | null;
  /** An attribute of another language, as a whole name. */
  matchStated(name: string): FieldMatch | null;
  /** Whether the name is known to be harmless although it shares the vocabulary. */
  allows(name: string): boolean;
};

const nameLengthMax = 128;

/** Splits camelCase, snake_case, kebab-case and spaces, and folds the accents. */
export function tokensOfName(name: string): string[] {
  return name
    .slice(0, nameLengthMax)
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .replace(/đ/g, "d")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== "");
}

type Entry = { readonly tokens: readonly string[]; readonly match: FieldMatch; readonly whole: boolean };

/** Builds the matcher: whole name first, then the longest run of whole tokens. */
export function createFieldNames(text: FieldNameText): FieldNames {
  const wholes = new Map<string, FieldMatch>();
  const stated = new Map<string, FieldMatch>();
  const runs = new Map<string, Entry[]>();
  const allow = new Set<string>();
  const allowTokens = new Set<string>();
  for (const line of text.split("\n")) {
    const [head = "", list = ""] = line.split("\t");
    const [category = "", severity = ""] = head.split(":");
    for (const entry of list.split("|").filter((item) => item !== "")) {
      const whole = entry.startsWith("=");
      const tokens = (whole ? entry.slice(1) : entry).split(" ");
      if (category.startsWith("stated.")) {
        const named = category.slice("stated.".length);
        stated.set(tokensOfName(entry).join(""), {
          category: named as Category,
          severity: "block",
          rule: `${named}.field`,
        });
      } else if (category === "allow") allow.add(tokens.join(""));
      else if (category === "allow_token") allowTokens.add(tokens.join(" "));
      else {
        const match: FieldMatch = {
          category: category as Category,
          severity: severity === "review" ? "review" : "block",
          rule: `${category}.field`,
        };
        wholes.set(tokens.join(""), match);
        if (!whole) push(runs, tokens[0] ?? "", { tokens, match, whole });
      }
    }
  }
  const longestRun = (tokens: readonly string[]): FieldMatch | null => {
    let best: Entry | null = null;
    tokens.forEach((token, start) => {
      for (const entry of runs.get(token) ?? [])
        if (
          entry.tokens.every((part, i) => tokens[start + i] === part) &&
          entry.tokens.length > (best?.tokens.length ?? 0)
        )
          best = entry;
    });
    return (best as Entry | null)?.match ?? null;
  };
  const allows = (name: string): boolean => {
    const tokens = tokensOfName(name);
    if (allow.has(tokens.join(""))) return true;
    return tokens.some(
      (token, i) => allowTokens.has(token) || allowTokens.has(`${token} ${tokens[i + 1] ?? ""}`),
    );
  };
  return {
    match(name) {
      const tokens = tokensOfName(name);
      const joined = tokens.join("");
      if (joined === "" || allow.has(joined)) return null;
      const whole = wholes.get(joined) ?? stated.get(joined);
      if (whole !== undefined) return whole;
      return allows(name) ? null : longestRun(tokens);
    },
    matchStated: (name) => stated.get(tokensOfName(name).join("")) ?? null,
    allows,
  };
}

function push(runs: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = runs.get(key);
  if (list === undefined) runs.set(key, [entry]);
  else list.push(entry);
}
