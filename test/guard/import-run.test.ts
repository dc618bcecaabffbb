import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImportView } from "../../src/domain/contract.gen.ts";
import type { Store, Tx } from "../../src/guard/ports/store.ts";
import { runImport } from "../../src/guard/run-import.ts";
import { createTableReader } from "../../src/tabular/table-reader.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { makeZip, workbookParts } from "../tabular/make-zip.ts";
import { errorsOf, importFile, phone, upload, uploadFile, work } from "./import-fixture.ts";

let house: TestWorld;
let spoolDir: string;
beforeAll(async () => {
  const opened = await openTestWorld();
  spoolDir = mkdtempSync(join(tmpdir(), "sg-spool-"));
  // Small batches, so that a short file has many transactions.
  const tables = createTableReader({ spoolDir, limits: { batchRowsMax: 10 } });
  house = { ...opened, world: { ...opened.world, tables } };
});
afterAll(async () => {
  await house.close();
  rmSync(spoolDir, { recursive: true });
});

const file = `phone,name\n${Array.from({ length: 95 }, (_, at) => (at % 10 === 3 ? "12,Sai" : `${phone(at)},Bình`)).join("\n")}\n`;

/** The world whose store fails in the n-th advance of an import, after everything else of the batch was written. */
function failingAt(step: number): TestWorld["world"] {
  let steps = 0;
  const { store } = house.world;
  const transaction: Store["transaction"] = (customer, body) =>
    store.transaction(customer, (tx) => {
      const advance: Tx["imports"]["advance"] = async (...args) => {
        if (++steps === step) throw new Error("power cut");
        return tx.imports.advance(...args);
      };
      return body({ ...tx, imports: { ...tx.imports, advance } });
    });
  return { ...house.world, store: { ...store, transaction } };
}

describe("the job of an import", () => {
  test.each([1, 2, 5, 10])(
    "that dies in its batch %i goes on without losing or doubling a row",
    async (step) => {
      const caller = await house.newCustomer();
      const id = await uploadFile(house, caller, file);
      const job = house.world.entropy.id(new Date());
      const customerId = caller.customerId ?? "";
      await expect(runImport(failingAt(step), customerId, id, job)).rejects.toThrow("power cut");
      const half = await house.guard.getImport(caller, id);
      expect(half).toMatchObject({ status: "running", counts: { total: Math.min(95, (step - 1) * 10) } });
      await runImport(house.world, customerId, id, job);
      const view = await house.guard.getImport(caller, id);
      expect(view).toMatchObject({
        status: "completed",
        counts: { total: 95, accepted: 85, updated: 0, duplicate: 0, rejected: 10, quarantined: 0 },
      });
      expect((await errorsOf(house, caller, id)).trimEnd().split("\r\n")).toHaveLength(11);
    },
  );

  test("run by two workers at once counts every row once", async () => {
    const caller = await house.newCustomer();
    const id = await uploadFile(house, caller, file);
    await Promise.allSettled([work(house, caller, id), work(house, caller, id)]);
    await work(house, caller, id);
    const view = await house.guard.getImport(caller, id);
    expect(view).toMatchObject({ status: "completed", counts: { total: 95, accepted: 85 } });
  });

  test("stops between two batches when it is cancelled; what was recorded stays", async () => {
    const caller = await house.newCustomer();
    const id = await uploadFile(house, caller, file);
    await expect(runImport(failingAt(4), caller.customerId ?? "", id, id)).rejects.toThrow("power cut");
    const cancelled = house.guard.cancelImport(caller, id);
    await house.world.clock.sleep(1);
    await Promise.all([cancelled, work(house, caller, id).then(() => work(house, caller, id))]);
    const view = await house.guard.getImport(caller, id);
    expect(view.status).toBe("failed");
    expect(view.counts.total).toBeGreaterThanOrEqual(30);
    expect(view.finishedAt).not.toBeNull();
    const { store } = house.world;
    expect(await store.transaction(caller.customerId ?? "", (tx) => tx.imports.chunk(id, 0))).toBeNull();
  });

  test("that has ended cannot be cancelled", async () => {
    const caller = await house.newCustomer();
    const { id } = await importFile(house, caller, `phone\n${phone(1)}\n`);
    await expect(house.guard.cancelImport(caller, id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("can be watched to its end", async () => {
    const caller = await house.newCustomer();
    const id = await uploadFile(house, caller, file);
    const views: ImportView[] = [];
    const watched = (async () => {
      for await (const view of house.guard.watchImport(caller, id, new AbortController().signal))
        views.push(view);
    })();
    await work(house, caller, id);
    await watched;
    expect(views.at(-1)).toMatchObject({ status: "completed", counts: { total: 95 } });
  });

  test("leaves no file behind, whether a workbook can be read or not", async () => {
    const caller = await house.newCustomer();
    const cell = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const sheetData = `<row>${cell("phone")}</row><row>${cell(phone(1))}</row>`;
    const whole = makeZip(workbookParts({ sheetData }));
    expect((await importFile(house, caller, whole)).counts).toMatchObject({ total: 1, accepted: 1 });
    expect((await importFile(house, caller, whole.subarray(0, whole.length - 40))).status).toBe("failed");
    expect(readdirSync(spoolDir)).toEqual([]);
  });
});

describe("an upload", () => {
  test("that breaks off leaves no piece of its file", async () => {
    const caller = await house.newCustomer();
    const bytes = (async function* () {
      yield Buffer.alloc(1_500_000, "x");
      throw new Error("connection reset");
    })();
    await expect(
      house.guard.startImport(caller, {
        declaration: { basis: "contract", purposes: ["customer_care"], channels: ["sms"] },
        mapping: null,
        file: { ...upload(""), bytes },
      }),
    ).rejects.toThrow("connection reset");
    await house.world.store.transaction(caller.customerId ?? "", async (tx) => {
      const [row] = await tx.imports.list(caller.customerId ?? "", 9, null);
      expect(row).toMatchObject({ status: "failed", failureCode: "upload_broken" });
      expect(await tx.imports.chunk(row?.id ?? "", 0)).toBeNull();
    });
  });

  test("with a mapping that means nothing is refused before its file is read", async () => {
    const caller = await house.newCustomer();
    const mapping = { A: "phone", B: "phone", C: "shoeSize" };
    await expect(uploadFile(house, caller, file, { mapping })).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ code: "field_twice" }, { code: "field_unknown" }],
    });
  });
});
