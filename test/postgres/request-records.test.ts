import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  customerRow,
  failing,
  importRow,
  moment,
  nextId,
  openTestStore,
  pageRow,
  reviewRow,
  type StoreFixture,
} from "./store-fixture.ts";

let fixture: StoreFixture;
const customer = customerRow();
const at = customer.id;

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
});
afterAll(() => fixture.close());

describe("idempotency keys", () => {
  const body = Buffer.from("body");
  const begin = (key: string, minutes: number, fingerprint = body, attempt = nextId()) =>
    fixture.store.transaction(at, (tx) =>
      tx.idempotency.begin(at, key, fingerprint, attempt, moment(minutes)),
    );
  const complete = (key: string, attempt: string, text = "answer") =>
    fixture.store.transaction(at, (tx) =>
      tx.idempotency.complete(at, key, attempt, { status: 202, responseCipher: Buffer.from(text) }),
    );

  test("of several requests at once one runs, the others learn that it does", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => begin("race", 0)));
    expect(answers.map((answer) => answer.state).toSorted()).toEqual([
      ...Array(5).fill("running"),
      "started",
    ]);
  });

  test("the first answer is given again for 24 hours; another body is told apart; then the key is free", async () => {
    const attempt = nextId();
    expect(await begin("k", 0, body, attempt)).toEqual({ state: "started" });
    expect(await begin("k", 0, Buffer.from("other"))).toEqual({ state: "reused" });
    expect(await complete("k", attempt)).toBe(true);
    const replay = { state: "completed", status: 202, responseCipher: Buffer.from("answer") };
    expect(await begin("k", 24 * 60 - 1)).toEqual(replay);
    expect(await begin("k", 10, Buffer.from("other"))).toEqual({ state: "reused" });
    expect(await begin("k", 24 * 60, Buffer.from("other"))).toEqual({ state: "started" });
  });

  test("one that runs longer than 60 s may be taken over, and can then no longer complete", async () => {
    const first = nextId();
    const second = nextId();
    await begin("slow", 0, body, first);
    expect(await begin("slow", 0.9)).toEqual({ state: "running" });
    expect(await begin("slow", 1, Buffer.from("other"))).toEqual({ state: "reused" });
    expect(await begin("slow", 1, body, second)).toEqual({ state: "started" });
    expect(await begin("slow", 1.5)).toEqual({ state: "running" });
    expect(await complete("slow", first)).toBe(false);
    expect(await complete("slow", second)).toBe(true);
  });

  test("an attempt that was given up, or whose transaction failed, leaves the key free", async () => {
    const attempt = nextId();
    await failing(fixture.store, at, (tx) => tx.idempotency.begin(at, "free", body, attempt, moment()));
    expect((await begin("free", 0, body, attempt)).state).toBe("started");
    expect((await begin("free", 0, body, attempt)).state).toBe("started");
    await fixture.store.transaction(at, (tx) => tx.idempotency.abandon(at, "free", attempt));
    expect((await begin("free", 0, Buffer.from("other"))).state).toBe("started");
  });

  test("old keys are deleted, a few at a time", async () => {
    const purge = () => fixture.store.transaction("*", (tx) => tx.idempotency.purge(moment(100_000), 2));
    expect(await purge()).toBe(2);
    while ((await purge()) > 0);
    expect((await begin("k", 100_000, Buffer.from("third"))).state).toBe("started");
  });
});

describe("reviews", () => {
  const decision = (release: boolean) => ({
    id: nextId(),
    release,
    reason: "looked at",
    decidedBy: "staff",
    decidedAt: moment(5),
  });

  test("are decided exactly once; the verdict stands beside the decision", async () => {
    const row = reviewRow(at);
    await fixture.store.transaction(at, (tx) => tx.reviews.open(row));
    await fixture.store.transaction(at, (tx) => tx.reviews.open(row));
    const evidence = nextId();
    const add = () =>
      fixture.store.transaction(at, (tx) =>
        tx.reviews.addEvidence(at, row.id, evidence, [{ kind: "file" }, { kind: "url" }], moment(1)),
      );
    expect(await add()).toBe(true);
    expect(await add()).toBe(true);
    const choices = [decision(true), decision(false), decision(true)];
    const answers = await Promise.all(
      choices.map((choice) => fixture.store.transaction(at, (tx) => tx.reviews.decide(at, row.id, choice))),
    );
    expect(answers.toSorted()).toEqual(["already_decided", "already_decided", "decided"]);
    const won = choices[answers.indexOf("decided")];
    const file = await fixture.store.transaction(at, (tx) => tx.reviews.get(at, row.id));
    expect(file).toEqual({
      ...row,
      status: won?.release === true ? "released" : "upheld",
      evidence: [{ kind: "file" }, { kind: "url" }],
      decision: won,
    });
    expect(await add()).toBe(false);
  });

  test("what the person decided is not released, but may be upheld", async () => {
    const row = reviewRow(at, { canBeOverruled: false, decidedBy: "subject", code: "opted_out" });
    const decide = (release: boolean) =>
      fixture.store.transaction(at, (tx) => tx.reviews.decide(at, row.id, decision(release)));
    await fixture.store.transaction(at, (tx) => tx.reviews.open(row));
    expect(await decide(true)).toBe("not_overrulable");
    expect(await decide(false)).toBe("decided");
  });

  test("are listed newest first, by status, and found by their subject", async () => {
    const rows = [reviewRow(at), reviewRow(at)];
    await fixture.store.transaction(at, async (tx) => {
      for (const row of rows) await tx.reviews.open(row);
      const open = await tx.reviews.list({ customerId: at, status: "open" }, 10, null);
      expect(open.map((row) => row.id)).toEqual(rows.map((row) => row.id).toReversed());
      const older = await tx.reviews.list({ customerId: at, status: "open" }, 10, rows[1]?.id ?? null);
      expect(older.map((row) => row.id)).toEqual([rows[0]?.id]);
      expect((await tx.reviews.ofSubject(at, rows[0]?.subjectId ?? ""))?.id).toBe(rows[0]?.id);
    });
  });
});

describe("imports", () => {
  const progress = (rowsDone: number) => ({
    bytesRead: rowsDone * 10,
    bytesTotal: null,
    rowsDone,
    counts: { accepted: rowsDone },
    reasons: { phone_missing: 1 },
  });

  test("move on from where they stand: of two workers on the same step one is turned away", async () => {
    const row = importRow(at);
    await fixture.store.transaction(at, (tx) => tx.imports.insert(row));
    await fixture.store.transaction(at, (tx) => tx.imports.insert(row));
    const advance = (from: number, to: number) =>
      fixture.store.transaction("*", (tx) => tx.imports.advance(row.id, from, progress(to)));
    await failing(fixture.store, "*", (tx) => tx.imports.advance(row.id, 0, progress(5)));
    const answers = await Promise.all([advance(0, 100), advance(0, 100), advance(0, 100)]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await advance(100, 200)).toBe(true);
    const header = randomBytes(20);
    await fixture.store.transaction("*", (tx) => tx.imports.setHeader(row.id, header));
    expect(await fixture.store.transaction(at, (tx) => tx.imports.get(at, row.id))).toEqual({
      ...row,
      ...progress(200),
      headerCipher: header,
    });
  });

  test("keep the file's pieces until they end, and end once", async () => {
    const row = importRow(at);
    const piece = randomBytes(1_000);
    await fixture.store.transaction("*", async (tx) => {
      await tx.imports.insert(row);
      await tx.imports.addChunk(row.id, 0, piece);
      await tx.imports.addChunk(row.id, 0, piece);
      expect(await tx.imports.chunk(row.id, 0)).toEqual(piece);
      expect(await tx.imports.chunk(row.id, 1)).toBeNull();
      expect((await tx.imports.unfinished(100, null)).map((one) => one.id)).toContain(row.id);
      expect((await tx.imports.ofFile(at, row.fileSha256 ?? randomBytes(1)))?.id).toBe(row.id);
      expect(await tx.imports.requestCancel(at, row.id)).toBe(true);
      expect((await tx.imports.get(at, row.id))?.cancelRequested).toBe(true);
      expect(await tx.imports.finish(row.id, "cancelled", null, moment(9))).toBe(true);
      expect(await tx.imports.finish(row.id, "completed", null, moment(9))).toBe(false);
      expect(await tx.imports.chunk(row.id, 0)).toBeNull();
      expect((await tx.imports.unfinished(100, null)).map((one) => one.id)).not.toContain(row.id);
      expect(await tx.imports.requestCancel(at, row.id)).toBe(false);
      expect(await tx.imports.ofFile(at, row.fileSha256 ?? randomBytes(1))).toBeNull();
    });
    await expect(
      fixture.store.transaction("*", (tx) => tx.imports.addChunk(row.id, 1, piece)),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("give their faulty rows in order, page by page, each fault once", async () => {
    const row = importRow(at);
    const faults = [
      { rowNumber: 2, code: "number_invalid", cellsCipher: randomBytes(9) },
      { rowNumber: 2, code: "row_malformed", cellsCipher: randomBytes(9) },
      { rowNumber: 10, code: "phone_missing", cellsCipher: randomBytes(9) },
    ] as const;
    await fixture.store.transaction(at, async (tx) => {
      await tx.imports.insert(row);
      await tx.imports.addErrors(row.id, faults.toReversed());
      await tx.imports.addErrors(row.id, faults);
      const first = await tx.imports.errors(at, row.id, null, 2);
      const second = await tx.imports.errors(at, row.id, first[1] ?? null, 2);
      expect([...first, ...second]).toEqual(faults);
    });
  });
});

describe("landing pages", () => {
  test("are handed over by one process and closed exactly once", async () => {
    const row = pageRow(at);
    const holder = nextId();
    await fixture.store.transaction(at, (tx) => tx.pages.insert(row));
    await fixture.store.transaction(at, (tx) => tx.pages.insert(row));
    expect(await fixture.store.transaction("*", (tx) => tx.pages.takeBatch(row.batchId ?? ""))).toEqual([
      row,
    ]);
    const opened = await Promise.all(
      Array.from({ length: 3 }, () =>
        fixture.store.transaction("*", (tx) => tx.pages.open([row.id], holder)),
      ),
    );
    expect(opened.map((ids) => ids.size).toSorted()).toEqual([0, 0, 1]);
    expect(await fixture.store.transaction("*", (tx) => tx.pages.openOfHolder(holder))).toEqual([
      { ...row, state: "open", holder, attempts: 1 },
    ]);
    const close = () =>
      fixture.store.transaction("*", (tx) => tx.pages.close([{ id: row.id, state: "failed" }], moment(1)));
    expect((await Promise.all([close(), close()])).map((ids) => ids.size).toSorted()).toEqual([0, 1]);
    expect(await fixture.store.transaction("*", (tx) => tx.pages.requeue(row.id, "review", nextId()))).toBe(
      false,
    );
    expect(await fixture.store.transaction("*", (tx) => tx.pages.requeue(row.id, "failed", nextId()))).toBe(
      true,
    );
  });

  test("are listed newest first, of one page or of all; a refused one never goes", async () => {
    const rows = [pageRow(at, { pageId: "x", state: "review" }), pageRow(at, { pageId: "x" })];
    const [reviewed, newer] = rows;
    if (reviewed === undefined || newer === undefined) throw new Error("two pages");
    await fixture.store.transaction(at, async (tx) => {
      for (const row of rows) await tx.pages.insert(row);
      expect(await tx.pages.list(at, "x", 10, null)).toEqual([newer, reviewed]);
      expect(await tx.pages.list(at, "x", 10, newer.id)).toEqual([reviewed]);
      expect(await tx.pages.refuse(reviewed.id, moment(1))).toBe(true);
      expect(await tx.pages.refuse(reviewed.id, moment(1))).toBe(false);
      expect(await tx.pages.requeue(reviewed.id, "review", nextId())).toBe(false);
      expect((await tx.pages.get(at, reviewed.id))?.state).toBe("refused");
    });
  });
});
