import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLine, errorCsvHeader, errorCsvRow } from "../../src/tabular/error-csv.ts";
import { formulaSafe } from "../../src/tabular/formula-safe.ts";
import { read } from "./collect.ts";

describe("cells that a spreadsheet would run", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+84901234521", "'+84901234521"],
    ["-2", "'-2"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["＝1+1", "'＝1+1"],
    ["＋1", "'＋1"],
    ["－1", "'－1"],
    ["＠a", "'＠a"],
    ["  =1", "  '=1"],
    ["\u200b=1", "\u200b'=1"],
    ["\t=1", "'\t'=1"],
    ["\r=1", "'\r'=1"],
    ["\tx", "'\tx"],
    ["a;=1", "a;'=1"],
    ["a\n=1", "a\n'=1"],
    ["a\t@x", "a\t'@x"],
  ])("%j becomes %j", (cell, safe) => expect(formulaSafe(cell)).toBe(safe));

  it("leaves others alone", () => {
    for (const cell of ["", "0901234521", "Nguyễn", "a-b", "a=b", "1+1", "x@y.vn", "a; b", "'=1"])
      expect(formulaSafe(cell)).toBe(cell);
  });

  it("never begins a cell with a dangerous character", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."=+-@＝＋－＠\t\r\n ;'\"a") }), (cell) => {
        return !/(^|[;\t\r\n])\s*[=+\-@＝＋－＠]/.test(formulaSafe(cell));
      }),
    );
  });
});

describe("the error file", () => {
  it("has the original columns, then row, code and fix", () => {
    expect(errorCsvHeader(["SĐT", "Họ tên"])).toBe("SĐT,Họ tên,row,code,fix\r\n");
    expect(
      errorCsvRow(["SĐT", "Họ tên"], ['=HYPERLINK("x")'], {
        rowNumber: 7,
        code: "number_invalid",
        fix: "Sửa số, a",
      }),
    ).toBe(`"'=HYPERLINK(""x"")",,7,number_invalid,"Sửa số, a"\r\n`);
  });

  it("is read back cell by cell", async () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ế😀aA,;"\n\r\t x') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const file = csvLine(["a", "b", "c"]) + rows.map((row) => csvLine(row)).join("");
          // What is written is the safe form; a record without a single value is not read back.
          const written = rows.map((row) => row.map(formulaSafe));
          expect((await read(file)).rows).toEqual(
            written.filter((row) => row.some((each) => each.trim() !== "")),
          );
        },
      ),
    );
  });
});
