import type { Control } from "./controls.ts";
import type { PageTree } from "./page-tree.ts";

const ticking =
  /\.(?:checked|defaultChecked)\s*=\s*(?:true|!0|1)\b|setAttribute\(\s*["'](?:checked["']|aria-checked["']\s*,\s*["']?true)|\.(?:prop|attr)\(\s*["']checked["']\s*,\s*(?:true|!0|["']checked["'])|\.click\(\s*\)/g;

/** The surroundings of each statement that ticks a box. */
export function tickingStatements(tree: PageTree): string[] {
  const statements: string[] = [];
  const handlers = tree.elements.flatMap((element) => element.attributes.get("onload") ?? []);
  for (const script of [...tree.scripts.map(({ text }) => text), ...handlers])
    for (const found of script.matchAll(ticking)) {
      if (statements.length >= 100) return statements;
      statements.push(script.slice(Math.max(0, found.index - 240), found.index + found[0].length + 40));
    }
  return statements;
}

/** "this" where a statement speaks of this box or of all boxes, "some" where it cannot be told which. */
export function tickedByScript(statements: readonly string[], control: Control): "this" | "some" | "none" {
  if (statements.length === 0) return "none";
  const names = ["id", "name"]
    .flatMap((key) => control.element.attributes.get(key) ?? [])
    .filter((name) => name !== "");
  const isNamed = (statement: string): boolean =>
    names.some((name) => statement.includes(name)) || /type\s*=\s*\\?["']?checkbox|\[type=/.test(statement);
  // What runs on a click of the visitor is the visitor's own doing, unless one click ticks everything.
  const byItself = statements.filter(
    (statement) => !/\bonclick\b|["'](?:click|change|input)["']/.test(statement),
  );
  if (byItself.some(isNamed)) return "this";
  return byItself.some((statement) => !/\.click\(\s*\)/.test(statement)) ? "some" : "none";
}
