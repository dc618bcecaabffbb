import type { SharingLogItem, SharingLogSearchRequest } from "../domain/contract.gen.ts";
import type { Caller, SharingLogExport } from "./guard.ts";
import { searchSharingLog } from "./sharing-log.ts";
import type { World } from "./world.ts";

const itemsMax = 10_000;
const pageMax = 1_000;

/** The same answer as a search, as a file: CSV for a program, PDF for the subscriber to read. */
export async function exportSharingLog(
  world: World,
  caller: Caller,
  input: SharingLogSearchRequest,
  reason: string,
  form: { readonly mediaType: "text/csv" | "application/pdf"; readonly language: "vi" | "en" },
): Promise<SharingLogExport> {
  const items: SharingLogItem[] = [];
  let cursor = input.cursor;
  do {
    const page = await searchSharingLog(
      world,
      caller,
      {
        ...input,
        limit: Math.min(input.limit ?? pageMax, pageMax),
        ...(cursor === undefined ? {} : { cursor }),
      },
      reason,
    );
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && input.limit === undefined && items.length < itemsMax);
  if (form.mediaType === "text/csv") {
    return {
      mediaType: "text/csv; charset=utf-8",
      fileName: "sharing-log.csv",
      bytes: Buffer.from(csvOf(items)),
    };
  }
  const bytes = await world.reports.sharingLog({
    items,
    language: form.language,
    madeAt: world.clock.now(),
    ledgerOrigin: world.ledger.origin,
  });
  return { mediaType: "application/pdf", fileName: "sharing-log.pdf", bytes };
}

const columns = [
  "index",
  "kind",
  "recordedAt",
  "customer",
  "subscriberId",
  "phone",
  "processorId",
  "processorName",
  "processorCountry",
  "channel",
  "purpose",
  "basis",
  "consentId",
  "evidenceIds",
  "fields",
  "campaignId",
  "decisionId",
  "policyDigest",
  "outcome",
  "providerReference",
  "proof",
] as const;

/** RFC 4180 with a BOM, for spreadsheets; a cell that could be read as a formula gets an apostrophe. */
function csvOf(items: readonly SharingLogItem[]): string {
  const lines = items.map((item) =>
    [
      item.index,
      item.kind,
      item.recordedAt,
      item.customer,
      item.subscriber?.id,
      item.subscriber?.phone,
      item.processor?.id,
      item.processor?.name,
      item.processor?.country,
      item.channel,
      item.purpose,
      item.basis,
      item.consentId,
      item.evidenceIds.join(" "),
      item.fields.join(" "),
      item.campaignId,
      item.decisionId,
      item.policyDigest,
      item.outcome,
      item.providerReference,
      item.proof,
    ]
      .map((value) => cell(value === null || value === undefined ? "" : String(value)))
      .join(","),
  );
  return `\ufeff${[columns.join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
