import type { ConsentRecord, ConsentRecords, SubscriberLookupRequest } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { customerOf, type OpenCustomer, openCustomer } from "./customer-access.ts";
import { groupBy } from "./group-by.ts";
import type { Caller } from "./guard.ts";
import type { DeclaredPermissionRow, SubscriberRow } from "./ports/subscriber-records.ts";
import type { World } from "./world.ts";

/** One state of a permission; `until` null: it stands. */
type Revision = DeclaredPermissionRow & { readonly until: Date | null };

/** `POST /v1/subscribers/consent-records`: every consent of one person and what became of it (ISO/IEC TS 27560). */
export async function exportConsentRecords(
  world: World,
  caller: Caller,
  input: SubscriberLookupRequest,
): Promise<ConsentRecords> {
  const customerId = customerOf(caller);
  const parsed = parsePhone(input.phone, "VN");
  if (!parsed.ok) {
    throw new GuardError("number_invalid", "the number of an export cannot be read", {
      errors: [{ pointer: "/phone", code: parsed.fault, message: "not a number that can receive a message" }],
    });
  }
  const { e164 } = parsed.phone;
  return world.store.transaction(customerId, async (tx) => {
    const customer = await openCustomer(world, tx, customerId);
    const [subscriber] = await tx.subscribers.byIndexes(customerId, [customer.vault.phoneIndex(e164)]);
    if (subscriber === undefined) throw new GuardError("not_found", "no such subscriber");
    const history = await tx.subscribers.history(subscriber.id);
    const records = groupBy(history, ({ channel, purpose }) => `${channel}/${purpose}`);
    return { items: [...records.values()].flatMap((revisions) => recordOf(customer, subscriber, revisions)) };
  });
}

/** Revisions in their order; what the last of them says of notice, basis and method is what the record says. */
function recordOf(
  customer: OpenCustomer,
  subscriber: SubscriberRow,
  revisions: readonly Revision[],
): readonly ConsentRecord[] {
  const last = revisions.at(-1);
  if (last === undefined) return [];
  return [
    {
      schema_version: "ISO/IEC TS 27560:2023",
      record_id: `${subscriber.id}/${last.channel}/${last.purpose}`,
      pii_principal_id: subscriber.id,
      pii_processing: {
        privacy_notice: last.hasNotice ? last.declarationId : null,
        purposes: [
          {
            purpose: last.purpose,
            lawful_basis: last.basis,
            services: [last.channel],
            collection_method: last.method,
            collection_time: last.collectedAt?.toISOString() ?? null,
          },
        ],
        jurisdictions: [...new Set([customer.row.country, subscriber.country ?? customer.row.country])],
      },
      party_identification: [
        { party_id: customer.row.id, party_name: customer.row.legalName, party_role: "pii_controller" },
      ],
      events: revisions.map((revision) => ({
        event_time: revision.since.toISOString(),
        event_type: revision.granted ? "consent_given" : "consent_withdrawn",
        event_state: revision.granted ? "given" : "withdrawn",
        validity_duration: revision.until?.toISOString() ?? "until_withdrawn",
        entity_id: subscriber.id,
        evidence: [...revision.evidenceIds],
      })),
    },
  ];
}
