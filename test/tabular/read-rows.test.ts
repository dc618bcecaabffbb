import { describe, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { readRows } from "../../src/tabular/read-rows.ts";
import { collect, inChunks, read } from "./collect.ts";

const reasonOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof GuardError && error.code === "file_unreadable" ? error.extensions["reason"] : error;
};

describe("every way of writing a table is the same table", () => {
  const expected = {
    header: ["SĐT", "Họ tên", "Ghi chú"],
    rows: [
      ["0901234521", "Nguyễn Văn Bình", "a, b; c\td"],
      ["0901234522", "Trần Thị 😀", 'nói "chào"\r\ndòng hai'],
    ],
    rowNumbers: [1, 2],
    malformed: [],
  };
  const table = (d: string, eol: string): string =>
    [
      ["SĐT", "Họ tên", "Ghi chú"].join(d),
      ["0901234521", "Nguyễn Văn Bình", '"a, b; c\td"'].join(d),
      ["0901234522", '"Trần Thị 😀"', '"nói ""chào""\r\ndòng hai"'].join(d),
    ].join(eol);
  const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
  const files: [string, Buffer][] = [",", ";", "\t"].flatMap((d): [string, Buffer][] => [
    [`${JSON.stringify(d)} LF`, Buffer.from(table(d, "\n"))],
    [`${JSON.stringify(d)} CRLF and a last line end`, Buffer.from(`${table(d, "\r\n")}\r\n`)],
    [`${JSON.stringify(d)} UTF-8 with BOM`, Buffer.from(`\ufeff${table(d, "\r\n")}`)],
    [`${JSON.stringify(d)} UTF-16LE with BOM`, Buffer.from(`\ufeff${table(d, "\r\n")}`, "utf16le")],
    [`${JSON.stringify(d)} UTF-16BE with BOM`, utf16be(`\ufeff${table(d, "\n")}`)],
    [`${JSON.stringify(d)} UTF-16LE without BOM`, Buffer.from(table(d, "\n"), "utf16le")],
    [`${JSON.stringify(d)} UTF-16BE without BOM`, utf16be(table(d, "\n"))],
    [`${JSON.stringify(d)} after a sep= line`, Buffer.from(`sep=${d}\r\n${table(d, "\r\n")}`)],
    [
      `${JSON.stringify(d)} spaces around quotation marks`,
      Buffer.from(table(d, "\n").replace(`${d}"Tr`, `${d} "Tr`)),
    ],
  ]);
  it.each(files)("%s", async (_, file) => {
    for (const chunk of [1, 3, 7, 64, 4096]) expect(await read(file, chunk)).toMatchObject(expected);
  });
});

describe("cells are read bit for bit whatever the chunks", () => {
  const names = [
    "Nguyễn Thị Ánh Tuyết",
    "Đặng Quốc Việt",
    "Lê Hữu Phước 👩‍👩‍👧‍👦",
    "Phạm Ỷ Ỹ Ợ",
    "𠮷野家",
    "e",
  ];
  const rows = Array.from({ length: 60 }, (_, at) => {
    const name = names[at % names.length] ?? "";
    return [
      `09000000${String(at).padStart(2, "0")}`,
      at % 2 === 0 ? name.normalize("NFC") : name.normalize("NFD"),
      at % 5 === 0 ? `dòng một\ndòng "hai", ba;${at}` : `ghi chú ${at}`,
    ];
  });
  const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const text = ["phone,name,note", ...rows.map((row) => row.map(quoted).join(","))].join("\n");

  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-16LE", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16BE", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ] as const)("%s in chunks of 1 to 4,096 bytes", async (_, file) => {
    for (let chunk = 1; chunk <= 4096; chunk++) {
      const table = await read(file, chunk);
      expect(table.malformed, `chunk ${chunk}`).toEqual([]);
      expect(table.rows, `chunk ${chunk}`).toEqual(rows);
    }
    expect((await read(file, 4096)).rows).toEqual(rows);
  });

  it("gives the same damage for the same broken bytes whatever the chunks", async () => {
    const file = Buffer.concat([
      Buffer.from("a,b\n1,ế\n2,"),
      Buffer.from([0xe1, 0xba]),
      Buffer.from("\n3,"),
      Buffer.from([0x80, 0xff, 0xf0, 0x9f]),
      Buffer.from("\n4,ok\n5,\0\n6,"),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from(",\n7,đ"),
    ]);
    for (let chunk = 1; chunk < 50; chunk++) {
      const table = await read(file, chunk);
      expect(table.rows).toEqual([
        ["1", "ế"],
        ["4", "ok"],
        ["7", "đ"],
      ]);
      expect(table.malformed).toEqual([
        [2, "encoding_invalid"],
        [3, "encoding_invalid"],
        [5, "nul_character"],
        [6, "encoding_invalid"],
      ]);
    }
  });
});

describe("a broken row costs itself and not the file", () => {
  const lines = (...rows: string[]): string => ["phone,name,city", ...rows].join("\n");

  it.each([
    ["a mark that is never closed", '1,"An,Huế'],
    ["a mark closed in the middle of a cell", '1,"An"x,Huế'],
    ["a mark opened in the last cell", '1,An,"Huế'],
    ["only a mark", '"'],
  ])("%s", async (_, broken) => {
    for (const chunk of [1, 5, 4096]) {
      const table = await read(lines("0,a,b", broken, "2,c,d", '3,"e",f'), chunk);
      expect(table.rows).toEqual([
        ["0", "a", "b"],
        ["2", "c", "d"],
        ["3", "e", "f"],
      ]);
      expect(table.malformed).toEqual([[2, "quotes_broken"]]);
    }
  });

  it("does not let a mark swallow the hundred lines that follow", async () => {
    const many = Array.from({ length: 500 }, (_, at) => `${at},name,city`);
    const table = await read(lines('x,"never closed,city', ...many, '500,"closed",city'));
    expect(table.malformed).toEqual([[1, "quotes_broken"]]);
    expect(table.rows).toHaveLength(501);
  });

  it("keeps quotation marks inside a bare cell as they are", async () => {
    const table = await read(lines('1,Lê "Bi" Na,Huế', "2,O'Neil,Đà Nẵng"));
    expect(table.rows[0]).toEqual(["1", 'Lê "Bi" Na', "Huế"]);
  });

  it("pads a short row and refuses one with a value too many", async () => {
    const table = await read(lines("1", "2,a,b,,", "3,a,b,c", "4,a,b"));
    expect(table.rows).toEqual([
      ["1", "", ""],
      ["2", "a", "b"],
      ["4", "a", "b"],
    ]);
    expect(table.malformed).toEqual([[3, "cells_too_many"]]);
  });

  it("shows of a malformed row what can be shown, without NUL and shortened", async () => {
    for await (const { malformed } of readRows(inChunks(Buffer.from(`a,b\nx\0y,${"z".repeat(999)}\n`), 4))) {
      expect(malformed[0]?.cells).toEqual(["xy", "z".repeat(256)]);
    }
  });

  it("passes over empty records and still numbers the rest by their place", async () => {
    const table = await read(lines("", "1,a,b", " , ,", ",,", "2,c,d", ""));
    expect(table.rowNumbers).toEqual([2, 5]);
    expect(table.malformed).toEqual([]);
  });

  it("skips a row over the limit and reads on, in one block or in many", async () => {
    for (const chunk of [64, 1000, 1 << 16]) {
      const table = await read(lines("1,a,b", `2,${"x".repeat(5000)},c`, "3,d,e"), chunk, {
        rowBytesMax: 1000,
      });
      expect(table.rows.map(([first]) => first)).toEqual(["1", "3"]);
      expect(table.malformed).toEqual([[2, "row_too_long"]]);
    }
  });
});

describe("delimiters and line ends", () => {
  it("is not misled by commas in names of a semicolon file, nor by a single column", async () => {
    expect((await read("tên;sđt\nA, B, C;1\nD, E;2")).rows[0]).toEqual(["A, B, C", "1"]);
    expect((await read("phone\n0901234521\n0901234522")).rows).toEqual([["0901234521"], ["0901234522"]]);
    expect((await read('"a;b;c",d\n1,2')).header).toEqual(["a;b;c", "d"]);
  });

  it("reads a file with carriage returns only", async () => {
    expect((await read("a,b\r1,2\r3,4\r", 2)).rows).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });
});

describe("NDJSON", () => {
  it("joins the keys of all lines, flattens the guardian and reads numbers as written", async () => {
    const file = [
      '{"phone":"0901234521","name":"Nguyễn 😀","guardian":{"name":"Mẹ","phone":"0901234522"}}',
      '{"phone":901234523,"vip":true,"note":null,"tags":["a",1]}',
      "",
      "{broken",
      '["not an object"]',
      '{"phone":"nul\\u0000"}',
      '{"__proto__":"x","constructor":"y"}',
    ].join("\n");
    for (const chunk of [1, 9, 4096]) {
      const table = await read(file, chunk);
      expect(table.header).toEqual(
        "phone name guardian.name guardian.phone vip note tags __proto__ constructor".split(" "),
      );
      expect(table.rows[0]?.slice(0, 4)).toEqual(["0901234521", "Nguyễn 😀", "Mẹ", "0901234522"]);
      expect(table.rows[1]?.slice(0, 7)).toEqual(["901234523", "", "", "", "true", "", '["a",1]']);
      expect(table.rows[2]?.slice(7)).toEqual(["x", "y"]);
      expect(table.malformed).toEqual([
        [4, "json_invalid"],
        [5, "json_invalid"],
        [6, "nul_character"],
      ]);
    }
  });

  it("bounds columns and nesting", async () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, "v"])));
    const table = await read(`{"a":"1"}\n${wide}\n{"a":"2"}`, 4096, { columnsMax: 20 });
    expect(table.malformed).toEqual([[2, "cells_too_many"]]);
    const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect((await read(`{"a":"1"}\n${deep}\n{"a":"2"}`)).rowNumbers).toContain(3);
  });
});

describe("files that are refused whole say why", () => {
  it.each([
    ["empty", Buffer.alloc(0), "empty"],
    ["blank", Buffer.from("\n\n , \n"), "empty"],
    ["an old .xls", Buffer.from("d0cf11e0a1b11ae1", "hex"), "format_legacy_xls"],
    ["a PDF", Buffer.from("%PDF-1.7\n"), "format_unknown"],
    ["gzip", Buffer.from("1f8b0800", "hex"), "format_unknown"],
    ["a ZIP that came as a stream", Buffer.from("504b0304", "hex"), "format_unknown"],
    ["too many columns", Buffer.from(`${"a,".repeat(10_001)}b\n1`), "columns_too_many"],
    ["a first line without end", Buffer.alloc(2 << 20, "a,"), "header_too_long"],
  ])("%s", async (_, file, reason) => {
    expect(await reasonOf(read(file))).toBe(reason);
  });

  it("stops at the size limit", async () => {
    expect(await reasonOf(read("a\n1\n2\n3\n", 2, { fileBytesMax: 5 }))).toBe("file_too_large");
  });

  it("lets an error of the source through and frees the source when the reader stops", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a\n1\n");
      throw new Error("disk gone");
    }
    await expect(collect(readRows(failing()))).rejects.toThrow("disk gone");
    let freed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from("a\n");
        for (;;) yield Buffer.from("1\n".repeat(4000));
      } finally {
        freed = true;
      }
    }
    for await (const batch of readRows(endless())) if (batch.rows.length > 0) break;
    expect(freed).toBe(true);
  });
});

describe("batches", () => {
  it("are bounded in rows, in cells and in bytes, and numbered without gaps", async () => {
    const file = `a,b\n${"1,2\n".repeat(1000)}`;
    for (const limits of [{ batchRowsMax: 10 }, { batchCellsMax: 20 }, { batchBytesMax: 30 }]) {
      let next = 1;
      for await (const batch of readRows(inChunks(Buffer.from(file), 777), { limits })) {
        expect(batch.rows.length).toBeLessThanOrEqual(10);
        expect(batch.firstRowNumber).toBe(next);
        next += batch.rows.length;
      }
      expect(next).toBe(1001);
    }
  });

  it("tell the header even of a file without rows, and how much was read", async () => {
    const batches = [];
    for await (const batch of readRows(inChunks(Buffer.from("a,b\n"), 2))) batches.push(batch);
    expect(batches).toEqual([
      { header: ["a", "b"], rows: [], rowNumbers: [], firstRowNumber: 1, malformed: [], bytesRead: 4 },
    ]);
  });
});
