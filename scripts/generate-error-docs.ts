// Writes docs/errors/<code>.md, one page a code.
import { mkdirSync, writeFileSync } from "node:fs";
import { documentedCodes, errorPage, errorPageMarkdown } from "../src/http/error-page.ts";

const folder = new URL("../docs/errors/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const code of documentedCodes) {
  const page = errorPage(code);
  if (page !== null) writeFileSync(new URL(`${code}.md`, folder), errorPageMarkdown(page));
}
