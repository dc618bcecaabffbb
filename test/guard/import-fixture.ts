import type { Declaration, ImportMapping, ImportView } from "../../src/domain/contract.gen.ts";
import type { Caller, Upload } from "../../src/guard/guard.ts";
import { runImport } from "../../src/guard/run-import.ts";
import type { TestWorld } from "../support/test-world.ts";

export const declaration: Declaration = {
  basis: "consent",
  purposes: ["advertising"],
  channels: ["sms"],
  consent: {
    method: "web_form",
    collectedAt: "2026-01-05T08:00:00+07:00",
    noticeVersion: "2026-01",
    contentClass: "new books",
    frequency: { max: 2, per: "week" },
    source: "https://example.com/dang-ky",
    evidence: [{ kind: "url", uri: "https://example.com/dang-ky" }],
  },
};

export function upload(content: string | Buffer, pieceBytes = 65_536): Upload {
  const bytes = Buffer.from(content);
  return {
    fileName: "contacts.csv",
    mediaType: "text/csv",
    bytes: (async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
    bytesTotal: bytes.length,
  };
}

export type ImportRequest = {
  readonly declaration?: Declaration;
  readonly mapping?: ImportMapping;
};

/** Takes a file in and works it off, as the worker does. */
export async function importFile(
  house: TestWorld,
  caller: Caller,
  content: string | Buffer,
  request: ImportRequest = {},
): Promise<ImportView> {
  const id = await uploadFile(house, caller, content, request);
  await work(house, caller, id);
  return house.guard.getImport(caller, id);
}

export async function uploadFile(
  house: TestWorld,
  caller: Caller,
  content: string | Buffer,
  request: ImportRequest = {},
): Promise<string> {
  const created = await house.guard.startImport(caller, {
    declaration: request.declaration ?? declaration,
    mapping: request.mapping ?? null,
    file: upload(content),
  });
  return created.id;
}

export async function work(house: TestWorld, caller: Caller, id: string): Promise<void> {
  await runImport(house.world, caller.customerId ?? "", id, house.world.entropy.id(new Date()));
}

export async function errorsOf(house: TestWorld, caller: Caller, id: string): Promise<string> {
  let text = "";
  for await (const piece of house.guard.importErrors(caller, id)) text += piece;
  return text;
}

export function reason(view: ImportView, code: string): number {
  return view.reasons.find((each) => each.code === code)?.count ?? 0;
}

/** What every import must obey, whatever its file held. */
export function isAccountedFor({ counts }: ImportView): boolean {
  const { accepted, updated, duplicate, rejected, quarantined } = counts;
  return counts.total === accepted + updated + duplicate + rejected + quarantined;
}

/** Visibly invented numbers. */
export const phone = (at: number): string => `090${String(at).padStart(7, "0")}`;
