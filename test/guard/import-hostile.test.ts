import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { bombStream, makeZip, workbookParts } from "../tabular/make-zip.ts";
import { errorsOf, importFile, isAccountedFor, phone, reason } from "./import-fixture.ts";

let house: TestWorld;
let caller: Caller;
beforeAll(async () => {
  house = await openTestWorld();
  caller = await house.newCustomer();
});
afterAll(() => house.close());

const example = readFileSync(new URL("../../examples/contacts-1000.csv", import.meta.url)).subarray(0, 6_000);

/** Completed with every row in its place, or refused as a whole with a code: nothing else may happen. */
async function survives(content: Buffer): Promise<void> {
  try {
    const view = await importFile(house, caller, content);
    expect(isAccountedFor(view)).toBe(true);
    expect(["completed", "failed"]).toContain(view.status);
    if (view.status === "failed") expect(view.counts.total).toBe(0);
    for await (const piece of house.guard.importErrors(caller, view.id)) expect(piece).not.toBe("");
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    expect(error.code).toBe("file_unreadable");
  }
}

describe("a hostile file", () => {
  test("mutated anywhere leaves every row accounted for, or is refused as a whole", async () => {
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), byte: fc.nat(255) }),
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), byte: fc.nat(255) }),
      fc.record({ kind: fc.constant("double" as const), at: fc.nat(), byte: fc.nat(255) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 12 }), async (mutations) => {
        let bytes = Buffer.from(example);
        for (const { kind, at, byte } of mutations) {
          const place = at % Math.max(1, bytes.length);
          if (kind === "flip" && bytes.length > 0) bytes[place] = byte;
          else if (kind === "cut")
            bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + byte)]);
          else bytes = Buffer.concat([bytes.subarray(0, place + byte), bytes.subarray(place)]);
        }
        await survives(bytes);
      }),
      { numRuns: 25 },
    );
  });

  test.each<readonly [string, Buffer]>([
    ["empty", Buffer.alloc(0)],
    ["only a header", Buffer.from("phone,name\n")],
    ["only NUL bytes", Buffer.alloc(100_000)],
    ["NUL bytes in cells", Buffer.from(`phone,name\n${phone(1)},A\0B\n${phone(2)},C\n`)],
    ["a quotation mark that is never closed", Buffer.from(`phone,name\n"${phone(1)},A\n${phone(2)},B\n`)],
    ["10,000 columns", Buffer.from(`phone${",x".repeat(9_999)}\n${phone(1)}${",1".repeat(9_999)}\n`)],
    ["a cell of 1 MB", Buffer.from(`phone,name\n${phone(1)},${"x".repeat(1024 ** 2)}\n${phone(2)},B\n`)],
    [
      "two encodings in one",
      Buffer.concat([
        Buffer.from(`phone,name\n${phone(1)},Bình\n`),
        Buffer.from([0x39, 0x2c, 0xc3, 0x28, 0x0a]),
      ]),
    ],
    [
      "half of a letter by escape",
      Buffer.from(
        `{"phone":"${phone(9)}","name":"\\ud800"}\n{"phone":"${phone(8)}","attributes":{"\\udc00":"x"}}\n`,
      ),
    ],
    [
      "members that are named like the prototype",
      Buffer.from(
        `{"phone":"${phone(9)}","__proto__":"x","constructor":"y","attributes":{"__proto__":"z"}}\n`,
      ),
    ],
    ["a ZIP that is no workbook", makeZip([{ name: "a.txt", data: Buffer.from("x") }])],
    ["a truncated ZIP", makeZip([{ name: "xl/workbook.xml", data: Buffer.alloc(5_000) }]).subarray(0, 60)],
    [
      "1 GB inflating from 1 MB",
      makeZip(
        workbookParts({ sheetData: "" }).map((part) =>
          part.name.includes("sheet1") ? { ...part, deflated: bombStream(1_024), claimedSize: 1_000 } : part,
        ),
      ),
    ],
    ["a PDF", Buffer.from("%PDF-1.7\n")],
  ])("is survived: %s", async (_, content) => {
    await survives(content);
  });

  test("cannot make a spreadsheet run what it holds, nor get sensitive values into the error file", async () => {
    const file = [
      "phone,name,Số CCCD,Bệnh nền",
      `12,"=HYPERLINK(""http://x"")",,`,
      `${phone(11)},An,079203001234,`,
      `${phone(12)},Bình,,ung thư giai đoạn cuối`,
      "13,Châu - HIV dương tính,,",
    ].join("\n");
    const own = await house.newCustomer();
    const view = await importFile(house, own, file);
    expect(view.counts).toMatchObject({ total: 4, accepted: 0, rejected: 2, quarantined: 2 });
    expect(reason(view, "sensitive_field")).toBe(2);
    const errors = await errorsOf(house, own, view.id);
    expect(errors).toContain(`12,"'=HYPERLINK(""http://x"")"`);
    expect(errors).not.toMatch(/079203001234|ung thư|HIV/);
  });

  test("leaves no personal data in the logs", async () => {
    await survives(Buffer.from(`phone,name\n${phone(77)},Nguyễn Lộ\n`));
    expect(house.logged.join("\n")).not.toMatch(/Nguyễn|090000/);
  });
});
