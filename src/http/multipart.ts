import { createHash } from "node:crypto";
import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import type { Request } from "express";
import { GuardError } from "../domain/guard-error.ts";
import type { Upload } from "../guard/guard.ts";
import { requestState } from "./request-state.ts";

export type MultipartForm = {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Upload;
};

export type MultipartLimits = {
  readonly fileBytesMax: number;
  /** Fields that must have come before the file is worked on. */
  readonly required: readonly string[];
};

/** Fields may follow the file as long as the file fits in this: that much of it waits in memory. */
const lookAheadBytesMax = 8 * 1024 * 1024;
/** Once every required field is there, only optional ones can still come. */
const lookAheadBytesSatisfied = 64 * 1024;
const fieldBytesMax = 256 * 1024;

/**
 * The form of a request, its one file (part "file") as a stream. Resolves as soon as the fields are known;
 * the stream throws body_too_large at the limit and invalid_request for a field that came too late.
 */
export function readMultipart(req: Request, limits: MultipartLimits): Promise<MultipartForm> {
  const parser = createParser(req, limits);
  const fields = new Map<string, string>();
  const digest = digestFor(req, fields);
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    let handedOver = false;
    let upload: PartialUpload | null = null;

    const stop = (error: Error): void => {
      failure ??= error;
      req.unpipe(parser);
      // What is still coming is read and dropped, so that the answer reaches a client that is still sending.
      req.resume();
      upload?.stream.destroy(failure);
      reject(failure);
    };
    const handOver = (): void => {
      if (handedOver || failure !== null) return;
      const missing = upload === null ? "file" : limits.required.find((name) => !fields.has(name));
      if (upload === null || missing !== undefined) {
        stop(fault(`/${missing ?? "file"}`, "required"));
        return;
      }
      handedOver = true;
      resolve({ fields, file: uploadOf(req, upload, () => failure, stop, digest) });
    };

    parser.on("field", (name, value, _nameTruncated, valueTruncated) => {
      if (valueTruncated) return stop(new GuardError("body_too_large", "a form field is over its limit"));
      if (handedOver) return stop(fault(`/${name}`, "too_late"));
      if (fields.has(name)) return stop(fault(`/${name}`, "duplicate_items"));
      fields.set(name, value);
    });
    parser.on("file", (_name, stream, fileName: string | undefined, _encoding, mediaType) => {
      // Destroyed before anybody iterates over it, it must not end the process.
      stream.on("error", () => undefined);
      upload = { stream, fileName: fileName ?? "", mediaType, head: [], headEnded: false };
      readHead(upload, () => limits.required.every((name) => fields.has(name))).then(
        (full) => (full ? handOver() : undefined),
        stop,
      );
    });
    parser.once("filesLimit", () => stop(fault("/file", "duplicate_items")));
    parser.once("fieldsLimit", () => stop(fault("", "too_many")));
    parser.once("finish", handOver);
    parser.once("error", (error: unknown) => stop(fault("", "bad_format", error)));
    req.once("error", (error) => stop(fault("", "bad_format", error)));
    req.once("close", () => {
      if (!req.complete) stop(fault("", "bad_format"));
    });
    req.pipe(parser);
  });
}

type FileDigest = { readonly add: (piece: Uint8Array) => void; readonly end: () => void };

/** Only where an Idempotency-Key needs it: of the parts, not of the bytes, whose boundary changes each time. */
function digestFor(req: Request, fields: ReadonlyMap<string, string>): FileDigest | null {
  if (req.res === undefined || req.get("Idempotency-Key") === undefined) return null;
  const state = requestState(req.res);
  const file = createHash("sha256");
  return {
    add: (piece) => void file.update(piece),
    end: () => {
      const parts = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
      const whole = JSON.stringify([parts, file.digest("hex")]);
      const digest = createHash("sha256").update(whole).digest("hex");
      state.uploadDigest = () => digest;
    },
  };
}

type PartialUpload = {
  readonly stream: BusboyFileStream;
  readonly fileName: string;
  readonly mediaType: string;
  readonly head: Buffer[];
  headEnded: boolean;
};

/** True once the file has to be handed over because no more of it may wait; false at its end. */
async function readHead(upload: PartialUpload, satisfied: () => boolean): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of upload.stream.iterator({ destroyOnReturn: false })) {
    upload.head.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes >= (satisfied() ? lookAheadBytesSatisfied : lookAheadBytesMax)) return true;
  }
  upload.headEnded = true;
  return false;
}

function uploadOf(
  req: Request,
  upload: PartialUpload,
  failure: () => Error | null,
  stop: (error: Error) => void,
  digest: FileDigest | null,
): Upload {
  const length = Number(req.headers["content-length"]);
  let started = false;
  const unread = () => stop(new GuardError("invalid_request", "the file was not read to its end"));
  // A use case that refuses before it reads leaves a client that is still sending.
  req.res?.once("finish", () => (started ? undefined : unread()));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    started = true;
    let ended = false;
    try {
      for (let chunk = upload.head.shift(); chunk !== undefined; chunk = upload.head.shift()) {
        digest?.add(chunk);
        yield chunk;
      }
      if (!upload.headEnded)
        for await (const chunk of upload.stream) {
          digest?.add(chunk as Buffer);
          yield chunk as Buffer;
        }
      const failed = failure();
      if (failed !== null) throw failed;
      if (upload.stream.truncated) throw new GuardError("body_too_large", "the file is over its limit");
      digest?.end();
      ended = true;
    } finally {
      if (!ended) unread();
    }
  }
  return {
    fileName: upload.fileName,
    mediaType: upload.mediaType,
    bytes: bytes(),
    bytesTotal: Number.isFinite(length) ? length : null,
  };
}

function createParser(req: Request, limits: MultipartLimits): BusboyInstance {
  const contentType = req.headers["content-type"] ?? "";
  try {
    return new Busboy({
      headers: { ...req.headers, "content-type": contentType },
      // Browsers send even a field as a file when it was given as a Blob.
      isPartAFile: (name) => name === "file",
      limits: {
        fileSize: limits.fileBytesMax,
        files: 1,
        fields: 20,
        parts: 25,
        fieldSize: fieldBytesMax,
        headerPairs: 20,
        headerSize: 8 * 1024,
      },
    });
  } catch (error) {
    throw fault("", "bad_format", error);
  }
}

const messages = {
  required: "This part is required.",
  too_late: "This part must come before the file.",
  duplicate_items: "This part may stand only once.",
  too_many: "Too many parts.",
  bad_format: "The form ended early or is not multipart/form-data.",
} as const;

function fault(pointer: string, code: keyof typeof messages, cause?: unknown): GuardError {
  return new GuardError("invalid_request", `multipart: ${code}`, {
    cause,
    errors: [{ pointer: pointer.slice(0, 200), code, message: messages[code] }],
  });
}
