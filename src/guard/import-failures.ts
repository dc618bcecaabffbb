import type { Bilingual } from "../domain/vocabulary.ts";

/** Why a whole file failed, by the code that is stored with the import, and what mends it. */
const failures: Readonly<Record<string, Bilingual>> = {
  "file_unreadable:empty": {
    vi: "Tệp trống; hãy tải tệp có dữ liệu.",
    en: "The file is empty; upload one that has rows.",
  },
  "file_unreadable:file_too_large": {
    vi: "Tệp quá lớn; hãy chia nhỏ.",
    en: "The file is too large; split it.",
  },
  "file_unreadable:columns_too_many": {
    vi: "Quá nhiều cột; chỉ giữ các cột cần thiết.",
    en: "Too many columns; keep those that are needed.",
  },
  "file_unreadable:header_too_long": { vi: "Dòng tiêu đề quá dài.", en: "The header is too long." },
  "file_unreadable:format_unknown": {
    vi: "Không nhận ra định dạng; dùng CSV, TSV, NDJSON hoặc XLSX.",
    en: "The format is not known; use CSV, TSV, NDJSON or XLSX.",
  },
  "file_unreadable:format_legacy_xls": {
    vi: "Tệp .xls cũ; hãy lưu lại thành .xlsx hoặc CSV.",
    en: "This is an old .xls; save it as .xlsx or CSV.",
  },
  "file_unreadable:encrypted": {
    vi: "Tệp có mật khẩu; hãy bỏ mật khẩu.",
    en: "The file has a password; remove it.",
  },
  "file_unreadable:archive_damaged": {
    vi: "Tệp bị hỏng; hãy lưu và tải lại.",
    en: "The file is damaged; save it anew and upload it again.",
  },
  "file_unreadable:archive_bomb": {
    vi: "Tệp giải nén ra quá lớn nên bị từ chối.",
    en: "The file inflates to far more than it may and is refused.",
  },
  "file_unreadable:sheet_missing": { vi: "Sổ tính không có trang nào.", en: "The workbook has no sheet." },
  "file_unreadable:sheet_damaged": {
    vi: "Trang tính bị hỏng; hãy lưu và tải lại.",
    en: "The sheet is damaged; save it anew and upload it again.",
  },
  "file_unreadable:strings_too_many": {
    vi: "Sổ tính có quá nhiều chuỗi; hãy lưu thành CSV.",
    en: "The workbook has too many strings; save it as CSV.",
  },
  attempts_exhausted: {
    vi: "Xử lý lỗi nhiều lần; hãy chia nhỏ tệp hoặc lưu thành CSV rồi tải lại, và báo cho bộ phận hỗ trợ.",
    en: "Working it off failed again and again; split it or save it as CSV, upload it again, and tell support.",
  },
  upload_broken: {
    vi: "Việc tải lên bị gián đoạn; hãy tải lại.",
    en: "The upload broke off; upload it again.",
  },
  same_file: { vi: "Tệp này đang được nhập ở một lần khác.", en: "The same file is being imported already." },
  cancelled: {
    vi: "Đã hủy; các dòng đã ghi vẫn giữ. Tải lại để tiếp tục.",
    en: "It was cancelled; what was recorded stays. Upload it again to go on.",
  },
};

/** `code` as stored: a code of an error, after a colon its reason. Codes of the request itself are told by their page. */
export function failureFix(code: string): Bilingual {
  return (
    failures[code] ?? {
      vi: `Xem /docs/errors/${code}.`,
      en: `See /docs/errors/${code}.`,
    }
  );
}
