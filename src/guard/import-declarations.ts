import type { ConsentDetails, Declaration, RowFault } from "../domain/contract.gen.ts";
import { declarationFaults } from "../domain/declaration.ts";
import { type Basis, bases, type ConsentMethod, consentMethods } from "../domain/vocabulary.ts";
import type { Declared } from "./declare.ts";
import { isWhole, readEvidence } from "./import-row.ts";
import { rowFault } from "./row-fixes.ts";

/** What holds for one row: the file's declaration with what the row's own columns say in its place. */
export type RowDeclaration = {
  readonly declared: Declared;
  readonly faults: readonly RowFault[];
  /** The notice that is cited came into being then. */
  readonly noticeFrom: Date | null;
  /** Evidence of an uploaded file that this row names itself: to be looked up. */
  readonly fileId: string | null;
};

/** More combinations than this are worked out anew: a link of its own in every row would fill the memory. */
const keptMax = 10_000;

/** Rows that say the same share one declaration, so that it is judged and stored once. */
export function rowDeclarations(
  file: Declaration,
  noticeFrom: Date | null,
): (overrides: readonly string[] | null, hasOwnMoment: boolean) => RowDeclaration {
  const kept = new Map<string, RowDeclaration>();
  const plain = { declared: file, faults: [], noticeFrom, fileId: null };
  return (overrides, hasOwnMoment) => {
    if (overrides === null) return plain;
    const key = `${hasOwnMoment ? 1 : 0}\u0000${overrides.join("\u0000")}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = override(file, noticeFrom, overrides, hasOwnMoment);
    if (kept.size >= keptMax) kept.clear();
    kept.set(key, made);
    return made;
  };
}

function override(
  file: Declaration,
  noticeFrom: Date | null,
  overrides: readonly string[],
  hasOwnMoment: boolean,
): RowDeclaration {
  const [basisCell = "", methodCell = "", source = "", noticeVersion = "", evidenceCell = ""] = overrides;
  const faults: RowFault[] = [];
  const basis = basisCell === "" ? file.basis : word(basisCell, bases, basisWords);
  if (basis === null) faults.push(rowFault("basis_missing", "basis"));
  const method = methodCell === "" ? undefined : word(methodCell, consentMethods, methodWords);
  if (method === null) faults.push(rowFault("row_malformed", "method"));
  const evidence = evidenceCell === "" ? undefined : readEvidence(evidenceCell);
  if (evidence === null) faults.push(rowFault("evidence_missing", "evidence"));
  if (!isText(source, 500)) faults.push(rowFault("row_malformed", "source"));
  if (!isText(noticeVersion, 100)) faults.push(rowFault("row_malformed", "noticeVersion"));
  if (basis === null || faults.length > 0) return { declared: file, faults, noticeFrom, fileId: null };

  const ownNotice = noticeVersion !== "" && noticeVersion !== file.consent?.noticeVersion;
  const { noticeText, noticeToken, ...rest } = file.consent ?? {};
  const consent: ConsentDetails = {
    ...rest,
    // Text and token belong to the version that the file cites, not to the row's own.
    ...(ownNotice || noticeText === undefined ? {} : { noticeText }),
    ...(ownNotice || noticeToken === undefined ? {} : { noticeToken }),
    ...(method === undefined || method === null ? {} : { method }),
    ...(source === "" ? {} : { source }),
    ...(noticeVersion === "" ? {} : { noticeVersion }),
    ...(evidence === undefined || evidence === null ? {} : { evidence: [evidence] }),
  };
  const said = Object.keys(consent).length > 0;
  const declared: Declared = {
    basis,
    purposes: file.purposes,
    channels: file.channels,
    ...(said ? { consent } : {}),
  };
  // The row's own moment stands with the permission and not in the declaration, which many rows share.
  const judged: Declaration = {
    ...declared,
    ...(hasOwnMoment ? { consent: { ...consent, collectedAt: "1970-01-01T00:00:00Z" } } : {}),
  };
  const codes = new Set(declarationFaults(judged).map((fault) => fault.code));
  return {
    declared,
    faults: [...codes].map((code) =>
      rowFault(code, code === "basis_not_valid_for_purpose" ? "basis" : "consent"),
    ),
    noticeFrom: ownNotice ? null : noticeFrom,
    fileId: evidence?.fileId ?? null,
  };
}

function isText(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && isWhole(text);
}

function word<Word extends string>(
  cell: string,
  vocabulary: readonly Word[],
  others: Readonly<Record<string, Word>>,
): Word | null {
  const folded = cell
    .slice(0, 60)
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[đĐ]/g, "d")
    .toLowerCase()
    .trim()
    .replaceAll(/[\s-]+/g, "_");
  return (
    vocabulary.find((each) => each === folded) ??
    (Object.hasOwn(others, folded) ? (others[folded] ?? null) : null)
  );
}

const basisWords: Readonly<Record<string, Basis>> = {
  dong_y: "consent",
  su_dong_y: "consent",
  hop_dong: "contract",
  nghia_vu_phap_ly: "legal_obligation",
  loi_ich_song_con: "vital_interest",
  nhiem_vu_cong: "public_task",
  loi_ich_hop_phap: "legitimate_interest",
};

const methodWords: Readonly<Record<string, ConsentMethod>> = {
  web: "web_form",
  bieu_mau_web: "web_form",
  website: "web_form",
  giay: "paper_form",
  phieu_giay: "paper_form",
  bieu_mau_giay: "paper_form",
  tin_nhan: "sms_reply",
  sms: "sms_reply",
  ghi_am: "recorded_call",
  cuoc_goi_ghi_am: "recorded_call",
  thu_dien_tu: "email",
  ung_dung: "app_setting",
  app: "app_setting",
};
