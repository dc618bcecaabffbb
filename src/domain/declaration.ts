import type { ConsentDetails, Declaration } from "./contract.gen.ts";
import type { ErrorCode, Fault } from "./guard-error.ts";
import type { Language } from "./language.ts";

/** Codes that a declaration may be refused with, in the order in which they name the refusal. */
export type DeclarationCode = Extract<
  ErrorCode,
  "evidence_missing" | "basis_not_valid_for_purpose" | "consent_scope_incomplete"
>;

export type DeclarationFault = Fault & { readonly code: DeclarationCode };

/**
 * What a declaration lacks by meaning although its shape is right; empty where nothing is missing.
 * The first fault names the refusal. Law 91/2025 Art. 9 (proof of consent), Decree 91/2020 Art. 9
 * (advertising only to those who agreed, for a class of content and a frequency).
 */
export function declarationFaults(
  declaration: Declaration,
  language: Language = "en",
): readonly DeclarationFault[] {
  const faults: DeclarationFault[] = [];
  const advertising = declaration.purposes.includes("advertising");
  if (declaration.basis === "consent") {
    faults.push(...proofFaults(declaration.consent ?? {}, "/consent", language));
    if (advertising) faults.push(...scopeFaults(declaration.consent ?? {}, "/consent", language));
  } else if (advertising) {
    faults.push(fault("basis_not_valid_for_purpose", "/basis", "basis", language));
  }
  return faults;
}

/** The same for one consent that was granted on its own; a withdrawal needs no proof. */
export function consentFaults(
  item: ConsentDetails & { readonly purpose: string; readonly status: "granted" | "withdrawn" },
  language: Language = "en",
): readonly DeclarationFault[] {
  if (item.status === "withdrawn") return [];
  const proof = proofFaults(item, "", language);
  return item.purpose === "advertising" ? [...proof, ...scopeFaults(item, "", language)] : proof;
}

function proofFaults(consent: ConsentDetails, at: string, language: Language): DeclarationFault[] {
  const missing: [string, keyof typeof texts][] = [];
  if (consent.method === undefined) missing.push(["/method", "method"]);
  if (consent.collectedAt === undefined) missing.push(["/collectedAt", "collectedAt"]);
  if (![consent.noticeVersion, consent.noticeText, consent.noticeToken].some(isGiven)) {
    missing.push(["/noticeVersion", "notice"]);
  }
  if (!isGiven(consent.source)) missing.push(["/source", "source"]);
  const evidence = consent.evidence ?? [];
  if (evidence.length === 0) missing.push(["/evidence", "evidence"]);
  evidence.forEach((item, index) => {
    const points = item.sha256 ?? item.uri ?? item.fileId;
    if (points === undefined) missing.push([`/evidence/${index}`, "pointer"]);
  });
  return missing.map(([pointer, text]) => fault("evidence_missing", at + pointer, text, language));
}

function scopeFaults(consent: ConsentDetails, at: string, language: Language): DeclarationFault[] {
  const faults: DeclarationFault[] = [];
  if (!isGiven(consent.contentClass)) {
    faults.push(fault("consent_scope_incomplete", `${at}/contentClass`, "contentClass", language));
  }
  if (consent.frequency === undefined) {
    faults.push(fault("consent_scope_incomplete", `${at}/frequency`, "frequency", language));
  }
  return faults;
}

// White space proves nothing.
function isGiven(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}

function fault(
  code: DeclarationCode,
  pointer: string,
  text: keyof typeof texts,
  language: Language,
): DeclarationFault {
  return { code, pointer, message: texts[text][language] };
}

const texts = {
  basis: {
    en: "Advertising is allowed on consent only.",
    vi: "Quảng cáo chỉ được phép trên cơ sở sự đồng ý.",
  },
  method: { en: "Say how the consent was given.", vi: "Cần nêu cách thức đồng ý." },
  collectedAt: { en: "Say when the consent was given.", vi: "Cần nêu thời điểm đồng ý." },
  notice: {
    en: "Name the notice that was shown: its version, its text or its token.",
    vi: "Cần nêu thông báo đã hiển thị: phiên bản, nội dung hoặc mã của thông báo.",
  },
  source: { en: "Say where the consent was collected.", vi: "Cần nêu nơi thu thập sự đồng ý." },
  evidence: { en: "Give at least one piece of evidence.", vi: "Cần ít nhất một bằng chứng." },
  pointer: {
    en: "Point to the evidence: a digest, an address or an uploaded file.",
    vi: "Cần chỉ đến bằng chứng: mã băm, địa chỉ hoặc tệp đã tải lên.",
  },
  contentClass: {
    en: "Say which class of advertising was agreed to.",
    vi: "Cần nêu loại nội dung quảng cáo đã được đồng ý.",
  },
  frequency: { en: "Say how often at most.", vi: "Cần nêu tần suất tối đa đã được đồng ý." },
} as const;
