import type { Request } from "express";
import type { Language } from "../domain/language.ts";

/** Vietnamese where Accept-Language prefers it, otherwise English (RFC 9110 section 12.5.4). */
export function languageOf(req: Pick<Request, "acceptsLanguages">): Language {
  return req.acceptsLanguages(["en", "vi"]) === "vi" ? "vi" : "en";
}
