import { type Channel, channels, type Purpose, purposes, type ReasonCode } from "../domain/vocabulary.ts";
import type { CampaignFacts, RecipientFacts } from "./facts.ts";
import { permissionFor } from "./permission.ts";
import { type Remedy, remedy } from "./remedy.ts";
import type { RecipientRule, Refusal } from "./rule.ts";

const codes = [
  "basis_missing",
  "basis_not_valid_for_purpose",
  "consent_missing",
  "consent_withdrawn",
  "consent_not_for_channel",
  "consent_not_for_purpose",
] as const satisfies readonly ReasonCode[];
type BasisCode = (typeof codes)[number];

/** Half a campaign may lack consent: its refusals are made once. Keys are code, purpose and channel. */
const refusals: ReadonlyMap<string, Refusal> = new Map(
  codes.flatMap((code) =>
    purposes.flatMap((purpose) =>
      channels.map((channel): [string, Refusal] => [
        `${code} ${purpose} ${channel}`,
        createRefusal(code, purpose, channel),
      ]),
    ),
  ),
);

/**
 * A message needs a permission for exactly its channel and purpose, on a basis that carries the purpose.
 * Advertising rests on consent only (Viet Nam has no soft opt-in); the registration message asks for one.
 */
export const lawfulBasis: RecipientRule = {
  id: "lawful-basis",
  title: { vi: "Cơ sở pháp lý cho kênh và mục đích này", en: "A lawful basis for this channel and purpose" },
  codes,
  clauses: ["P-01", "P-03", "P-06", "P-09", "P-14", "P-15", "P-36", "P-38"],
  citation: "Law 91/2025/QH15 Arts. 9, 10, 19(1), 28(3); Decree 91/2020/ND-CP Art. 13; GDPR Arts. 6, 7",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["collect_consent", "declare_basis"],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose !== "registration",
  evaluate({ facts }, recipient, profile) {
    const permission = permissionFor(facts, recipient);
    if (permission === null) return withoutPermission(facts, recipient);
    if (permission.state !== "granted") return refuse("consent_withdrawn", facts);
    return profile.bases.includes(permission.basis) ? null : refuse("basis_not_valid_for_purpose", facts);
  },
  read({ facts }, recipient, profile) {
    const permission = permissionFor(facts, recipient);
    return {
      channel: facts.channel,
      purpose: facts.purpose,
      state: permission?.state ?? null,
      basis: permission?.basis ?? null,
      accepted: profile.bases.join(),
      permissions: recipient.permissions.length,
    };
  },
};

/**
 * Names what comes nearest, so that the customer sees what is lacking. Where only consent carries the purpose, a
 * contract for another one is not near it: no consent was given at all.
 */
function withoutPermission(facts: CampaignFacts, { permissions }: RecipientFacts): Refusal {
  const onConsent = restsOnConsent(facts.purpose);
  let forPurpose = false;
  let forChannel = false;
  for (const { state, basis, purpose, channel } of permissions) {
    if (state !== "granted") continue;
    if (purpose === facts.purpose) forPurpose = true;
    if (channel === facts.channel && (basis === "consent" || !onConsent)) forChannel = true;
  }
  if (forPurpose) return refuse("consent_not_for_channel", facts);
  if (forChannel) return refuse("consent_not_for_purpose", facts);
  return refuse(onConsent ? "consent_missing" : "basis_missing", facts);
}

function refuse(code: BasisCode, { purpose, channel }: CampaignFacts): Refusal {
  return refusals.get(`${code} ${purpose} ${channel}`) ?? createRefusal(code, purpose, channel);
}

function createRefusal(code: BasisCode, purpose: Purpose, channel: Channel): Refusal {
  const remedies: Remedy[] = [remedy("collect_consent", purpose, channel)];
  if (code === "basis_missing") remedies.push(remedy("declare_basis", purpose, channel));
  const refusal: Refusal = { verdict: "deny", code, remedies };
  return code === "consent_withdrawn" ? { ...refusal, decidedBy: "subject" } : refusal;
}

function restsOnConsent(purpose: Purpose): boolean {
  return purpose === "advertising" || purpose === "survey";
}
