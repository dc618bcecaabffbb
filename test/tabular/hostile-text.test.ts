import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { readRows } from "../../src/tabular/read-rows.ts";
import { inChunks, read } from "./collect.ts";

/** What the file holds by a count that knows nothing of the reader: lines with something in them. */
const seed = Buffer.from(
  [
    "phone,name,birth,note",
    '0901234521,"Nguyễn, Văn",1990-01-01,x',
    '0901234522,"dòng\nhai",,"q""q"',
    "0901234523,=cmd|' /C calc'!A0,1/2/1990,-1",
    "0901234524,Trần 😀,,",
  ].join("\n"),
);

describe("mutated files", () => {
  const mutation = fc.record({
    at: fc.nat(seed.length),
    remove: fc.nat(6),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(
        ...['"', '""', "\n", "\r\n", ",", ";", "\t", "\0", "\ufeff", "=", '"\n"'].map((t) => Buffer.from(t)),
      ),
    ),
  });
  const mutate = (mutations: readonly { at: number; remove: number; insert: Uint8Array }[]): Buffer =>
    mutations.reduce(
      (file, { at, remove, insert }) =>
        Buffer.concat([file.subarray(0, at), insert, file.subarray(at + remove)]),
      seed,
    );

  it("account for every record: each number once, rows and malformed together, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { maxLength: 6 }),
        fc.integer({ min: 1, max: 97 }),
        async (mutations, chunk) => {
          const file = mutate(mutations);
          const whole = await read(file).catch((error: unknown) => error);
          const cut = await read(file, chunk).catch((error: unknown) => error);
          if (whole instanceof Error) {
            expect(whole).toBeInstanceOf(GuardError);
            expect(cut).toMatchObject({ code: "file_unreadable" });
            return;
          }
          expect(cut).toMatchObject({ ...(whole as object), batches: 1 });
          const { rows, rowNumbers, malformed } = whole as Awaited<ReturnType<typeof read>>;
          expect(rowNumbers).toHaveLength(rows.length);
          const numbers = [...rowNumbers, ...malformed.map(([number]) => number)].sort((a, b) => a - b);
          expect(new Set(numbers).size).toBe(numbers.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("lose no value: every digit of every phone is in a row or in a malformed one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { maxLength: 4 }), async (mutations) => {
        const file = mutate(mutations);
        const text = file.toString("utf8");
        const header = text.indexOf("\n");
        let seen = "";
        try {
          for await (const batch of readRows(inChunks(file, 50))) {
            seen += batch.rows.flat().join("|");
            seen += batch.malformed.flatMap(({ cells }) => cells).join("|");
          }
        } catch (error) {
          expect(error).toBeInstanceOf(GuardError);
          return;
        }
        // A mutated header may be narrower than the rows; then cells of malformed rows are cut to it.
        if (!text.startsWith("phone,name,birth,note\n")) return;
        for (const phone of text.slice(header).match(/(?<=\n)09012345\d\d(?=,)/g) ?? [])
          expect(seen).toContain(phone);
      }),
      { numRuns: 400 },
    );
  });
});

describe("files made to hurt", () => {
  const megabyte = 1024 ** 2;
  /** Bytes that never end a record, for as long as wanted. */
  async function* endless(piece: string, total: number): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from("phone,name\n1,a\n");
    const block = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)));
    for (let sent = 0; sent < total; sent += block.length) yield block;
    yield Buffer.from("\n2,b\n");
  }
  const drain = async (source: AsyncIterable<Uint8Array>): Promise<{ rows: number; malformed: number }> => {
    let rows = 0;
    let malformed = 0;
    for await (const batch of readRows(source)) {
      rows += batch.rows.length;
      malformed += batch.malformed.length;
    }
    return { rows, malformed };
  };

  it.each([
    ["one line without end", "x"],
    ["one quoted cell without end", '""'],
    ["one line of quoted cells", '"",'],
    ["one line of delimiters", ","],
    ["one line of NULs", "\0"],
    ["one line of broken UTF-8 as Latin-1", "ÿþ"],
  ])(
    "%s: 64 MB in bounded memory, and the rows around it are read",
    { timeout: 60_000 },
    async (_, piece) => {
      const before = process.memoryUsage().rss;
      let peak = before;
      async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const chunk of endless(piece, 64 * megabyte)) {
          peak = Math.max(peak, process.memoryUsage().rss);
          yield chunk;
        }
      }
      const { rows, malformed } = await drain(watched());
      expect(rows).toBe(2);
      expect(malformed).toBe(1);
      expect((peak - before) / megabyte).toBeLessThan(200);
    },
  );

  it.each([
    ["a mark that opens on every line", '"x\n'],
    ["a mark in the middle of every line", '"a"b,c\n'],
    ["an odd doubled mark on every line", '"a"",b\n'],
    ["three marks on every line", '"""\n'],
    ["a single column, quoted and broken", '"a" b\n'],
    ["short lines", "1\n"],
    ["empty lines", "\n"],
    ["lines of one delimiter", ",\n"],
    ["carriage returns", "\r"],
  ])("%s: 2 MB take time in proportion", { timeout: 60_000 }, async (_, line) => {
    const time = async (bytes: number): Promise<number> => {
      const file = Buffer.from(`phone,name\n${line.repeat(Math.ceil(bytes / line.length))}`);
      const start = process.cpuUsage();
      await drain(inChunks(file, 65_536));
      return process.cpuUsage(start).user;
    };
    await time(megabyte / 2);
    const [small, large] = [await time(megabyte / 2), await time(2 * megabyte)];
    // Four times the bytes; quadratic would be sixteen times.
    expect(large).toBeLessThan(9 * small + 100_000);
  });

  it("reads a cell just under the limit and refuses one just over it", async () => {
    const cell = "ế".repeat(Math.floor((megabyte - 100) / 3));
    const table = await read(`a,b\n1,${cell}\n2,${cell}${"x".repeat(200)}\n3,"${cell}"\n4,c\n`);
    expect(table.rowNumbers).toEqual([1, 3, 4]);
    expect(table.rows[0]?.[1]).toBe(cell);
    expect(table.rows[1]?.[1]).toBe(cell);
    expect(table.malformed).toEqual([[2, "row_too_long"]]);
  });

  it("reads ten thousand columns and bounds the batch by cells", async () => {
    const columns = Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(",");
    let largest = 0;
    for await (const batch of readRows(inChunks(Buffer.from(`${columns}\n${"1,2\n".repeat(500)}`), 65_536))) {
      largest = Math.max(largest, batch.rows.length);
    }
    expect(largest).toBe(20);
  });

  it("does not hold the file: 200 MB pass in flat memory", { timeout: 120_000 }, async () => {
    const lines = Buffer.from(`0901234521,Nguyễn Văn Bình,1990-01-01,Hà Nội\n`.repeat(20_000));
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from("phone,name,birth,city\n");
      for (let at = 0; at < 200; at++) yield lines;
    }
    const before = process.memoryUsage().rss;
    let peak = before;
    let rows = 0;
    for await (const batch of readRows(source())) {
      rows += batch.rows.length;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(rows).toBe(4_000_000);
    expect((peak - before) / megabyte).toBeLessThan(150);
  });
});
