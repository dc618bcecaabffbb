import { randomBytes } from "node:crypto";
import type { RequestHandler, Response } from "express";
import helmet from "helmet";

const key = "consoleNonce";

/** The nonce of this answer's Content-Security-Policy. */
export function nonceOf(res: Response): string {
  const nonce: unknown = (res.locals as Record<string, unknown>)[key];
  return typeof nonce === "string" ? nonce : "";
}

/** Headers of every answer of the console; they take the place of the API's own. */
export function pageHeaders(): RequestHandler[] {
  return [
    (_req, res, next) => {
      (res.locals as Record<string, unknown>)[key] = randomBytes(16).toString("base64");
      res.setHeader("Cache-Control", "no-store");
      res.vary("Accept-Language, Cookie");
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'", (_req, res) => `'nonce-${nonceOf(res as Response)}'`],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      crossOriginResourcePolicy: { policy: "same-origin" },
      // With no-referrer a browser would send "Origin: null" with each form.
      referrerPolicy: { policy: "same-origin" },
      strictTransportSecurity: false,
    }),
  ];
}
