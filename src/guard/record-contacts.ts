import type { ContactRowResult, ContactsRequest, ContactsResult, Evidence } from "../domain/contract.gen.ts";
import { type Assessment, assessContact } from "./assess-contact.ts";
import { customerOf, requireActive } from "./customer-access.ts";
import { checkDeclaration, unresolvedEvidence } from "./evidence-references.ts";
import type { Caller } from "./guard.ts";
import { mergeContacts } from "./merge-contacts.ts";
import type { MergeItem } from "./merge-item.ts";
import type { Tx } from "./ports/store.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

/** `POST /v1/contacts`: up to 10,000 contacts under one declaration, each with its own result, in order. */
export async function recordContacts(
  world: World,
  caller: Caller,
  input: ContactsRequest,
): Promise<ContactsResult> {
  const customerId = customerOf(caller);
  return world.store.transaction(customerId, async (tx) => {
    const customer = await requireActive(world, tx, customerId);
    const { noticeFrom } = await checkDeclaration(world, tx, customerId, input.declaration);
    const guardians = await unresolvedGuardianEvidence(tx, customerId, input);
    const assessments = input.contacts.map((contact, index) =>
      assessContact(contact, {
        now: world.clock.now(),
        scanner: world.scanner,
        noticeFrom,
        guardianEvidenceResolves: !guardians.has(index),
      }),
    );
    const usable: { readonly index: number; readonly item: MergeItem }[] = assessments.flatMap(
      (assessment, index) =>
        assessment.status === "usable"
          ? [{ index, item: { contact: assessment.contact, declaration: input.declaration } }]
          : [],
    );
    const merged = await mergeContacts(
      world,
      tx,
      customer,
      usable.map((entry) => entry.item),
    );
    const mergedAt = new Map(usable.map((entry, position) => [entry.index, merged[position]]));
    const results = input.contacts.map((contact, index): ContactRowResult => {
      const assessment = assessments[index] as Assessment;
      const outcome = mergedAt.get(index);
      const correlation = contact.correlationId === undefined ? {} : { correlationId: contact.correlationId };
      if (outcome === undefined) {
        return assessment.status === "usable"
          ? { index, ...correlation, status: "rejected", codes: [rowFault("row_malformed", null)] }
          : { index, ...correlation, status: assessment.status, codes: [...assessment.codes] };
      }
      return {
        index,
        ...correlation,
        status: outcome.status,
        contactId: outcome.subscriberId,
        codes: [...outcome.codes],
      };
    });
    const count = (status: ContactRowResult["status"]): number =>
      results.filter((row) => row.status === status).length;
    return {
      counts: {
        total: results.length,
        accepted: count("accepted"),
        updated: count("updated"),
        duplicate: count("duplicate"),
        rejected: count("rejected"),
        quarantined: count("quarantined"),
      },
      results,
    };
  });
}

async function unresolvedGuardianEvidence(
  tx: Tx,
  customerId: string,
  input: ContactsRequest,
): Promise<ReadonlySet<number>> {
  const owners: number[] = [];
  const evidence: Evidence[] = [];
  input.contacts.forEach((contact, index) => {
    for (const item of contact.guardian?.evidence ?? []) {
      owners.push(index);
      evidence.push(item);
    }
  });
  const faults = await unresolvedEvidence(tx, customerId, evidence);
  return new Set(faults.map((position) => owners[position] ?? -1));
}
