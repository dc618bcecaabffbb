import { GuardError } from "../domain/guard-error.ts";

export type UnreadableReason =
  | "empty"
  | "file_too_large"
  | "columns_too_many"
  | "header_too_long"
  | "format_unknown"
  | "format_legacy_xls"
  | "encrypted"
  | "archive_damaged"
  | "archive_bomb"
  | "sheet_missing"
  | "sheet_damaged"
  | "strings_too_many";

/** The whole file is refused; `reason` travels in the problem document. Nothing of the file is quoted. */
export function fileUnreadable(reason: UnreadableReason, cause?: unknown): GuardError {
  return new GuardError("file_unreadable", `The uploaded file cannot be read: ${reason}`, {
    cause,
    extensions: { reason },
  });
}
