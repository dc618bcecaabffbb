import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Declaration } from "../../src/domain/contract.gen.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { makeZip, workbookParts } from "../tabular/make-zip.ts";
import { errorsOf, importFile, phone, reason } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

const care: Declaration = { basis: "contract", purposes: ["customer_care"], channels: ["sms"] };

async function profiles(customerId: string | null): Promise<Record<string, unknown>[]> {
  const { store, vault } = house.world;
  return store.transaction("*", async (tx) => {
    const row = await tx.customers.get(customerId ?? "");
    if (row === null) throw new Error("no customer");
    const opened = vault.customer(row.id, row.keyWrapped);
    return (await tx.subscribers.page(row.id, null, 1_000)).map(
      ({ salt, profileCipher }) =>
        JSON.parse(
          opened
            .subscriber(salt ?? Buffer.alloc(0))
            .open(profileCipher ?? Buffer.alloc(0), "subscriber.profile")
            .toString("utf8"),
        ) as Record<string, unknown>,
    );
  });
}

describe("rows of an import", () => {
  test("are the same from UTF-8, UTF-8 with BOM, UTF-16, tabs, NDJSON and XLSX, bit for bit", async () => {
    const text = `SĐT;Họ và tên;Ngày sinh\n${phone(1)};Nguyễn Thị Ỷ;09/08/1990\n`;
    const cell = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const row = (...values: string[]): string => `<row>${values.map(cell).join("")}</row>`;
    const files: readonly (string | Buffer)[] = [
      text,
      `\ufeff${text}`,
      Buffer.from(`\ufeff${text}`, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
      text.replaceAll(";", "\t"),
      `${JSON.stringify({ phone: phone(1), name: "Nguyễn Thị Ỷ", birthDate: "1990-08-09" })}\n`,
      makeZip(
        workbookParts({
          sheetData: row("SĐT", "Họ và tên", "Ngày sinh") + row(phone(1), "Nguyễn Thị Ỷ", "09/08/1990"),
        }),
      ),
    ];
    for (const file of files) {
      const caller = await house.newCustomer();
      const view = await importFile(house, caller, file);
      expect(view).toMatchObject({ status: "completed", counts: { total: 1, accepted: 1 } });
      expect(await profiles(caller.customerId)).toEqual([
        { phone: `+84${phone(1).slice(1)}`, name: "Nguyễn Thị Ỷ", birthDate: "1990-08-09" },
      ]);
    }
  });

  test("keep a column that is no field only where it was declared as template data", async () => {
    const caller = await house.newCustomer();
    const file = `phone,Thành phố,Ghi chú nội bộ\n${phone(1)},Huế,khách khó tính\n`;
    await importFile(house, caller, file, { mapping: { "Thành phố": "attributes.city" } });
    expect(await profiles(caller.customerId)).toEqual([
      { phone: `+84${phone(1).slice(1)}`, attributes: { city: "Huế" } },
    ]);
  });

  test("may say their own basis, method, source, notice, evidence and moment; what lacks a proof is refused", async () => {
    const caller = await house.newCustomer();
    const file = [
      "phone,Căn cứ,Phương thức,Nguồn,Phiên bản thông báo,Bằng chứng,Ngày đồng ý",
      `${phone(1)},,,,,,`,
      `${phone(2)},đồng ý,giấy,Quầy số 3,2026-02,https://example.com/p/2.pdf,03/02/2026`,
      `${phone(3)},hợp đồng,,,,,`,
      `${phone(4)},tùy tiện,,,,,`,
      `${phone(5)},,,,,không có,`,
      `${phone(6)},,,,,0198f4a2-0000-7000-8000-000000000001,`,
      `${phone(7)},,,,,,01/01/2099`,
      `${phone(8)},,,,,,13/13/2026`,
    ].join("\n");
    const view = await importFile(house, caller, file);
    expect(view.counts).toMatchObject({ total: 8, accepted: 2, rejected: 6 });
    const codes = (await errorsOf(house, caller, view.id))
      .split("\r\n")
      .slice(1, -1)
      .map((line) => /,(\d+),([a-z_]+),"?/.exec(line)?.slice(1).join(" "));
    expect(codes).toEqual([
      "3 basis_not_valid_for_purpose",
      "4 basis_missing",
      "5 evidence_missing",
      "6 evidence_missing",
      "7 consent_in_future",
      "8 row_malformed",
    ]);
  });

  test("without a basis of their own stand on the file's; every accepted one has evidence that can be found", async () => {
    const caller = await house.newCustomer();
    const file = `phone,basis,method,source,noticeVersion,evidence\n${phone(1)},,,,,\n${phone(2)},consent,email,e,1,https://example.com/1\n${phone(3)},consent,email,e,1,\n`;
    const view = await importFile(house, caller, file, { declaration: care });
    expect(view.counts).toMatchObject({ total: 3, accepted: 1, rejected: 2 });
    expect(reason(view, "evidence_missing")).toBe(2);
    await house.world.store.transaction(caller.customerId ?? "", async (tx) => {
      const rows = await tx.subscribers.page(caller.customerId ?? "", null, 10);
      const permissions = await tx.subscribers.permissions(
        rows.map((row) => row.id),
        new Date(),
      );
      expect(permissions).toHaveLength(rows.length);
      for (const permission of permissions)
        expect(permission.basis !== "consent" || permission.evidenceCount > 0).toBe(true);
    });
  });

  test("with their own evidence are accepted only with a file that this customer has uploaded", async () => {
    const [caller, other] = [await house.newCustomer(), await house.newCustomer()];
    const evidence = await house.guard.recordEvidence(caller, {
      fileName: "phieu.txt",
      mediaType: "text/plain",
      bytes: (async function* () {
        yield Buffer.from("Tôi đồng ý");
      })(),
      bytesTotal: null,
    });
    const file = `phone,evidence\n${phone(1)},${evidence.fileId}\n`;
    expect((await importFile(house, caller, file)).counts).toMatchObject({ accepted: 1 });
    expect((await importFile(house, other, file)).counts).toMatchObject({ accepted: 0, rejected: 1 });
  });

  test("never undo what a person has withdrawn, however often the file comes", async () => {
    const caller = await house.newCustomer();
    const file = `phone,name\n${phone(1)},Bình\n${phone(2)},Châu\n`;
    await importFile(house, caller, file);
    await house.guard.recordConsents(caller, {
      items: [{ phone: phone(1), channel: "sms", purpose: "advertising", status: "withdrawn" }],
    });
    for (const again of [file, `phone,name\n${phone(1)},Bình Minh\n`, `phone\n${phone(1)}\n`]) {
      const view = await importFile(house, caller, again);
      expect(reason(view, "opted_out_kept")).toBe(1);
      const { permissions } = await house.guard.lookUpSubscriber(caller, { phone: phone(1) });
      expect(permissions.map((permission) => permission.state)).toEqual(["withdrawn"]);
    }
    const { permissions } = await house.guard.lookUpSubscriber(caller, { phone: phone(2) });
    expect(permissions.map((permission) => permission.state)).toEqual(["granted"]);
  });

  test("with a number of another customer share nothing with it", async () => {
    const [caller, other] = [await house.newCustomer(), await house.newCustomer()];
    const file = `phone,name\n${phone(1)},Bình\n`;
    const first = await importFile(house, caller, file);
    const second = await importFile(house, other, file);
    expect(second.counts).toMatchObject({ accepted: 1, duplicate: 0 });
    const indexes = await house.world.store.transaction("*", async (tx) =>
      (
        await Promise.all(
          [caller, other].map(({ customerId }) => tx.subscribers.page(customerId ?? "", null, 10)),
        )
      ).flatMap((rows) => rows.map((row) => row.phoneIndex.toString("hex"))),
    );
    expect(new Set(indexes).size).toBe(2);
    await expect(house.guard.getImport(other, first.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("that differ from what is known update it, and the first of several with one number counts", async () => {
    const caller = await house.newCustomer();
    await importFile(house, caller, `phone,name\n${phone(1)},Bình\n`);
    const view = await importFile(
      house,
      caller,
      `phone,name\n${phone(1)},Bình Minh\n+84${phone(1).slice(1)},Khác\n`,
    );
    expect(view.counts).toMatchObject({ total: 2, updated: 1, duplicate: 1 });
    expect(await profiles(caller.customerId)).toMatchObject([{ name: "Bình Minh" }]);
  });
});
