import { inspectPage } from "../content/page.ts";
import type { ContentScanItem, ContentScanResult } from "../domain/contract.gen.ts";
import type { Finding, ScanVerdict } from "../domain/finding.ts";
import type { World } from "./world.ts";

/** `POST /v1/content/scan`, one item: a text (templates too), a page, or fields of a contact. */
export function scanContent(world: World, input: ContentScanItem): ContentScanResult {
  const options = {
    ...(input.channel === undefined ? {} : { channel: input.channel }),
    ...(input.language === undefined ? {} : { language: input.language }),
  };
  if (input.text !== undefined) return world.scanner.scanTemplate(input.text, { ...options, field: "text" });
  if (input.html !== undefined) {
    const { findings, language } = inspectPage(world.scanner, input.html, {
      url: null,
      purposes: [],
      advertiser: "",
      processorHosts: [],
    });
    return { verdict: strictest(findings), language, findings };
  }
  const findings: Finding[] = [];
  let language = "und";
  for (const [name, value] of Object.entries(input.fields ?? {})) {
    const result = world.scanner.scanField(name, value === null ? "" : String(value), options);
    findings.push(...result.findings);
    if (language === "und") language = result.language;
  }
  return { verdict: strictest(findings), language, findings };
}

function strictest(findings: readonly Finding[]): ScanVerdict {
  if (findings.some((finding) => finding.severity === "block")) return "block";
  return findings.some((finding) => finding.severity === "review") ? "review" : "pass";
}
