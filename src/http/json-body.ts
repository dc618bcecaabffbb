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
    const value: unknown = req.body;
    // PostgreSQL has no U+0000 in text; the search over the bytes spares every other body the walk.
    if (bytes.includes("\\u0000")) refuseNullCharacters(value);
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

function refuseNullCharacters(root: unknown): void {
  const waiting: { readonly value: unknown; readonly pointer: string }[] = [{ value: root, pointer: "" }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { value, pointer } = item;
    if (typeof value === "string" && value.includes("\u0000")) refuse(pointer);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (key.includes("\u0000")) refuse(pointer);
      waiting.push({
        value: inner,
        pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      });
    }
  }
}

function refuse(pointer: string): never {
  throw new GuardError("invalid_request", "a text holds U+0000", {
    errors: [{ pointer: pointer.slice(0, 1000), code: "bad_format", message: "U+0000" }],
  });
}
