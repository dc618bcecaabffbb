/** The closed vocabularies of the HTTP contract. One list each; types, schemas and SQL enums follow it. */

export const purposes = ["advertising", "customer_care", "transaction", "registration", "survey"] as const;
export type Purpose = (typeof purposes)[number];

export const channels = ["sms", "zns", "viber", "page"] as const;
export type Channel = (typeof channels)[number];

/** Lawful bases: GDPR Art. 6(1)(a)–(f); Law 91/2025 Arts. 9 and 19(1). */
export const bases = [
  "consent",
  "contract",
  "legal_obligation",
  "vital_interest",
  "public_task",
  "legitimate_interest",
] as const;
export type Basis = (typeof bases)[number];

export const consentMethods = [
  "web_form",
  "paper_form",
  "sms_reply",
  "recorded_call",
  "email",
  "app_setting",
  "registration_message_reply",
] as const;
export type ConsentMethod = (typeof consentMethods)[number];

export const verdicts = ["allow", "hold", "review", "deny"] as const;
export type Verdict = (typeof verdicts)[number];

/** Who took the decision that a verdict carries out; what the subject decided nobody may overrule. */
export const deciders = ["subject", "law", "policy", "processor", "customer", "machine"] as const;
export type DecidedBy = (typeof deciders)[number];

/** Why a recipient or a whole campaign is not simply allowed. Closed; additive only. */
export const reasonCodes = [
  "number_invalid",
  "customer_inactive",
  "policy_not_accepted",
  "processor_unknown",
  "processor_contract_expired",
  "processor_purpose_not_allowed",
  "processor_field_not_allowed",
  "transfer_dossier_missing",
  "third_party_marketing",
  "contact_unknown",
  "restricted",
  "erased",
  "objected",
  "minor_without_guardian",
  "basis_missing",
  "basis_not_valid_for_purpose",
  "consent_missing",
  "consent_withdrawn",
  "consent_not_for_channel",
  "consent_not_for_purpose",
  "consent_scope_incomplete",
  "evidence_missing",
  "opted_out",
  "do_not_call",
  "do_not_call_stale",
  "sensitive_content",
  "card_number",
  "national_id",
  "child_data",
  "forbidden_content",
  "advertising_undeclared",
  "label_missing",
  "opt_out_text_missing",
  "sender_not_registered",
  "frequency_cap",
  "quiet_hours",
  "registration_already_sent",
  "message_too_long",
  "campaign_cancelled",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Codes that only a row of contacts can have, besides the reason codes. */
export const rowCodes = [
  "phone_missing",
  "row_malformed",
  "consent_in_future",
  "consent_before_notice",
  "birth_date_invalid",
  "sensitive_field",
  "opted_out_kept",
] as const;
export type RowCode = (typeof rowCodes)[number] | ReasonCode;

export const scopes = ["contacts", "consents", "campaigns", "pages", "ledger", "admin"] as const;
export type Scope = (typeof scopes)[number];

export const recordKinds = [
  "hand_off",
  "outcome",
  "disclosure",
  "publication",
  "lookup",
  "withdrawal",
  "erasure",
  "policy_change",
  "processor_change",
  "decision",
  "self_check",
  // What the provider reported of a message later. A hand-off has exactly one outcome; this is not another.
  "receipt",
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** A text in both languages of the service. */
export type Bilingual = { readonly vi: string; readonly en: string };
