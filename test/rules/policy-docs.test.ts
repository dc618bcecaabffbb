import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policyDocs } from "../../scripts/generate-policy-docs.ts";

test("the committed pages of docs/policy are what the rules say today", () => {
  for (const [name, text] of policyDocs()) {
    const committed = readFileSync(new URL(`../../docs/policy/${name}`, import.meta.url), "utf8");
    // Regenerate with: npx tsx scripts/generate-policy-docs.ts
    expect(committed).toBe(text);
  }
});
