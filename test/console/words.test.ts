import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { words } from "../../src/console/words.ts";
import { bases, channels, deciders, purposes, verdicts } from "../../src/domain/vocabulary.ts";
import { staffRoles } from "../../src/guard/ports/staff-records.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = [
  ...["views", "src/console/pages", "src/console"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(eta|ts)$/.test(name) && name !== "words.ts")
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  ),
].join("\n");

describe("the catalogue of words", () => {
  test("has every word that a page says", () => {
    const said = [...sources.matchAll(/say\("([a-zA-Z.]+[a-zA-Z])"\)/g)].map((match) => match[1] ?? "");
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((key) => !Object.hasOwn(words, key))).toEqual([]);
  });

  test("has a word for each member of the vocabularies", () => {
    const needed = [
      ...channels.map((each) => `channel.${each}`),
      ...purposes.map((each) => `purpose.${each}`),
      ...bases.map((each) => `basis.${each}`),
      ...verdicts.map((each) => `verdict.${each}`),
      ...deciders.map((each) => `decidedBy.${each}`),
      ...staffRoles.map((each) => `role.${each}`),
    ];
    expect(needed.filter((key) => !Object.hasOwn(words, key))).toEqual([]);
  });

  test("holds no word that nothing says", () => {
    const built = [...sources.matchAll(/say\(\s*`?"?([a-zA-Z]+\.)[`"$]/g)].map((match) => match[1] ?? "");
    const prefixes = new Set([...built, "nav.", "verdict.", "state.", "status.", "proof."]);
    const unused = Object.keys(words).filter(
      (key) => !sources.includes(`"${key}"`) && ![...prefixes].some((prefix) => key.startsWith(prefix)),
    );
    expect(
      unused.filter((key) => !/^(overview\.days|register\.days|import|review|processor)/.test(key)),
    ).toEqual([]);
  });

  test("is complete in both languages", () => {
    for (const [en, vi] of Object.values(words)) {
      expect(en.trim()).not.toBe("");
      expect(vi.trim()).not.toBe("");
    }
  });
});
