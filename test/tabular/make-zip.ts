import { constants, crc32, deflateRawSync } from "node:zlib";

export type ZipEntry = {
  readonly name: string;
  readonly data: Buffer;
  /** Stored as it is instead of `data` deflated. */
  readonly deflated?: Buffer;
  /** What the directory claims, if it is to lie. */
  readonly claimedSize?: number;
  readonly encrypted?: boolean;
};

/** A ZIP archive as in PKWARE's APPNOTE 6.3: local headers, data, central directory, end record. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, deflated = deflateRawSync(data), claimedSize, encrypted } of entries) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(encrypted === true ? 1 : 0, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(deflated.length, 14);
    fields.writeUInt32LE(claimedSize ?? data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, Buffer.from(name), deflated]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, tail, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from("PK\x05\x06", "latin1"), end]);
}

/** A deflate stream of about a thousandth of what it inflates to: `megabytes` of spaces. */
export function bombStream(megabytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(1024 ** 2, 0x20), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: megabytes }, () => block), Buffer.from([0x03, 0x00])]);
}

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/** The smallest workbook around a sheet: its `sheetData`, shared strings and styles are given as XML. */
export function workbookParts(parts: {
  readonly sheetData: string;
  readonly strings?: string;
  readonly styles?: string;
  readonly workbookPr?: string;
}): ZipEntry[] {
  const part = (name: string, xml: string): ZipEntry => ({
    name,
    data: Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${xml}`),
  });
  return [
    part(
      "xl/workbook.xml",
      `<workbook xmlns="${main}" xmlns:r="r">${parts.workbookPr ?? ""}<sheets><sheet name="ẩn" sheetId="1" state="hidden" r:id="rId9"/><sheet name="Khách" sheetId="2" r:id="rId1"/></sheets></workbook>`,
    ),
    part(
      "xl/_rels/workbook.xml.rels",
      `<Relationships><Relationship Id="rId9" Target="worksheets/sheet9.xml"/><Relationship Id="rId1" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
    ),
    part("xl/sharedStrings.xml", `<sst xmlns="${main}">${parts.strings ?? ""}</sst>`),
    part("xl/styles.xml", `<styleSheet xmlns="${main}">${parts.styles ?? ""}</styleSheet>`),
    part(
      "xl/worksheets/sheet2.xml",
      `<worksheet xmlns="${main}"><sheetData>${parts.sheetData}</sheetData></worksheet>`,
    ),
  ];
}
