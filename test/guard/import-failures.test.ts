import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../src/guard/ports/store.ts";
import { runImport } from "../../src/guard/run-import.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { errorsOf, importFile, phone, uploadFile, work } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

/** The world in which no batch can be written, for a reason that nobody foresaw, or for the one given. */
function poisoned(fault: () => Error = () => new Error("unforeseen")): TestWorld["world"] {
  const { store } = house.world;
  const transaction: Store["transaction"] = (customer, body) =>
    store.transaction(customer, (tx) =>
      body({ ...tx, imports: { ...tx.imports, advance: () => Promise.reject(fault()) } }),
    );
  return { ...house.world, store: { ...store, transaction } };
}

const content = `phone\n${phone(1)}\n`;

describe("an import that fails for an unforeseen reason", () => {
  test("is tried five times and then ends with a code, its file deleted", async () => {
    const caller = await house.newCustomer();
    const customerId = caller.customerId ?? "";
    const id = await uploadFile(house, caller, content);
    for (let attempt = 0; attempt < 5; attempt++)
      await expect(runImport(poisoned(), customerId, id, id)).rejects.toThrow("unforeseen");
    expect((await house.guard.getImport(caller, id)).status).toBe("running");
    await runImport(poisoned(), customerId, id, id);
    expect(await house.guard.getImport(caller, id)).toMatchObject({ status: "failed", counts: { total: 0 } });
    expect(await errorsOf(house, caller, id)).toContain("attempts_exhausted");
    await house.world.store.transaction(customerId, async (tx) => {
      expect(await tx.imports.get(customerId, id)).toMatchObject({ failureCode: "attempts_exhausted" });
      expect(await tx.imports.chunk(id, 0)).toBeNull();
    });
  });

  test("is not given up while the store is out of reach or the worker closes", async () => {
    const { GuardError } = await import("../../src/domain/guard-error.ts");
    const caller = await house.newCustomer();
    const customerId = caller.customerId ?? "";
    const id = await uploadFile(house, caller, content);
    const away = poisoned(() => new GuardError("ledger_unavailable", "away"));
    for (let attempt = 0; attempt < 8; attempt++)
      await expect(runImport(away, customerId, id, id)).rejects.toMatchObject({ code: "ledger_unavailable" });
    const closing = AbortSignal.abort();
    for (let attempt = 0; attempt < 8; attempt++)
      await expect(runImport(house.world, customerId, id, id, closing)).rejects.toThrow("closing");
    await work(house, caller, id);
    expect(await house.guard.getImport(caller, id)).toMatchObject({
      status: "completed",
      counts: { accepted: 1 },
    });
  });

  test("counts anew after each committed batch", async () => {
    const caller = await house.newCustomer();
    const customerId = caller.customerId ?? "";
    const id = await uploadFile(house, caller, content);
    for (let attempt = 0; attempt < 4; attempt++)
      await expect(runImport(poisoned(), customerId, id, id)).rejects.toThrow("unforeseen");
    await house.world.store.transaction(customerId, async (tx) => {
      const progress = { bytesRead: 0, bytesTotal: null, rowsDone: 0, counts: {}, reasons: {} };
      expect(await tx.imports.advance(id, 0, progress)).toBe(true);
      expect(await tx.imports.beginAttempt(id)).toBe(1);
    });
  });
});

describe("the error file of an import that failed", () => {
  test("says why the file cannot be read and what mends it, in a record without a row", async () => {
    const caller = await house.newCustomer();
    const view = await importFile(house, caller, Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]));
    expect(view.status).toBe("failed");
    expect(await errorsOf(house, caller, view.id)).toMatch(
      /^\ufeff?row,code,fix\r\n,file_unreadable:archive_damaged,"?[^\n]*damaged/,
    );
  });

  test("says nothing of the kind where the import completed", async () => {
    const caller = await house.newCustomer();
    const { id } = await importFile(house, caller, content);
    expect((await errorsOf(house, caller, id)).trimEnd().split("\r\n")).toHaveLength(1);
  });
});
