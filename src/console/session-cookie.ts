import type { Request, Response } from "express";

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/**
 * How the session's cookie may be set here. `__Host-` wants HTTPS; a browser on the service's own machine may do
 * without, under another name. null: neither, and nobody can sign in, for the token would travel in the clear.
 */
export function cookieForm(
  req: Pick<Request, "secure" | "headers">,
  publicUrl: string,
): { readonly name: string; readonly secure: boolean } | null {
  const host = req.headers.host ?? "";
  const isPublic = URL.canParse(publicUrl) && new URL(publicUrl).host === host;
  if (req.secure || (isPublic && publicUrl.startsWith("https:")))
    return { name: "__Host-session", secure: true };
  return loopback.test(host) ? { name: "session", secure: false } : null;
}

/** The well-formed session token that a request carries under that name. */
export function readSession(req: Pick<Request, "headers">, name: string): string | null {
  const token = readCookie(req, name);
  return token !== null && tokenPattern.test(token) ? token : null;
}

export function readCookie(req: Pick<Request, "headers">, name: string): string | null {
  for (const part of (req.headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

/** No Max-Age: it ends with the browser at the latest, and with the session before. */
export function setSession(
  res: Response,
  form: { readonly name: string; readonly secure: boolean },
  token: string,
): void {
  res.cookie(form.name, token, { httpOnly: true, secure: form.secure, sameSite: "strict", path: "/" });
}

export function clearSession(res: Response, form: { readonly name: string; readonly secure: boolean }): void {
  res.clearCookie(form.name, { httpOnly: true, secure: form.secure, sameSite: "strict", path: "/" });
}
