import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { errorsOf, importFile, isAccountedFor, phone, reason, uploadFile } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

describe("an import", () => {
  test("goes from the upload to a view, and its refused rows come back with a fix", async () => {
    const caller = await house.newCustomer();
    const file = [
      "Số điện thoại,Họ tên,Ngày sinh,Ghi chú nội bộ",
      `${phone(1)},Nguyễn Văn Bình,02/01/1990,a`,
      `${phone(2)},Trần Thị Châu,1991-02-03,b`,
      `${phone(1)},Nguyễn Văn Bình,02/01/1990,c`,
      "12,=1+1,02/01/1990,d",
      `${phone(3)},Lê An,31/31/1990,e`,
      `${phone(4)},Lê Em,01/01/2020,f`,
    ].join("\n");
    const view = await importFile(house, caller, file);
    expect(view).toMatchObject({
      status: "completed",
      bytes: { read: Buffer.byteLength(file), total: Buffer.byteLength(file) },
      counts: { total: 6, accepted: 2, updated: 0, duplicate: 1, rejected: 2, quarantined: 1 },
    });
    expect(reason(view, "number_invalid")).toBe(1);
    expect(reason(view, "birth_date_invalid")).toBe(1);
    expect(reason(view, "minor_without_guardian")).toBe(1);
    const errors = await errorsOf(house, caller, view.id);
    const lines = errors.split("\r\n");
    expect(lines[0]).toBe("\ufeffSố điện thoại,Họ tên,Ngày sinh,Ghi chú nội bộ,row,code,fix");
    expect(lines[1]).toMatch(/^12,'=1\+1,02\/01\/1990,d,4,number_invalid,/);
    expect(lines[2]).toMatch(/^0900000003,Lê An,31\/31\/1990,e,5,birth_date_invalid,/);
    expect(lines[3]).toMatch(/^0900000004,Lê Em,01\/01\/2020,f,6,minor_without_guardian,/);
    expect(lines).toHaveLength(5);
  });

  test("of the example file accounts for every row", async () => {
    const caller = await house.newCustomer();
    const file = readFileSync(new URL("../../examples/contacts-1000.csv", import.meta.url));
    const view = await importFile(house, caller, file);
    expect(view.status).toBe("completed");
    expect(view.counts.total).toBe(1_000);
    expect(isAccountedFor(view)).toBe(true);
    expect(reason(view, "consent_in_future")).toBe(10);
  });

  test("again of the same file while it runs is that import; after its end every row is known", async () => {
    const caller = await house.newCustomer();
    const file = `phone,name\n${phone(1)},Bình\n${phone(2)},Châu\n`;
    const first = await uploadFile(house, caller, file);
    expect(await uploadFile(house, caller, file)).toBe(first);
    expect(await uploadFile(house, caller, `${file}${phone(3)},An\n`)).not.toBe(first);
    const other = await house.newCustomer();
    expect(await uploadFile(house, other, file)).not.toBe(first);
    const view = await importFile(house, caller, file);
    expect(view.id).toBe(first);
    expect(view.counts).toMatchObject({ total: 2, accepted: 2 });
    const again = await importFile(house, caller, file);
    expect(again.id).not.toBe(first);
    expect(again.counts).toMatchObject({ total: 2, accepted: 0, updated: 0, duplicate: 2 });
  });
});
