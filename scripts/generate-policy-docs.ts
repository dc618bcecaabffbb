// Writes docs/policy from the rules themselves, their regime data and the cases that show them.
// npx tsx scripts/generate-policy-docs.ts; a test fails when what is committed is not what this would write.
import { mkdirSync, writeFileSync } from "node:fs";
import { createEngine } from "../src/rules/engine.ts";
import { defaultPolicyData } from "../src/rules/policy.ts";
import type { Provenance, SendingHours } from "../src/rules/regimes/regime.ts";
import type { Rule } from "../src/rules/rule.ts";
import { forbiddenTopics } from "../src/rules/text/forbidden-terms.ts";
import { caseFiles, type DecisionCase, questionOf } from "../test/rules/case-file.ts";

/** File name → text, for every page of docs/policy. */
export function policyDocs(): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", overview()],
    ["rules.md", rulesPage()],
    ["regimes.md", regimesPage()],
  ]);
}

const engine = createEngine();
const dayMs = 86_400_000;
const note = "<!-- Written by scripts/generate-policy-docs.ts; edit the rules, not this page. -->";

function overview(): string {
  const rows = engine.rules.map(
    (rule, at) =>
      `| ${at + 1} | [${rule.id}](rules.md#${rule.id}) | ${rule.title.en} | ${codes(rule)} | ${rule.decidedBy} | ${rule.clauses.join(", ")} |`,
  );
  return page([
    "# The policy at a glance",
    "The rules in the order in which a message is judged. A denial ends it; otherwise the strictest verdict speaks (review before hold), and of equal ones the first.",
    [
      "| # | rule | what must be so | reason codes | decided by | clauses |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n"),
    "Numbers of each jurisdiction: [regimes.md](regimes.md).",
  ]);
}

function rulesPage(): string {
  return page([
    "# Every rule",
    ...engine.rules.flatMap((rule) => {
      const { cases, remedies } = shownBy(rule);
      return [
        `## ${rule.id}`,
        `${rule.title.en}. *${rule.title.vi}.*`,
        [
          `- reason codes: ${codes(rule)}`,
          `- clauses: ${rule.clauses.join(", ")}`,
          `- source: ${rule.citation}`,
          `- decided by ${rule.decidedBy}; ${rule.canBeOverruled ? "staff may release it" : "nobody may overrule it"}`,
          `- asked once for each ${rule.level}`,
        ].join("\n"),
        remedies.length === 0
          ? "Nothing can make it pass."
          : ["What would make it pass:", "", ...remedies.map((text) => `- ${text}`)].join("\n"),
        ["Cases:", "", ...cases.map((item) => `- ${item}`)].join("\n"),
      ];
    }),
  ]);
}

/** The cases a rule decides, and the remedies it names in them. */
function shownBy(rule: Rule): { readonly cases: readonly string[]; readonly remedies: readonly string[] } {
  const cases: string[] = [];
  const remedies = new Set<string>();
  for (const { cases: items } of caseFiles()) {
    for (const item of items.filter((candidate) => candidate.expect.rule === rule.id)) {
      cases.push(`${item.name} → ${outcome(item)}`);
      const { campaign, recipient } = questionOf(item);
      for (const { vi, en } of engine.decide(campaign, recipient).remedy) remedies.add(`${en} *${vi}*`);
    }
  }
  return { cases, remedies: [...remedies] };
}

function outcome({ expect: expected }: DecisionCase): string {
  const until = expected.notBefore === undefined ? "" : ` until ${expected.notBefore}`;
  return `${expected.verdict} \`${expected.code}\`${until}`;
}

function regimesPage(): string {
  const { regimes, floor, channels } = defaultPolicyData;
  return page([
    "# The numbers of each jurisdiction",
    `V1: official, or the article's own wording. V2: a secondary source. M: not checked. I: our reading. The regime of ${regimes[floor].title} binds every message; that of the recipient's number and country adds to it.`,
    ...Object.values(regimes).flatMap((regime) => [
      `## ${regime.title}`,
      table([
        ...(["advertising", "survey", "customer_care", "transaction"] as const).map((purpose) =>
          row(`bases for ${purpose}`, regime.bases[purpose].join(", "), regime.bases),
        ),
        ...regime.hours.map((hours) => row("hours", hoursText(hours), hours)),
        ...regime.caps.map((cap) =>
          row("advertising at most", `${cap.max} in ${cap.periodMs / dayMs} d`, cap),
        ),
        ...regime.labels.map((duty) =>
          row(`label of ${duty.purpose}`, `${duty.labels.join(" or ")} (${duty.channels.join(", ")})`, duty),
        ),
        ...regime.optOut.map((duty) =>
          row(
            "way to refuse at the end",
            `by ${duty.methods.join(" or ")} (${duty.channels.join(", ")})`,
            duty,
          ),
        ),
        ...(regime.doNotCall === null
          ? []
          : [row("age of the do-not-call list", `${regime.doNotCall.maxAgeMs / dayMs} d`, regime.doNotCall)]),
        ...(regime.transfer === null
          ? []
          : [row("days without a transfer dossier", `${regime.transfer.graceMs / dayMs}`, regime.transfer)]),
        ...(regime.brandname === null
          ? []
          : [row("letters of a brandname", `${regime.brandname.lengthMax}`, regime.brandname)]),
      ]),
    ]),
    ...channels.flatMap((channel) => [
      `## ${channel.title}`,
      table([
        ...channel.hours.map((hours) => row("hours of promotions", hoursText(hours), hours)),
        ...channel.caps.map((cap) =>
          row("promotions of one sender at most", `${cap.max} in ${cap.periodMs / dayMs} d`, cap),
        ),
        ...(channel.length === null
          ? []
          : [row("length", `${channel.length.max} × ${channel.length.unit}`, channel.length)]),
      ]),
    ]),
    "## Topics that a channel does not carry",
    [
      "| topic | channels | verdict |",
      "|---|---|---|",
      ...forbiddenTopics.map(
        ({ name, channels: on, severity }) =>
          `| ${name.en} (${name.vi}) | ${on.join(", ")} | ${severity === "block" ? "deny" : "review"} |`,
      ),
    ].join("\n"),
  ]);
}

function hoursText({ from, until, days, zone }: SendingHours): string {
  const names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const on = days.length === 7 ? "" : ` on ${days.map((day) => names[day]).join(", ")}`;
  return `${from}–${until}${on}, ${zone === "recipient" ? "where the recipient is" : zone.iana}`;
}

function row(what: string, value: string, { source, confidence, factId }: Provenance): string {
  return `| ${what} | ${value} | ${source} | ${confidence} | \`${factId}\` |`;
}

function table(rows: readonly string[]): string {
  return ["| what | number | source | confidence | fact |", "|---|---|---|---|---|", ...rows].join("\n");
}

function codes(rule: Rule): string {
  return rule.codes.map((code) => `\`${code}\``).join(", ");
}

function page(parts: readonly string[]): string {
  return `${[note, ...parts].join("\n\n")}\n`;
}

if (import.meta.filename === process.argv[1]) {
  const folder = new URL("../docs/policy/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of policyDocs()) writeFileSync(new URL(name, folder), text);
}
