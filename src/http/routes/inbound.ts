import express, { type Request, type RequestHandler } from "express";
import type { Guard } from "../../guard/guard.ts";
import { type Answer, sendAnswer } from "../answer.ts";
import type { Limit } from "../rate-limit.ts";
import { requestState } from "../request-state.ts";
import { runMiddleware } from "../run-middleware.ts";

const bytesMax = 1024 * 1024;

/** For the documentation; providers fix the method and the body. */
export const inboundPaths = [
  "/v1/inbound/:processorId/messages",
  "/v1/inbound/:processorId/receipts",
] as const;

/**
 * What providers call: bytes and headers as they came, since their signatures are over them. Not limited:
 * it carries opt-outs, and who may call is told by the signature.
 */
export function inboundHandler(guard: Guard, kind: "messages" | "receipts", count: Limit): RequestHandler {
  const readBytes = express.raw({ type: () => true, limit: bytesMax });
  return async (req, res, next) => {
    try {
      requestState(res).route = `/v1/inbound/:processorId/${kind}`;
      await count(req, res);
      await runMiddleware(readBytes, req, res);
      await sendAnswer(res, await received(guard, kind, req));
    } catch (error) {
      next(error);
    }
  };
}

async function received(guard: Guard, kind: "messages" | "receipts", req: Request): Promise<Answer> {
  const body: unknown = req.body;
  const query = req.originalUrl.indexOf("?");
  const secret: unknown = req.params["secret"];
  const result = await guard.receive(String(req.params["processorId"]), {
    kind,
    method: req.method,
    rawBody: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    rawQuery: query < 0 ? "" : req.originalUrl.slice(query + 1),
    headers: Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : value,
      ]),
    ),
    secretPath: typeof secret === "string" ? secret : "",
    remoteAddress: req.ip ?? "",
  });
  return {
    status: result.status,
    body: { kind: "bytes", mediaType: result.contentType, bytes: result.body },
  };
}
