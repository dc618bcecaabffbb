import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { GuardError } from "../domain/guard-error.ts";
import type { Upload } from "../guard/guard.ts";

/**
 * An upload as plain bytes: gzip is told by its first two bytes, and what is sent as gzip must be it (else
 * file_unreadable). What it inflates to is bounded too, so that a small bomb does not become a large list.
 */
export function inflateUpload(upload: Upload, inflatedBytesMax: number): Upload {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const source = upload.bytes[Symbol.asyncIterator]();
    const head: Uint8Array[] = [];
    let length = 0;
    while (length < 2) {
      const next = await source.next();
      if (next.done === true) break;
      head.push(next.value);
      length += next.value.length;
    }
    const start = Buffer.concat(head);
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield start;
      for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
    }
    if (start[0] !== 0x1f || start[1] !== 0x8b) {
      // Read as text, the rest of a broken upload would be a list of nobody, and in force.
      if (upload.mediaType === "application/gzip")
        throw new GuardError("file_unreadable", "what is sent as gzip is none");
      yield* whole();
      return;
    }
    const input = Readable.from(whole());
    const gunzip = createGunzip();
    input.on("error", (err) => gunzip.destroy(err));
    let inflated = 0;
    try {
      for await (const piece of input.pipe(gunzip) as AsyncIterable<Buffer>) {
        inflated += piece.length;
        if (inflated > inflatedBytesMax)
          throw new GuardError("body_too_large", "the list inflates to too much");
        yield piece;
      }
    } catch (err) {
      if (err instanceof GuardError) throw err;
      throw new GuardError("file_unreadable", "the gzip file is damaged", { cause: err });
    }
  }
  return { ...upload, bytes: bytes(), bytesTotal: null };
}
