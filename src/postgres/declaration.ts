import { createHash } from "node:crypto";
import { type ConsentMethod, consentMethods } from "../domain/vocabulary.ts";

/** What a stored declaration says about the permissions that cite it. */
export type DeclarationFacts = {
  readonly method: ConsentMethod | null;
  readonly evidenceCount: number;
  readonly evidenceIds: readonly string[];
  readonly hasNotice: boolean;
  readonly contentClass: string | null;
  readonly frequency: { readonly max: number; readonly per: "day" | "week" | "month" } | null;
};

/** Reads `{basis, consent?: {method, notice…, contentClass, frequency, evidence}}`; what is malformed counts as absent. */
export function declarationFacts(body: unknown): DeclarationFacts {
  const consent = member(body, "consent");
  const evidence = member(consent, "evidence");
  const evidenceIds = Array.isArray(evidence) ? evidence.flatMap(evidenceLabel) : [];
  return {
    method: consentMethods.find((method) => method === member(consent, "method")) ?? null,
    evidenceCount: evidenceIds.length,
    evidenceIds,
    hasNotice: ["noticeVersion", "noticeText", "noticeToken"].some((name) => text(consent, name) !== null),
    contentClass: text(consent, "contentClass"),
    frequency: frequency(member(consent, "frequency")),
  };
}

/** A file's id, or a label that tells one piece of evidence from another: an address may name a person. */
function evidenceLabel(item: unknown): readonly string[] {
  const fileId = text(item, "fileId");
  if (fileId !== null) return [fileId];
  const sha256 = text(item, "sha256");
  if (sha256 !== null) return [`sha256:${sha256.toLowerCase()}`];
  const uri = text(item, "uri");
  if (uri !== null) return [`uri:${createHash("sha256").update(uri).digest("hex").slice(0, 32)}`];
  return [];
}

function frequency(value: unknown): DeclarationFacts["frequency"] {
  const max = member(value, "max");
  const per = (["day", "week", "month"] as const).find((unit) => unit === member(value, "per"));
  return typeof max === "number" && per !== undefined ? { max, per } : null;
}

function text(value: unknown, name: string): string | null {
  const found = member(value, name);
  return typeof found === "string" && found !== "" ? found : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
