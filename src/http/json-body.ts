import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import express, { type Request, type RequestHandler, type Response } from "express";
import { GuardError } from "../domain/guard-error.ts";
import { runMiddleware } from "./run-middleware.ts";

/** Ten thousand contacts with their attributes fit. */
export const jsonBodyBytesMax = 10 * 1024 * 1024;

export type JsonBody = {
  readonly value: unknown;
  /** SHA-256 of the bytes as they came. */
  readonly digest: string;
};

/** Reads one JSON document; throws malformed_json, body_too_large or unsupported_media_type (as parser errors). */
export type ReadJsonBody = (req: Request, res: Response) => Promise<JsonBody>;

type WithBytes = IncomingMessage & { rawBody?: Buffer | undefined };

export function createJsonBodyReader(): ReadJsonBody {
  const parse: RequestHandler = express.json({
    limit: jsonBodyBytesMax,
    type: () => true,
    // null and "text" are JSON too: the schema refuses them, and says why.
    strict: false,
    verify: (req: WithBytes, _res, bytes) => {
      req.rawBody = bytes;
    },
  });
  return async (req, res) => {
    requireMediaType(req, ["application/json"]);
    await runMiddleware(parse, req, res);
    const bytes = (req as WithBytes).rawBody ?? Buffer.alloc(0);
    // Set and not deleted: a deleted property makes every later access to the request slow.
    (req as WithBytes).rawBody = undefined;
    // Decoding has put U+FFFD where the bytes were no UTF-8: names would be stored that nobody sent.
    if (!isUtf8(bytes)) throw new GuardError("malformed_json", "the body is not UTF-8");
    const value: unknown = req.body;
    // PostgreSQL holds neither; both can only come escaped, so that a search over the bytes spares other bodies the walk.
    if (bytes.includes("\\u0000") || bytes.includes("\\ud") || bytes.includes("\\uD"))
      refuseUnstorable(value);
    return { value, digest: createHash("sha256").update(bytes).digest("hex") };
  };
}

/** A body needs a Content-Type from the list; a request without a body passes. */
export function requireMediaType(req: Request, allowed: readonly string[]): void {
  const hasBody =
    req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
  if (!hasBody) return;
  const given = (req.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!allowed.includes(given))
    throw new GuardError("unsupported_media_type", "another media type is needed");
}

/** U+0000 and lone surrogates, in a value or in a key. */
function refuseUnstorable(root: unknown): void {
  const waiting: { readonly value: unknown; readonly pointer: string }[] = [{ value: root, pointer: "" }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { value, pointer } = item;
    if (typeof value === "string") refuse(value, pointer);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      refuse(key, pointer);
      waiting.push({
        value: inner,
        pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      });
    }
  }
}

const loneSurrogate = /\p{Surrogate}/u;

function refuse(text: string, pointer: string): void {
  const held = text.includes("\u0000") ? "U+0000" : loneSurrogate.test(text) ? "a lone surrogate" : null;
  if (held === null) return;
  throw new GuardError("invalid_request", `a text holds ${held}`, {
    errors: [{ pointer: pointer.slice(0, 1000), code: "bad_format", message: held }],
  });
}
