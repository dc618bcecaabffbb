import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { readTableFile } from "../../src/tabular/read-table-file.ts";
import type { TabularLimits } from "../../src/tabular/row-batch.ts";
import { XmlScanner } from "../../src/tabular/xlsx/xml-scanner.ts";
import { collect, type Table } from "./collect.ts";
import { bombStream, makeZip, workbookParts, type ZipEntry } from "./make-zip.ts";

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabular-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readFileOf(content: Buffer, limits: Partial<TabularLimits> = {}): Promise<Table> {
  files += 1;
  const path = join(folder, String(files));
  await writeFile(path, content);
  try {
    return await collect(readTableFile(path, { limits }));
  } finally {
    await rm(path);
  }
}
const workbook = (
  parts: Parameters<typeof workbookParts>[0],
  limits?: Partial<TabularLimits>,
): Promise<Table> => readFileOf(makeZip(workbookParts(parts)), limits);
const reasonOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await work.then(
    () => "read",
    (cause: unknown) => cause,
  );
  return error instanceof GuardError && error.code === "file_unreadable" ? error.extensions["reason"] : error;
};
const headerRow = `<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>`;

describe("the format is told by content", () => {
  it("reads CSV and NDJSON from disk", async () => {
    expect((await readFileOf(Buffer.from("a;b\n1;2"))).rows).toEqual([["1", "2"]]);
    expect((await readFileOf(Buffer.from('{"a":1}'))).rows).toEqual([["1"]]);
    expect(await reasonOf(readFileOf(Buffer.alloc(0)))).toBe("empty");
    expect(await reasonOf(readFileOf(Buffer.from("a\n1"), { fileBytesMax: 2 }))).toBe("file_too_large");
  });
});

describe("cells of a workbook", () => {
  const one = async (
    cell: string,
    more: Partial<Parameters<typeof workbookParts>[0]> = {},
  ): Promise<unknown> =>
    (await workbook({ ...more, sheetData: `${headerRow}<row r="2">${cell}</row>` })).rows[0]?.[0];

  it.each([
    ["a shared text", '<c r="A2" t="s"><v>0</v></c>', "Nguyễn Ỷ 😀"],
    ["rich text, without its phonetic reading", '<c r="A2" t="s"><v>1</v></c>', "dày mỏng"],
    ["spaces and line breaks", '<c r="A2" t="s"><v>2</v></c>', "  a\nb\r "],
    [
      "an inline text",
      '<c r="A2" t="inlineStr"><is><r><t>ế</t></r><r><t>&amp;&lt;&#x1EBF;&#7871;</t></r></is></c>',
      "ế&<ếế",
    ],
    [
      "a formula's stored text, unevaluated",
      `<c r="A2" t="str"><f>1+1</f><v>=cmd|' /C'!A0</v></c>`,
      "=cmd|' /C'!A0",
    ],
    ["CDATA", '<c r="A2" t="str"><v><![CDATA[<b>&amp;]]></v></c>', "<b>&amp;"],
    ["a whole number", '<c r="A2"><v>901234521</v></c>', "901234521"],
    ["a whole number in scientific form", '<c r="A2"><v>9.01234521E8</v></c>', "901234521"],
    ["a number too long for a double", '<c r="A2"><v>9.70436680000012E+15</v></c>', "9.70436680000012E+15"],
    ["a fraction", '<c r="A2"><v>0.5</v></c>', "0.5"],
    ["true", '<c r="A2" t="b"><v>1</v></c>', "TRUE"],
    ["an error", '<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"],
    ["a built-in date", '<c r="A2" s="1"><v>32932</v></c>', "1990-02-28"],
    ["a date and time", '<c r="A2" s="2"><v>46350.3125</v></c>', "2026-11-24T07:30:00"],
    ["a custom date format", '<c r="A2" s="3"><v>32932</v></c>', "1990-02-28"],
    ["a number format with letters in quotation marks", '<c r="A2" s="4"><v>5</v></c>', "5"],
    ["a number that keeps its zeros only on screen", '<c r="A2" s="5"><v>901234521</v></c>', "901234521"],
    ["an ISO date", '<c r="A2" t="d"><v>1990-02-28</v></c>', "1990-02-28"],
    [
      "a prefix, single quotation marks and a > in an attribute",
      `<x:c x:r='A2' note="a>b" t = 'str'><x:v>y</x:v></x:c>`,
      "y",
    ],
    ["a cell without reference", "<c><v>7</v></c>", "7"],
  ])("%s", async (_, cell, expected) => {
    const strings =
      "<si><t>Nguyễn Ỷ 😀</t></si>" +
      "<si><r><t>dày</t></r><r><rPr><b/></rPr><t xml:space='preserve'> mỏng</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>" +
      "<si><t xml:space='preserve'>  a\nb_x000D_ </t></si>";
    const styles =
      `<numFmts><numFmt numFmtId="164" formatCode="[$-42A]dd\\/mm\\/yyyy;@"/><numFmt numFmtId="165" formatCode="0&quot; đ/ngày&quot;"/><numFmt numFmtId="166" formatCode="0000000000"/></numFmts>` +
      `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>`;
    expect(await one(cell, { strings, styles })).toBe(expected);
  });

  it("knows the 1904 epoch", async () => {
    const styles = `<cellXfs><xf numFmtId="14"/></cellXfs>`;
    const workbookPr = `<workbookPr date1904="1"/>`;
    expect(await one('<c r="A2" s="0"><v>31470</v></c>', { styles, workbookPr })).toBe("1990-02-28");
  });

  it("puts sparse cells into their columns and numbers rows as the sheet does", async () => {
    const table = await workbook({
      sheetData: `<row r="3"/>${headerRow.replace('r="1"', 'r="4"')}<row r="7"><c r="B7"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row><row><c r="C9"><v>3</v></c></row>`,
    });
    expect(table.rows).toEqual([
      ["", "1"],
      ["2", ""],
    ]);
    expect(table.rowNumbers).toEqual([3, 4]);
    expect(table.malformed).toEqual([[5, "cells_too_many"]]);
  });

  it("refuses the row of a text that does not exist, holds NUL or is no UTF-8", async () => {
    const table = await workbook({
      strings: "<si><t>a_x0000_b</t></si>",
      sheetData: `${headerRow}<row r="2"><c t="s"><v>9</v></c></row><row r="3"><c t="s"><v>0</v></c></row><row r="4"><c t="s"><v>-1</v></c></row><row r="5"><c t="str"><v>&#xD800;</v></c></row><row r="6"><c><v>1</v></c></row>`,
    });
    expect(table.malformed).toEqual([
      [1, "cell_damaged"],
      [2, "nul_character"],
      [3, "cell_damaged"],
      [4, "encoding_invalid"],
    ]);
    expect(table.rows).toEqual([["1", ""]]);
  });
});

describe("XML survives chunk borders bit for bit", () => {
  it("in chunks of 1 to 4,096 bytes, in UTF-8 and UTF-16", () => {
    const xml = `<?xml version="1.0"?><!-- ế > --><s><r a="ế>'1'" b='"'/>${"<v>Nguyễn &amp; Ỷ 😀 e\u0302\u0301</v>".repeat(30)}<v><![CDATA[]]]]><![CDATA[>]]></v></s>`;
    const tokens = (bytes: Buffer, size: number): string => {
      const seen: string[] = [];
      const scanner = new XmlScanner(
        {
          open: (name, tag) => seen.push(`\n<${name}|${tag}`),
          close: (name) => seen.push(`\n/${name}`),
          text: (text) => seen.push(text),
        },
        4096,
      );
      for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
      scanner.end();
      return seen.join("");
    };
    const expected = tokens(Buffer.from(xml), 1 << 20);
    expect(expected).toContain("Nguyễn & Ỷ 😀 e\u0302\u0301");
    const utf16 = Buffer.from(`\ufeff${xml}`, "utf16le");
    expect(tokens(utf16, 1 << 20)).toBe(expected);
    for (let size = 1; size <= 4096; size++) {
      expect(tokens(Buffer.from(xml), size), `size ${size}`).toBe(expected);
      if (size > 1) expect(tokens(utf16, size), `UTF-16, size ${size}`).toBe(expected);
    }
  });
});

describe("hostile workbooks", () => {
  const megabyte = 1024 ** 2;
  const good = workbookParts({ sheetData: `${headerRow}<row r="2"><c r="A2"><v>1</v></c></row>` });
  const replaced = (name: string, entry: Partial<ZipEntry>): Buffer =>
    makeZip(good.map((part) => (part.name === name ? { ...part, ...entry } : part)));
  const sheet = "xl/worksheets/sheet2.xml";

  it("a gigabyte from a megabyte is refused before it is inflated", { timeout: 60_000 }, async () => {
    const bomb = replaced(sheet, { deflated: bombStream(1024), claimedSize: 1024 * megabyte });
    expect(bomb.length).toBeLessThan(1.2 * megabyte);
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    expect(await reasonOf(readFileOf(bomb))).toBe("archive_bomb");
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
    expect((process.memoryUsage().rss - before) / megabyte).toBeLessThan(100);
  });

  it("a bomb that lies about its size is stopped where the lie ends", async () => {
    const lie = { deflated: bombStream(256), claimedSize: 1000 };
    expect(await reasonOf(readFileOf(replaced(sheet, lie)))).toBe("archive_damaged");
    expect(await reasonOf(readFileOf(replaced("xl/sharedStrings.xml", lie)))).toBe("archive_damaged");
  });

  it("refuses too many entries, and too much in all", async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({ name: `x${at}`, data: Buffer.from("x") }));
    expect(await reasonOf(readFileOf(makeZip([...good, ...many]), { archiveEntriesMax: 40 }))).toBe(
      "archive_bomb",
    );
    expect(await reasonOf(readFileOf(makeZip(good), { inflatedBytesMax: 300 }))).toBe("archive_bomb");
  });

  it.each([
    [
      "no workbook inside",
      makeZip([{ name: "word/document.xml", data: Buffer.from("<x/>") }]),
      "sheet_missing",
    ],
    ["an empty archive", makeZip([]), "sheet_missing"],
    ["no sheet", makeZip(good.filter(({ name }) => name !== sheet)), "sheet_missing"],
    [
      "a DOCTYPE",
      replaced(sheet, { data: Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>') }),
      "sheet_damaged",
    ],
    [
      "a cut-off sheet",
      replaced(sheet, { data: Buffer.from("<worksheet><sheetData><row r=") }),
      "sheet_damaged",
    ],
    [
      "a tag without end",
      replaced(sheet, { data: Buffer.from(`<worksheet a="${"x".repeat(3 * megabyte)}`) }),
      "sheet_damaged",
    ],
    [
      "a cell over a megabyte",
      replaced(sheet, { data: Buffer.from(`${headerRow}<row><c t="str"><v>${"x".repeat(3 * megabyte)}`) }),
      "sheet_damaged",
    ],
    [
      "a shared text over a megabyte",
      replaced("xl/sharedStrings.xml", {
        data: Buffer.from(`<si><t>${"x".repeat(1.5 * megabyte)}</t></si>`),
      }),
      "sheet_damaged",
    ],
    ["no rows", replaced(sheet, { data: Buffer.from("<worksheet><sheetData/></worksheet>") }), "empty"],
    [
      "a header beyond the columns",
      replaced(sheet, { data: Buffer.from('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>') }),
      "columns_too_many",
    ],
    ["a password on the sheet", replaced(sheet, { encrypted: true }), "encrypted"],
    ["a truncated archive", makeZip(good).subarray(0, 400), "archive_damaged"],
    ["only a magic number", Buffer.from("PK\x03\x04"), "archive_damaged"],
    [
      "a path that leaves the archive",
      makeZip([...good, { name: "../../etc/passwd", data: Buffer.from("x") }]),
      "archive_damaged",
    ],
  ])("%s", async (_, file, reason) => {
    expect(await reasonOf(readFileOf(file))).toBe(reason);
  });

  it("bounds the shared texts, empty ones too", async () => {
    const strings = "<si><t/></si>".repeat(10_000);
    expect(
      await reasonOf(workbook({ sheetData: headerRow, strings }, { sharedStringBytesMax: 50_000 })),
    ).toBe("strings_too_many");
  });

  it("refuses a row over the limit and reads the next", async () => {
    const cell = `<c t="str"><v>${"x".repeat(600)}</v></c>`;
    const table = await workbook(
      { sheetData: `${headerRow}<row>${cell}${cell}</row><row><c><v>1</v></c></row>` },
      { rowBytesMax: 1000 },
    );
    expect(table.malformed).toEqual([[1, "row_too_long"]]);
    expect(table.rows).toEqual([["1", ""]]);
  });

  it("whatever bytes are changed, a table or a refusal comes out", async () => {
    const rows = Array.from(
      { length: 20 },
      (_, at) => `<row r="${at + 2}"><c r="A${at + 2}"><v>${at}</v></c></row>`,
    );
    const file = makeZip(workbookParts({ sheetData: headerRow + rows.join("") }));
    const change = fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (changes, cut) => {
          const copy = Buffer.from(file);
          for (const { at, byte } of changes) copy[at] = byte;
          const outcome = await readFileOf(cut ? copy.subarray(0, changes[0]?.at) : copy).catch(
            (cause: unknown) => cause,
          );
          if (outcome instanceof Error)
            expect(outcome).toMatchObject({ name: "GuardError", code: "file_unreadable" });
        },
      ),
      { numRuns: 300 },
    );
  });
});
