import { GuardError } from "../domain/guard-error.ts";

/** A cursor that this service did not give out: the caller's fault, and not an object that is missing. */
export function foreignCursor(): GuardError {
  return new GuardError("invalid_request", "the cursor is not one of this service", {
    errors: [{ pointer: "/cursor", code: "cursor_invalid", message: "use nextCursor of the page before" }],
  });
}

/** The id that a page ended with; throws invalid_request where the cursor holds none. */
export function readIdCursor(cursor: string | null): string | null {
  if (cursor === null) return null;
  const id = Buffer.from(cursor, "base64url").toString("utf8");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw foreignCursor();
  return id;
}
