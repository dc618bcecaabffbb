import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RefusalRow } from "../../src/guard/ports/subscriber-records.ts";
import {
  customerRow,
  declaration,
  declarationBody,
  failing,
  gate,
  importRow,
  moment,
  nextId,
  openTestStore,
  permissionRow,
  type StoreFixture,
  someoneWaits,
  subscriberRow,
} from "./store-fixture.ts";

let fixture: StoreFixture;
const customer = customerRow();
const at = customer.id;

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
});
afterAll(() => fixture.close());

async function addSubscriber(over = {}) {
  const row = subscriberRow(over);
  await fixture.store.transaction(at, (tx) => tx.subscribers.addOrLock(at, [row], moment()));
  return row;
}

async function declared(body?: object): Promise<string> {
  const given = declaration(body);
  const [row] = await fixture.store.transaction(at, (tx) => tx.subscribers.declare(at, [given], moment()));
  if (row === undefined) throw new Error("not declared");
  return row.id;
}

describe("subscribers", () => {
  test("a row is read back as it was written, a birthday to the day whatever the machine's time zone", async () => {
    const row = await addSubscriber({
      adultAt: new Date("2031-03-05T00:00:00Z"),
      restrictedAt: moment(1),
      objectedAt: moment(2),
      guardianConsented: true,
      country: null,
    });
    await fixture.store.transaction(at, async (tx) => {
      expect(await tx.subscribers.byIndexes(at, [row.phoneIndex])).toEqual([row]);
      expect(await tx.subscribers.byIds(at, [row.id, nextId()])).toEqual([row]);
    });
  });

  test("for a number that is known, adding changes nothing and answers with the known row", async () => {
    const row = await addSubscriber();
    const again = { ...subscriberRow(), phoneIndex: row.phoneIndex };
    const rows = await fixture.store.transaction(at, (tx) =>
      tx.subscribers.addOrLock(at, [again], moment(1)),
    );
    expect(rows).toEqual([row]);
  });

  test("two uploads of the same new numbers, in opposite orders, agree on one row for each", async () => {
    const indexes = Array.from({ length: 400 }, () => randomBytes(32));
    const upload = (numbers: readonly Buffer[]) =>
      fixture.store.transaction(at, (tx) =>
        tx.subscribers.addOrLock(
          at,
          numbers.map((phoneIndex) => subscriberRow({ phoneIndex })),
          moment(),
        ),
      );
    const answers = await Promise.all([
      upload(indexes),
      upload(indexes.toReversed()),
      upload(indexes.slice(200)),
      upload(indexes.slice(0, 200).toReversed()),
    ]);
    expect(answers[0]).toHaveLength(400);
    expect(answers[1]).toEqual(answers[0]);
    const ids = new Set(answers[0]?.map((row) => row.id));
    for (const answer of answers) for (const row of answer) expect(ids).toContain(row.id);
  });

  test("an added row is locked: a permit waits for it and then sees what was committed", async () => {
    const row = await addSubscriber();
    const held = gate();
    const release = gate();
    const writer = fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.addOrLock(at, [row], moment());
      held.open();
      await release.opened;
      await tx.subscribers.update(at, [{ ...row, restrictedAt: moment(5) }], moment(5));
    });
    await held.opened;
    const permit = fixture.store.transaction(at, (tx) => tx.subscribers.lock(at, [row.id], "share"));
    await someoneWaits(fixture.url);
    // A reader that asks for no lock passes meanwhile.
    await fixture.store.transaction(at, (tx) => tx.subscribers.byIds(at, [row.id]));
    release.open();
    await writer;
    expect((await permit)[0]?.restrictedAt).toEqual(moment(5));
  });

  test("two permits hold the same subscriber at once; an exclusive lock waits for both", async () => {
    const row = await addSubscriber();
    const reached = gate();
    let count = 0;
    const permit = () =>
      fixture.store.transaction(at, async (tx) => {
        await tx.subscribers.lock(at, [row.id], "share");
        count++;
        if (count === 2) reached.open();
        await reached.opened;
      });
    await Promise.all([permit(), permit()]);
    const rows = await fixture.store.transaction(at, (tx) =>
      tx.subscribers.lock(at, [nextId(), row.id], "exclusive"),
    );
    expect(rows).toEqual([row]);
  });

  test("an update is all or nothing, and the same again changes nothing", async () => {
    const row = await addSubscriber();
    const erased = { ...row, salt: null, profileCipher: null, erasedAt: moment(3) };
    await failing(fixture.store, at, (tx) => tx.subscribers.update(at, [erased], moment(3)));
    const read = () => fixture.store.transaction(at, (tx) => tx.subscribers.byIds(at, [row.id]));
    expect(await read()).toEqual([row]);
    for (let time = 0; time < 2; time++) {
      await fixture.store.transaction(at, (tx) => tx.subscribers.update(at, [erased], moment(3)));
      expect(await read()).toEqual([erased]);
    }
  });

  test("pages go through the known contacts, and through those of an import, in the order of ids", async () => {
    const owner = customerRow();
    const rows = Array.from({ length: 5 }, (_, i) => subscriberRow({ known: i !== 2 }));
    const file = importRow(owner.id);
    await fixture.store.transaction("*", (tx) => tx.customers.insert(owner));
    await fixture.store.transaction(owner.id, async (tx) => {
      await tx.subscribers.addOrLock(owner.id, rows, moment());
      await tx.imports.insert(file);
      await tx.imports.addContacts(
        file.id,
        rows.slice(3).map((row) => row.id),
      );
      await tx.imports.addContacts(
        file.id,
        rows.slice(3).map((row) => row.id),
      );
      const known = rows.filter((row) => row.known).map((row) => row.id);
      const first = await tx.subscribers.page(owner.id, null, 3);
      const second = await tx.subscribers.page(owner.id, first.at(-1)?.id ?? null, 3);
      expect([...first, ...second].map((row) => row.id)).toEqual(known);
      const imported = await tx.subscribers.pageOfImport(owner.id, file.id, rows[3]?.id ?? null, 10);
      expect(imported).toEqual([rows[4]]);
    });
  });
});

describe("permissions", () => {
  test("carry what their declaration says; evidence addresses are told apart without being shown", async () => {
    const row = await addSubscriber();
    const declarationId = await declared({
      ...declarationBody,
      consent: {
        ...declarationBody.consent,
        evidence: [
          { kind: "file", fileId: "0198-file" },
          { kind: "file", sha256: "AB12" },
          { kind: "url", uri: "https://shop.example/form?phone=0901234521" },
        ],
      },
    });
    const permission = permissionRow(row.id, declarationId);
    const [read] = await fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.addPermissions(at, [permission]);
      return tx.subscribers.permissions([row.id], moment());
    });
    expect(read).toEqual({
      ...permission,
      method: "web_form",
      evidenceCount: 3,
      hasNotice: true,
      contentClass: "food offers",
      frequency: { max: 4, per: "month" },
      evidenceIds: ["0198-file", "sha256:ab12", expect.stringMatching(/^uri:[0-9a-f]{32}$/)],
    });
  });

  test("a declaration without consent has no method, notice, class, frequency or evidence", async () => {
    const row = await addSubscriber();
    const declarationId = await declared({ basis: "contract", purposes: ["transaction"], channels: ["sms"] });
    const [read] = await fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.addPermissions(at, [
        permissionRow(row.id, declarationId, { basis: "contract", purpose: "transaction" }),
      ]);
      return tx.subscribers.permissions([row.id], moment());
    });
    expect(read).toMatchObject({
      method: null,
      evidenceCount: 0,
      hasNotice: false,
      contentClass: null,
      frequency: null,
      evidenceIds: [],
    });
  });

  test("each moment has the state that held then: from `since`, up to but not at the next", async () => {
    const row = await addSubscriber();
    const id = await declared();
    const add = (over: object) =>
      fixture.store.transaction(at, (tx) =>
        tx.subscribers.addPermissions(at, [permissionRow(row.id, id, over)]),
      );
    await add({ since: moment(10) });
    await add({ revision: 2, epoch: 2, granted: false, since: moment(20) });
    await add({ revision: 3, epoch: 3, since: moment(30) });
    const epochAt = async (minutes: number) =>
      (
        await fixture.store.transaction(at, (tx) => tx.subscribers.permissions([row.id], moment(minutes)))
      ).map((permission) => [permission.epoch, permission.granted]);
    expect(await epochAt(9)).toEqual([]);
    expect(await epochAt(10)).toEqual([[1, true]]);
    expect(await epochAt(19)).toEqual([[1, true]]);
    expect(await epochAt(20)).toEqual([[2, false]]);
    expect(await epochAt(999)).toEqual([[3, true]]);
    const history = await fixture.store.transaction(at, (tx) => tx.subscribers.history(row.id));
    expect(history.map((entry) => [entry.revision, entry.until])).toEqual([
      [1, moment(20)],
      [2, moment(30)],
      [3, null],
    ]);
  });

  test("several revisions of one permission in one call follow one another", async () => {
    const row = await addSubscriber();
    const id = await declared();
    await fixture.store.transaction(at, (tx) =>
      tx.subscribers.addPermissions(at, [
        permissionRow(row.id, id, { revision: 2, epoch: 2, granted: false, since: moment(2) }),
        permissionRow(row.id, id, { since: moment(1) }),
      ]),
    );
    const history = await fixture.store.transaction(at, (tx) => tx.subscribers.history(row.id));
    expect(history.map((entry) => [entry.revision, entry.until])).toEqual([
      [1, moment(2)],
      [2, null],
    ]);
  });

  test("when a clock ran backwards the later revision counts, and never two at one moment", async () => {
    const row = await addSubscriber();
    const id = await declared();
    for (const [revision, since] of [
      [1, 10],
      [2, 20],
      [3, 15],
    ] as const) {
      await fixture.store.transaction(at, (tx) =>
        tx.subscribers.addPermissions(at, [
          permissionRow(row.id, id, { revision, epoch: revision, since: moment(since) }),
        ]),
      );
    }
    const read = await fixture.store.transaction(at, (tx) =>
      tx.subscribers.permissions([row.id], moment(17)),
    );
    expect(read.map((permission) => permission.revision)).toEqual([3]);
  });

  test("a repeated write changes nothing; another write of the same revision is a conflict", async () => {
    const row = await addSubscriber();
    const id = await declared();
    const permission = permissionRow(row.id, id);
    const add = (over: object) =>
      fixture.store.transaction(at, (tx) => tx.subscribers.addPermissions(at, [{ ...permission, ...over }]));
    await failing(fixture.store, at, (tx) => tx.subscribers.addPermissions(at, [permission]));
    expect(await fixture.store.transaction(at, (tx) => tx.subscribers.history(row.id))).toEqual([]);
    await add({});
    await add({});
    expect(await fixture.store.transaction(at, (tx) => tx.subscribers.history(row.id))).toHaveLength(1);
    await expect(add({ granted: false })).rejects.toMatchObject({ code: "conflict" });
  });

  test("an equal declaration is found again, also by two callers at once", async () => {
    const body = { basis: "contract", purposes: ["survey"], channels: ["zns"] };
    const answers = await Promise.all(Array.from({ length: 4 }, () => declared(body)));
    expect(new Set(answers).size).toBe(1);
  });
});

describe("refusals and withdrawals", () => {
  const refusal = (subscriberId: string, over: Partial<RefusalRow> = {}): RefusalRow => ({
    id: nextId(),
    subscriberId,
    channels: ["sms", "viber"],
    purposes: null,
    by: "subject",
    source: "sms_reply",
    receivedAt: moment(9),
    recordedAt: moment(10),
    textCipher: randomBytes(20),
    liftedAt: null,
    ...over,
  });

  test("a refusal holds from when it was recorded until it is lifted, and is recorded once", async () => {
    const row = await addSubscriber();
    const given = refusal(row.id);
    const read = (minutes: number) =>
      fixture.store.transaction(at, (tx) => tx.subscribers.refusals([row.id], moment(minutes)));
    await failing(fixture.store, at, (tx) => tx.subscribers.addRefusal(at, given));
    expect(await read(10)).toEqual([]);
    for (let time = 0; time < 2; time++) {
      await fixture.store.transaction(at, (tx) => tx.subscribers.addRefusal(at, given));
    }
    expect(await read(9)).toEqual([]);
    expect(await read(10)).toEqual([given]);
    await fixture.store.transaction(at, (tx) => tx.subscribers.liftRefusals([given.id], moment(20)));
    await fixture.store.transaction(at, (tx) => tx.subscribers.liftRefusals([given.id], moment(25)));
    expect(await read(19)).toEqual([{ ...given, liftedAt: moment(20) }]);
    expect(await read(20)).toEqual([]);
  });

  test("a withdrawal stays pending until it is effective, and its moment is never moved", async () => {
    const row = await addSubscriber();
    const withdrawal = {
      id: nextId(),
      subscriberId: row.id,
      channels: ["sms"] as const,
      purposes: ["advertising", "survey"] as const,
      recordedAt: moment(1),
      effectiveAt: null,
    };
    await fixture.store.transaction(at, (tx) => tx.subscribers.addWithdrawal(at, withdrawal));
    await fixture.store.transaction(at, (tx) => tx.subscribers.addWithdrawal(at, withdrawal));
    const pending = () => fixture.store.transaction("*", (tx) => tx.subscribers.pendingWithdrawals(100));
    expect(await pending()).toEqual([{ ...withdrawal, customerId: at }]);
    await fixture.store.transaction(at, (tx) => tx.subscribers.setEffective(withdrawal.id, moment(2)));
    await fixture.store.transaction(at, (tx) => tx.subscribers.setEffective(withdrawal.id, moment(3)));
    expect(await pending()).toEqual([]);
    const read = await fixture.store.transaction(at, (tx) => tx.subscribers.withdrawal(at, withdrawal.id));
    expect(read).toEqual({ ...withdrawal, effectiveAt: moment(2) });
  });
});

describe("notices and evidence", () => {
  test("a notice keeps the moment at which it was first seen", async () => {
    await fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.seeNotice(at, "v1", "digest", "text", moment(1));
      await tx.subscribers.seeNotice(at, "v1", "other", "text", moment(2));
      expect(await tx.subscribers.notices(at)).toEqual([
        { version: "v1", digest: "digest", firstSeenAt: moment(1) },
      ]);
    });
  });

  test("evidence is found by id and by content, the same bytes once; what is no id is not found", async () => {
    const sha256 = randomBytes(32);
    const file = { id: nextId(), sha256, bytes: 12, mediaType: "text/plain", contentCipher: randomBytes(40) };
    await fixture.store.transaction(at, async (tx) => {
      await tx.subscribers.addEvidence(at, file, moment());
      await tx.subscribers.addEvidence(at, { ...file, id: nextId() }, moment(1));
      expect(await tx.subscribers.evidence(at, [file.id, "not-an-id", "' or 1=1"])).toEqual([
        { id: file.id, sha256: sha256.toString("hex") },
      ]);
      expect(await tx.subscribers.evidenceBySha256(at, sha256)).toEqual({ id: file.id, bytes: 12 });
    });
  });
});

describe("what a bulk table belongs to", () => {
  test("a permission for a subscriber that is not, or is another customer's, is refused", async () => {
    const other = customerRow();
    const row = subscriberRow();
    await fixture.store.transaction("*", async (tx) => {
      await tx.customers.insert(other);
      await tx.subscribers.addOrLock(other.id, [row], moment());
    });
    const declarationId = await declared();
    for (const subscriberId of [nextId(), row.id]) {
      for (const acting of [at, "*"] as const) {
        const add = fixture.store.transaction(acting, (tx) =>
          tx.subscribers.addPermissions(at, [permissionRow(subscriberId, declarationId)]),
        );
        await expect(add).rejects.toMatchObject({ code: "conflict" });
      }
    }
  });

  test("a subscriber of a customer that is not is refused", async () => {
    const nobody = nextId();
    await expect(
      fixture.store.transaction(nobody, (tx) =>
        tx.subscribers.addOrLock(nobody, [subscriberRow()], moment()),
      ),
    ).rejects.toMatchObject({ code: "23503" });
  });

  test("the contacts of an import go with it", async () => {
    const row = await addSubscriber();
    const given = importRow(at);
    await fixture.store.transaction(at, async (tx) => {
      await tx.imports.insert(given);
      await tx.imports.addContacts(given.id, [row.id]);
    });
    const client = new pg.Client(fixture.url);
    await client.connect();
    try {
      const count = async (): Promise<unknown> =>
        (await client.query("select from guard.import_contact where import_id = $1", [given.id])).rowCount;
      expect(await count()).toBe(1);
      await client.query("delete from guard.import where id = $1", [given.id]);
      expect(await count()).toBe(0);
    } finally {
      await client.end();
    }
  });
});
