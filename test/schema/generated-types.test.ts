import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generateTypes } from "../../scripts/generate-types.ts";

it("keeps the generated types equal to what the schemas say", async () => {
  const written = readFileSync(new URL("../../src/domain/contract.gen.ts", import.meta.url), "utf8");
  expect(await generateTypes(), "run npx tsx scripts/generate-types.ts").toBe(written);
}, 30_000);
