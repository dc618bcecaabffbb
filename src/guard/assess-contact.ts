import type { Scanner } from "../content/scan.ts";
import type { ContactInput, RowFault } from "../domain/contract.gen.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { rowFault } from "./row-fixes.ts";

/** What is kept of a contact: sealed as one value under the subscriber's key. */
export type Profile = {
  readonly phone: string;
  readonly name?: string;
  readonly birthDate?: string;
  readonly guardian?: {
    readonly name: string;
    readonly phone: string;
    readonly consentedAt: string;
    readonly evidence: readonly unknown[];
  };
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>;
};

export type AssessedContact = {
  readonly profile: Profile;
  readonly country: string | null;
  /** The 18th birthday if it lies ahead; null: adult or unknown. */
  readonly adultAt: Date | null;
  readonly guardianConsented: boolean;
  /** When this person consented, where the row says so. */
  readonly consentedAt: Date | null;
  /** A minor without a guardian's consent: only the fact of minority is kept. */
  readonly minorOnly: boolean;
  readonly codes: readonly RowFault[];
};

export type Assessment =
  | { readonly status: "usable"; readonly contact: AssessedContact }
  | { readonly status: "rejected" | "quarantined"; readonly codes: readonly RowFault[] };

export type AssessmentContext = {
  readonly now: Date;
  readonly scanner: Pick<Scanner, "matchFieldName" | "scanField">;
  /** The notice that the declaration cites came into being then. */
  readonly noticeFrom: Date | null;
  /** Positions of guardian evidence that does not resolve. */
  readonly guardianEvidenceResolves: boolean;
};

/** Judges one contact by itself (hostile input); what the store knows of the number is judged by the merge. */
export function assessContact(input: ContactInput, context: AssessmentContext): Assessment {
  const codes: RowFault[] = [];
  const parsed = parsePhone(input.phone ?? "", "VN");
  if (!parsed.ok) codes.push(rowFault(parsed.fault, "phone"));

  const birth =
    input.birthDate === undefined || input.birthDate === ""
      ? null
      : readBirthDate(input.birthDate, context.now);
  if (birth === "invalid") codes.push(rowFault("birth_date_invalid", "birthDate"));

  const consentedAt =
    input.consentedAt === undefined || input.consentedAt === "" ? null : new Date(input.consentedAt);
  if (consentedAt !== null) {
    if (Number.isNaN(consentedAt.getTime())) codes.push(rowFault("row_malformed", "consentedAt"));
    else if (consentedAt.getTime() > context.now.getTime())
      codes.push(rowFault("consent_in_future", "consentedAt"));
    else if (context.noticeFrom !== null && consentedAt.getTime() < context.noticeFrom.getTime()) {
      codes.push(rowFault("consent_before_notice", "consentedAt"));
    }
  }
  if (codes.length > 0 || !parsed.ok || birth === "invalid") return { status: "rejected", codes };

  const sensitive = sensitiveFields(input, context.scanner);
  if (sensitive.length > 0) return { status: "quarantined", codes: sensitive };

  const adultAt = birth === null ? null : eighteenth(birth);
  const minor = adultAt !== null && adultAt.getTime() > context.now.getTime();
  const guardianConsented = minor && guardianIsProven(input, context);
  const minorOnly = minor && !guardianConsented;
  const guardianPhone = input.guardian === undefined ? null : parsePhone(input.guardian.phone, "VN");
  return {
    status: "usable",
    contact: {
      profile: {
        phone: parsed.phone.e164,
        ...(minorOnly || input.name === undefined || input.name === "" ? {} : { name: input.name }),
        ...(minorOnly || birth === null ? {} : { birthDate: isoDay(birth, input.birthDate) }),
        ...(guardianConsented && input.guardian !== undefined && guardianPhone?.ok === true
          ? { guardian: { ...input.guardian, phone: guardianPhone.phone.e164 } }
          : {}),
        ...(minorOnly || input.attributes === undefined || Object.keys(input.attributes).length === 0
          ? {}
          : { attributes: input.attributes }),
      },
      country: input.country === undefined || input.country === "" ? null : input.country.toUpperCase(),
      adultAt: minor ? adultAt : null,
      guardianConsented,
      consentedAt,
      minorOnly,
      codes: minorOnly ? [rowFault("minor_without_guardian", "birthDate")] : [],
    },
  };
}

function sensitiveFields(input: ContactInput, scanner: AssessmentContext["scanner"]): RowFault[] {
  const faults: RowFault[] = [];
  const attributes = input.attributes ?? {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name] ?? null;
    const empty = value === null || value === "";
    if (
      !empty &&
      // Nobody reviews a stored attribute: what is doubtful is not kept either.
      (scanner.matchFieldName(name) !== null || scanner.scanField(name, String(value)).verdict !== "pass")
    ) {
      faults.push(rowFault("sensitive_field", name));
    }
  }
  if (
    input.name !== undefined &&
    input.name !== "" &&
    scanner.scanField("name", input.name).verdict === "block"
  ) {
    faults.push(rowFault("sensitive_field", "name"));
  }
  return faults;
}

/** Law 91/2025 Art. 24; policy VII: a guardian's own consent, in the past, with evidence that resolves. */
function guardianIsProven(input: ContactInput, context: AssessmentContext): boolean {
  const guardian = input.guardian;
  if (guardian === undefined || guardian.evidence.length === 0 || !context.guardianEvidenceResolves)
    return false;
  const at = new Date(guardian.consentedAt).getTime();
  return parsePhone(guardian.phone, "VN").ok && !Number.isNaN(at) && at <= context.now.getTime();
}

/** ISO or dd/mm/yyyy; a date that is none, in the future or before 1900 is a fault of the row. */
function readBirthDate(written: string, now: Date): Date | "invalid" {
  const text = written.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?$/.exec(text);
  const national = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const [year, month, day] =
    iso !== null
      ? [iso[1], iso[2], iso[3]]
      : national !== null
        ? [national[3], national[2], national[1]]
        : [];
  if (year === undefined || month === undefined || day === undefined) return "invalid";
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exact =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day);
  return exact && Number(year) >= 1900 && date.getTime() <= now.getTime() ? date : "invalid";
}

/** As ISO; a text that is ISO already is taken as it stands. */
function isoDay(birth: Date, written: string | undefined): string {
  return written !== undefined && written.length === 10 && written.charCodeAt(4) === 0x2d
    ? written
    : birth.toISOString().slice(0, 10);
}

/** Midnight of Viet Nam at the 18th birthday; one born on 29 February turns 18 on 1 March. */
function eighteenth(birth: Date): Date {
  return new Date(
    Date.UTC(birth.getUTCFullYear() + 18, birth.getUTCMonth(), birth.getUTCDate()) - 7 * 3_600_000,
  );
}
