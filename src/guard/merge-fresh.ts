import { profileContext } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { Declared } from "./declare.ts";
import { scopesOf } from "./merge-scopes.ts";
import { bytesOf, type PackedContacts, slicesOf } from "./packed-contacts.ts";
import type { Tx } from "./ports/store.ts";
import type { KnownSubscriber } from "./ports/subscriber-records.ts";
import type { World } from "./world.ts";

export type Fresh = {
  /** The row in `ids` of each position that was added. */
  readonly rowOf: ReadonlyMap<number, number>;
  /** 16 bytes a row. */
  readonly ids: Buffer;
  /** Positions whose number another transaction had just added. */
  readonly known: ReadonlyMap<number, KnownSubscriber>;
};

/** Seals and adds contacts whose numbers are new, with their first grants. */
export async function mergeFresh(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  positions: readonly number[],
  declarationIdOf: (declaration: Declared) => string,
  importId: string | null,
): Promise<Fresh> {
  const now = world.clock.now();
  const fresh = await addFresh(world, tx, customer, packed, positions, importId, now);
  const granting = [...fresh.rowOf.keys()].filter((position) => packed.minorOnly[position] !== true);
  for (const { positions: of, ...scope } of scopesOf(packed.declarations, granting)) {
    await tx.subscribers.grantFirst(
      customer.row.id,
      {
        ...scope,
        subscriberIds: slicesOf(
          fresh.ids,
          of.map((position) => fresh.rowOf.get(position) ?? -1),
        ),
        declarationIds: of.map((position) => declarationIdOf(packed.declarations[position] as Declared)),
        collectedAts: Float64Array.from(of, (position) => packed.collectedAts[position] ?? Number.NaN),
      },
      now,
    );
  }
  return fresh;
}

async function addFresh(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  positions: readonly number[],
  importId: string | null,
  now: Date,
): Promise<Fresh> {
  const keyAt = (position: number): string => packed.keys[position] ?? "";
  // By number, as every transaction adds them; and ids rise with it, so that their indexes only grow at the end.
  const sorted = [...positions].sort((a, b) => (keyAt(a) < keyAt(b) ? -1 : 1));
  const ids = world.entropy.ids(now, sorted.length);
  const sealed = customer.vault.bulk(profileContext).seal(packed, sorted);
  const known = await tx.subscribers.addFresh(
    customer.row.id,
    importId,
    {
      ids,
      phoneIndexes: bytesOf(sorted.map(keyAt)),
      digests: slicesOf(packed.digests, sorted),
      salts: sealed.salts,
      ciphers: sealed.ciphers,
      cipherEnds: sealed.ends,
      countries: sorted.map((position) => packed.countries[position] ?? null),
      adultAts: sorted.map((position) => packed.adultAts[position] ?? null),
      guardianConsented: sorted.map((position) => packed.guardianConsented[position] === true),
    },
    now,
  );
  const rowOf = new Map(sorted.map((position, row) => [position, row]));
  if (known.length === 0) return { rowOf, ids, known: new Map() };
  const positionOf = new Map(sorted.map((position) => [keyAt(position), position]));
  const knownAt = new Map(known.map((row) => [positionOf.get(row.phoneIndex.toString("latin1")) ?? -1, row]));
  for (const position of knownAt.keys()) rowOf.delete(position);
  return { rowOf, ids, known: knownAt };
}
