import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";

export type AnswerBody =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bytes"; readonly mediaType: string; readonly bytes: string | Uint8Array }
  | { readonly kind: "stream"; readonly mediaType: string; readonly chunks: AsyncIterable<string> };

/** What a route answers with. A value, so that it can be kept and given again. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
};

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: { kind: "json", value } };
}

/** Rejects where a stream fails; before its first chunk nothing has been sent yet. */
export async function sendAnswer(res: Response, answer: Answer): Promise<void> {
  const { body } = answer;
  if (body.kind === "stream") return sendStream(res, answer, body.mediaType, body.chunks);
  writeHead(res, answer);
  switch (body.kind) {
    case "none":
      res.end();
      return;
    case "json":
      if (!res.hasHeader("Content-Type")) res.setHeader("Content-Type", "application/json; charset=utf-8");
      endWith(res, JSON.stringify(body.value));
      return;
    case "bytes":
      res.setHeader("Content-Type", body.mediaType);
      endWith(res, body.bytes);
      return;
  }
}

async function sendStream(
  res: Response,
  answer: Answer,
  mediaType: string,
  chunks: AsyncIterable<string>,
): Promise<void> {
  // What is not found or not allowed shows at the first chunk, while a problem can still be answered.
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  writeHead(res, answer);
  res.setHeader("Content-Type", mediaType);
  res.flushHeaders();
  await pipeline(Readable.from(resumed(first, iterator)), res);
}

async function* resumed(
  first: IteratorResult<string, unknown>,
  iterator: AsyncIterator<string, unknown>,
): AsyncGenerator<string> {
  try {
    for (let step = first; step.done !== true; step = await iterator.next()) yield step.value;
  } finally {
    await iterator.return?.();
  }
}

function writeHead(res: Response, answer: Answer): void {
  res.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
}

function endWith(res: Response, bytes: string | Uint8Array): void {
  res.setHeader("Content-Length", Buffer.byteLength(bytes));
  res.end(bytes);
}
