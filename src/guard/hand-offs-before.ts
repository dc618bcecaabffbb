import type { CampaignFacts, RecipientFacts } from "../rules/facts.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { isCounted, mergeHandOffs, siblingSubscribers } from "./legal-entity.ts";
import type { Tx } from "./ports/store.ts";

const windowMs = 31 * 86_400_000;

/**
 * What the advertiser has handed off before, whichever of its customers did it: all that is committed, where the
 * question is about the present. Its moment was read before the persons were locked, and who held the lock
 * meanwhile has handed off after it.
 */
export async function handOffsBefore(
  tx: Tx,
  {
    facts,
    siblings,
    readUntil,
  }: {
    readonly facts: CampaignFacts;
    readonly siblings: readonly OpenCustomer[];
    readonly readUntil: Date;
  },
  ids: readonly string[],
  phones: readonly (string | null)[],
): Promise<
  (id: string | null, phone: string | null) => Pick<RecipientFacts, "handOffs" | "registrationSentAt">
> {
  if (!isCounted(facts.purpose)) return () => ({ handOffs: [], registrationSentAt: null });
  const others =
    siblings.length === 0
      ? new Map<string, readonly string[]>()
      : await siblingSubscribers(tx, siblings, [...new Set(phones.flatMap((phone) => phone ?? []))]);
  const all = [...ids, ...[...others.values()].flat()];
  const recent = await tx.handOffs.recent(all, new Date(facts.sendMoment.getTime() - windowMs), readUntil);
  const registrations =
    facts.purpose === "registration"
      ? await tx.handOffs.registrationsSent(all, readUntil)
      : new Map<string, Date>();
  return (id, phone) => {
    const persons = [id ?? [], (phone === null ? undefined : others.get(phone)) ?? []].flat();
    const sent = persons.flatMap((person) => registrations.get(person)?.getTime() ?? []);
    return {
      handOffs: persons.reduce<RecipientFacts["handOffs"]>(
        (known, person) => mergeHandOffs(known, recent.get(person) ?? []),
        [],
      ),
      registrationSentAt: sent.length === 0 ? null : new Date(Math.min(...sent)),
    };
  };
}
