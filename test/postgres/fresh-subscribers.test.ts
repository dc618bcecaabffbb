import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tx } from "../../src/guard/ports/store.ts";
import type { FreshSubscribers, Meeting } from "../../src/guard/ports/subscriber-records.ts";
import {
  customerRow,
  declaration,
  importRow,
  moment,
  nextId,
  openTestStore,
  type StoreFixture,
  subscriberRow,
} from "./store-fixture.ts";

/** Contacts in columns, as imports add and meet them. */
let fixture: StoreFixture;
const customer = customerRow();
const at = customer.id;
let declarationId = "";
beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
  const [declared] = await fixture.store.transaction(at, (tx) =>
    tx.subscribers.declare(at, [declaration()], moment()),
  );
  declarationId = declared?.id ?? "";
});
afterAll(() => fixture.close());

type Given = { readonly id: string; readonly index: Buffer; readonly digest: Buffer };

/** In the order of their numbers. */
function contacts(count: number): readonly Given[] {
  const indexes = Array.from({ length: count }, () => randomBytes(16)).sort((a, b) => a.compare(b));
  return indexes.map((index) => ({ id: nextId(), index, digest: randomBytes(16) }));
}

function fresh(given: readonly Given[]): FreshSubscribers {
  const cipher = randomBytes(50);
  return {
    ids: Buffer.concat(given.map(({ id }) => Buffer.from(id.replaceAll("-", ""), "hex"))),
    phoneIndexes: Buffer.concat(given.map(({ index }) => index)),
    digests: Buffer.concat(given.map(({ digest }) => digest)),
    salts: randomBytes(given.length * 16),
    ciphers: Buffer.concat(given.map(() => cipher)),
    cipherEnds: Uint32Array.from(given, (_, row) => (row + 1) * cipher.length),
    countries: given.map((_, row) => (row === 0 ? "VN" : null)),
    adultAts: given.map((_, row) => (row === 0 ? new Date("2031-03-05T00:00:00Z") : null)),
    guardianConsented: given.map((_, row) => row === 0),
  };
}

function meeting(given: readonly Given[]): Meeting {
  return {
    phoneIndexes: Buffer.concat(given.map(({ index }) => index)),
    digests: Buffer.concat(given.map(({ digest }) => digest)),
    declarationIds: given.map(() => declarationId),
    collectedAts: Float64Array.from(given, () => moment().getTime()),
    channels: ["sms"],
    purposes: ["advertising", "survey"],
  };
}

function grant(tx: Tx, given: readonly Given[]): Promise<void> {
  const { collectedAts, declarationIds, channels, purposes } = meeting(given);
  return tx.subscribers.grantFirst(
    at,
    { subscriberIds: fresh(given).ids, declarationIds, collectedAts, channels, purposes, basis: "consent" },
    moment(),
  );
}

describe("contacts in columns", () => {
  test("are read back as they were added, with a grant for each channel and purpose", async () => {
    const given = contacts(3);
    const rows = fresh(given);
    await fixture.store.transaction(at, async (tx) => {
      expect(await tx.subscribers.addFresh(at, null, rows, moment())).toEqual([]);
      await grant(tx, given);
    });
    await fixture.store.transaction(at, async (tx) => {
      const stored = await tx.subscribers.byIndexes(at, [given[0]?.index ?? randomBytes(16)]);
      expect(stored).toMatchObject([
        {
          id: given[0]?.id,
          salt: rows.salts.subarray(0, 16),
          profileCipher: rows.ciphers.subarray(0, 50),
          known: true,
          country: "VN",
          adultAt: new Date("2031-03-05T00:00:00Z"),
          guardianConsented: true,
          erasedAt: null,
        },
      ]);
      const permissions = await tx.subscribers.permissions([given[2]?.id ?? ""], moment(1));
      expect(
        permissions.map(({ purpose, revision, epoch, granted }) => [purpose, revision, epoch, granted]),
      ).toEqual([
        ["advertising", 1, 1, true],
        ["survey", 1, 1, true],
      ]);
      expect(permissions[0]?.collectedAt).toEqual(moment());
    });
  });

  test("whose number another transaction has just added leave its row as it is and name it", async () => {
    const given = contacts(4);
    const quicker = subscriberRow({ phoneIndex: given[1]?.index ?? randomBytes(16) });
    await fixture.store.transaction(at, (tx) => tx.subscribers.addOrLock(at, [quicker], moment()));
    await fixture.store.transaction(at, async (tx) => {
      const known = await tx.subscribers.addFresh(at, null, fresh(given), moment());
      expect(known.map(({ id, phoneIndex }) => ({ id, phoneIndex }))).toEqual([
        { id: quicker.id, phoneIndex: quicker.phoneIndex },
      ]);
    });
    await fixture.store.transaction(at, async (tx) => {
      const indexes = given.map(({ index }) => index);
      const ids = (await tx.subscribers.byIndexes(at, indexes)).map((row) => row.id);
      expect(ids.sort()).toEqual([quicker.id, ...[0, 2, 3].map((row) => given[row]?.id ?? "")].sort());
      expect(await tx.subscribers.byIds(at, [quicker.id])).toEqual([quicker]);
    });
  });

  test("say nothing new if the digest, every grant and the moment are the same and nothing was refused", async () => {
    const given = contacts(6);
    await fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.addFresh(at, null, fresh(given.slice(0, 5)), moment());
      await grant(tx, given.slice(0, 4));
      await tx.subscribers.addRefusal(at, {
        id: nextId(),
        subscriberId: given[3]?.id ?? "",
        channels: null,
        purposes: null,
        by: "subject",
        source: "sms",
        receivedAt: moment(),
        recordedAt: moment(),
        textCipher: null,
        liftedAt: null,
      });
    });
    await fixture.store.transaction(at, async (tx) => {
      // 1 says something else, 3 has refused, 4 was granted nothing, 5 is not known.
      const asked = given.map((each, row) => (row === 1 ? { ...each, digest: randomBytes(16) } : each));
      const met = await tx.subscribers.meet(at, null, meeting(asked));
      expect([...met.settled].sort()).toEqual([0, 2]);
      expect(met.open.map((row) => row.position).sort()).toEqual([1, 3, 4]);
      const later = { ...meeting(asked), collectedAts: Float64Array.from(asked, () => moment(1).getTime()) };
      expect((await tx.subscribers.meet(at, null, later)).settled).toEqual([]);
    });
  });

  test("belong to the import that added them and to each that met them, page by page, each once", async () => {
    const given = contacts(5);
    const [first, second] = [importRow(at), importRow(at)];
    await fixture.store.transaction(at, async (tx) => {
      await tx.imports.insert(first);
      await tx.imports.insert(second);
      await tx.subscribers.addFresh(at, first.id, fresh(given), moment());
      await grant(tx, given);
      expect(
        await tx.imports.addContacts(
          first.id,
          given.map(({ id }) => id),
        ),
      ).toHaveLength(5);
      await tx.subscribers.meet(at, second.id, meeting(given.slice(0, 3)));
      expect(
        await tx.imports.addContacts(
          second.id,
          given.slice(2).map(({ id }) => id),
        ),
      ).toEqual([given[2]?.id]);
    });
    for (const { id: importId } of [first, second]) {
      await fixture.store.transaction(at, async (tx) => {
        const pages = [];
        for (let after: string | null = null; ; ) {
          const page = await tx.subscribers.pageOfImport(at, importId, after, 2);
          after = page.at(-1)?.id ?? null;
          if (after === null) break;
          pages.push(...page.map((row) => row.id));
        }
        expect(pages).toEqual(given.map(({ id }) => id).sort());
      });
    }
  });

  test("cannot name an import of another customer", async () => {
    const other = customerRow();
    const theirs = importRow(other.id);
    await fixture.store.transaction("*", (tx) => tx.customers.insert(other));
    await fixture.store.transaction(other.id, (tx) => tx.imports.insert(theirs));
    await expect(
      fixture.store.transaction(at, (tx) =>
        tx.subscribers.addFresh(at, theirs.id, fresh(contacts(1)), moment()),
      ),
    ).rejects.toMatchObject({ code: "23503" });
  });
});
