import { createRequire } from "node:module";
import type { SharingLogItem } from "../domain/contract.gen.ts";
import type { Reports } from "../guard/world.ts";
import { wordsOf } from "./sharing-log-words.ts";

const margin = 48;
const lineGap = 3;

/** PDFs that a person can read: DejaVu carries every Vietnamese letter, and the text stays text for screen readers. */
export function pdfReports(): Reports {
  const require = createRequire(import.meta.url);
  const regular = require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
  const bold = require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf");
  return {
    async sharingLog({ items, language, madeAt, ledgerOrigin }) {
      // A quarter of a second of loading, for the few who ask for a PDF.
      const { default: PDFDocument } = await import("pdfkit");
      return new Promise((resolve, reject) => {
        const words = wordsOf(language);
        const doc = new PDFDocument({
          size: "A4",
          margin,
          lang: language,
          tagged: true,
          pdfVersion: "1.7",
          info: { Title: words.title, CreationDate: madeAt, Producer: "subscriber-guard" },
        });
        const pieces: Buffer[] = [];
        doc.on("data", (piece: Buffer) => pieces.push(piece));
        doc.on("end", () => resolve(Buffer.concat(pieces)));
        doc.on("error", reject);
        doc.registerFont("regular", regular).registerFont("bold", bold);

        doc.font("bold").fontSize(17).text(words.title);
        doc.moveDown(0.4).font("regular").fontSize(9.5).text(words.introduction, { lineGap });
        doc
          .moveDown(0.3)
          .fillColor("#555")
          .text(`${words.madeAt}: ${moment(madeAt.toISOString(), language)}`)
          .fillColor("#000");
        for (const item of items) record(doc, item, words, language);
        if (items.length === 0) doc.moveDown().text(words.nothing);
        doc.moveDown().font("bold").fontSize(12).text(words.rightsTitle);
        doc.font("regular").fontSize(9.5).moveDown(0.2).text(words.rights, { lineGap });
        doc.moveDown().font("bold").fontSize(12).text(words.proofTitle);
        doc.font("regular").fontSize(9.5).moveDown(0.2).text(words.proof(ledgerOrigin), { lineGap });
        doc.end();
      });
    },
  };
}

type Words = ReturnType<typeof wordsOf>;

function record(doc: PDFKit.PDFDocument, item: SharingLogItem, words: Words, language: "vi" | "en"): void {
  if (doc.y > doc.page.height - 190) doc.addPage();
  doc.moveDown(0.9);
  doc
    .font("bold")
    .fontSize(11)
    .text(`${moment(item.recordedAt, language)} — ${words.kinds[item.kind]}`);
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    [words.recipient, item.processor === null ? null : `${item.processor.name} (${item.processor.country})`],
    [words.what, item.fields.map((field) => words.fields[field] ?? field).join(", ")],
    [words.why, item.purpose === null ? null : words.purposes[item.purpose]],
    [words.channel, item.channel === null ? null : words.channels[item.channel]],
    [words.basis, item.basis === null ? null : words.bases[item.basis]],
    [words.outcome, item.outcome === undefined ? null : (words.outcomes[item.outcome] ?? item.outcome)],
    [words.number, item.subscriber?.phone],
    [words.record, `${item.index} (${item.proof})`],
  ];
  doc.fontSize(9.5);
  for (const [label, value] of rows) {
    if (value === null || value === undefined || value === "") continue;
    doc.font("bold").text(`${label}: `, { continued: true }).font("regular").text(value, { lineGap: 1 });
  }
}

function moment(iso: string, language: "vi" | "en"): string {
  return new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", {
    dateStyle: "long",
    timeStyle: "medium",
    timeZone: "Asia/Ho_Chi_Minh",
  }).format(new Date(iso));
}
