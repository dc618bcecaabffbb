import { fileUnreadable } from "../file-unreadable.ts";
import type { TabularLimits } from "../row-batch.ts";
import type { Archive } from "./archive.ts";
import { attributeOf, XmlScanner } from "./xml-scanner.ts";

/** What must be known of a workbook before a sheet can be read. */
export type Workbook = {
  readonly sheetPart: string;
  /** By style number of a cell: whether its number is a date. */
  readonly dateStyles: readonly boolean[];
  readonly epoch1904: boolean;
};

/** Number formats 14–22, 27–36, 45–47 and 50–58 are dates or times in every locale (ECMA-376, 18.8.30). */
const builtInDateFormats: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const stylesMax = 100_000;

/** Finds the first visible sheet, the date styles and the epoch. */
export async function readWorkbook(archive: Archive, limits: TabularLimits): Promise<Workbook> {
  if (!archive.has("xl/workbook.xml")) throw fileUnreadable("sheet_missing");
  const sheets: { readonly id: string; readonly hidden: boolean }[] = [];
  let epoch1904 = false;
  await eachTag(archive, "xl/workbook.xml", limits, (name, tag) => {
    if (name === "sheet" && sheets.length < limits.archiveEntriesMax) {
      sheets.push({
        id: attributeOf(tag, "r:id") ?? attributeOf(tag, "id") ?? "",
        hidden: /hidden/i.test(attributeOf(tag, "state") ?? ""),
      });
    } else if (name === "workbookPr") epoch1904 = /^(1|true)$/.test(attributeOf(tag, "date1904") ?? "");
  });
  const wanted = sheets.find((sheet) => !sheet.hidden) ?? sheets[0];
  let sheetPart = "xl/worksheets/sheet1.xml";
  await eachTag(archive, "xl/_rels/workbook.xml.rels", limits, (name, tag) => {
    if (name !== "Relationship" || attributeOf(tag, "Id") !== wanted?.id) return;
    const target = attributeOf(tag, "Target") ?? "";
    sheetPart = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  });
  if (!archive.has(sheetPart)) throw fileUnreadable("sheet_missing");
  return { sheetPart, dateStyles: await readDateStyles(archive, limits), epoch1904 };
}

async function readDateStyles(archive: Archive, limits: TabularLimits): Promise<readonly boolean[]> {
  const custom = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCellFormats = false;
  await eachTag(
    archive,
    "xl/styles.xml",
    limits,
    (name, tag) => {
      if (name === "cellXfs") inCellFormats = true;
      else if (name === "numFmt" && custom.size < stylesMax)
        custom.set(Number(attributeOf(tag, "numFmtId")), isDateFormat(attributeOf(tag, "formatCode") ?? ""));
      else if (name === "xf" && inCellFormats && styles.length < stylesMax) {
        const format = Number(attributeOf(tag, "numFmtId") ?? "0");
        styles.push(
          custom.get(format) ?? builtInDateFormats.some(([from, to]) => format >= from && format <= to),
        );
      }
    },
    (name) => {
      if (name === "cellXfs") inCellFormats = false;
    },
  );
  return styles;
}

/** Whether a format code shows a day or a time, once texts, colours and locales are taken out. */
function isDateFormat(code: string): boolean {
  const bare = code
    .slice(0, 500)
    .replace(/"[^"]*"|\\.|_.|\*./g, "")
    .replace(/\[(?![hms]+\])[^\]]*\]/gi, "");
  return !/general/i.test(bare) && /[dmyhs]/i.test(bare) && !/[#0]/.test(bare.replace(/s\.?0+/gi, ""));
}

async function eachTag(
  archive: Archive,
  part: string,
  limits: TabularLimits,
  open: (name: string, tag: string) => void,
  close: (name: string) => void = () => undefined,
): Promise<void> {
  const scanner = new XmlScanner({ open, close, text: () => undefined }, limits.rowBytesMax);
  for await (const chunk of archive.read(part)) scanner.write(chunk);
  scanner.end();
}
