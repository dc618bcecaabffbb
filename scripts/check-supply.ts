/**
 * What ships: writes reports/sbom.cdx.json (CycloneDX, by npm itself), holds every licence against the list of those
 * that a proprietary user can live with, and asks the registry for known weaknesses.
 * Run: npm run check:supply. Ends with 1 for a licence that nobody has looked at or a weakness of level high and above;
 * a registry that has no audit is said and does not count.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { licenceFaults, type Sbom } from "./supply/licence-faults.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const npm = (...args: string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });

const described = npm("sbom", "--omit", "dev", "--sbom-format", "cyclonedx");
if (described.status !== 0) throw new Error("npm sbom failed: is everything installed (npm ci)?");
mkdirSync(`${root}reports`, { recursive: true });
writeFileSync(`${root}reports/sbom.cdx.json`, described.stdout);
const sbom = JSON.parse(described.stdout) as Sbom;
const faults = licenceFaults(sbom);
console.log(`${sbom.components.length} packages in reports/sbom.cdx.json`);
for (const fault of faults) console.log(`licence: ${fault}`);

const audit = npm("audit", "--omit", "dev", "--audit-level", "high", "--json");
const counts = weaknesses(audit.stdout);
if (counts === null) console.log("audit: not asked, this registry has none");
else console.log(`audit: ${JSON.stringify(counts)}`);
const grave = counts === null ? 0 : (counts["high"] ?? 0) + (counts["critical"] ?? 0);
process.exitCode = faults.length > 0 || grave > 0 ? 1 : 0;

function weaknesses(text: string): Readonly<Record<string, number>> | null {
  try {
    const answer = JSON.parse(text) as { metadata?: { vulnerabilities?: Record<string, number> } };
    return answer.metadata?.vulnerabilities ?? null;
  } catch {
    return null;
  }
}
