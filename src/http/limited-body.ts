import type { Request } from "express";
import { GuardError } from "../domain/guard-error.ts";
import type { Upload } from "../guard/guard.ts";

/** The body of a request as a stream that throws body_too_large at the limit. */
export function limitedBody(req: Request, bytesMax: number): Upload {
  const length = Number(req.headers["content-length"]);
  if (length > bytesMax) throw new GuardError("body_too_large", `over ${bytesMax} bytes`);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const chunk of req) {
      count += (chunk as Buffer).length;
      if (count > bytesMax) throw new GuardError("body_too_large", `over ${bytesMax} bytes`);
      yield chunk as Buffer;
    }
  }
  return {
    fileName: "",
    mediaType: (req.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
    bytes: bytes(),
    bytesTotal: Number.isFinite(length) ? length : null,
  };
}
