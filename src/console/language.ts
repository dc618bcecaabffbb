import type { Request, Response } from "express";
import type { Language } from "../domain/language.ts";
import { readCookie } from "./session-cookie.ts";

/** ?lang= (remembered in a cookie), the cookie, then Accept-Language. */
export function pageLanguage(req: Request, res: Response): Language {
  const asked = req.query["lang"];
  if (asked === "vi" || asked === "en") {
    res.cookie("lang", asked, { sameSite: "strict", path: "/console", maxAge: 365 * 86_400_000 });
    return asked;
  }
  const kept = readCookie(req, "lang");
  if (kept === "vi" || kept === "en") return kept;
  return req.acceptsLanguages(["en", "vi"]) === "vi" ? "vi" : "en";
}
