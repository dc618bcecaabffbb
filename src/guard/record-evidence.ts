import type { EvidenceView } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { customerOf, requireActive } from "./customer-access.ts";
import type { Caller, Upload } from "./guard.ts";
import type { World } from "./world.ts";

/** Didomi's proofs end at 15 MB; a scanned form or a recorded call fits. */
export const evidenceBytesMax = 15 * 1024 * 1024;

/** Told by the first bytes, never by the name: what could run in a browser is not evidence. */
const signatures: readonly { readonly mediaType: string; readonly at: number; readonly bytes: string }[] = [
  { mediaType: "application/pdf", at: 0, bytes: "25504446" },
  { mediaType: "image/png", at: 0, bytes: "89504e470d0a1a0a" },
  { mediaType: "image/jpeg", at: 0, bytes: "ffd8ff" },
  { mediaType: "image/gif", at: 0, bytes: "47494638" },
  { mediaType: "image/webp", at: 8, bytes: "57454250" },
  { mediaType: "image/tiff", at: 0, bytes: "49492a00" },
  { mediaType: "application/zip", at: 0, bytes: "504b0304" },
  { mediaType: "application/x-ole-storage", at: 0, bytes: "d0cf11e0a1b11ae1" },
  { mediaType: "audio/mpeg", at: 0, bytes: "494433" },
  { mediaType: "audio/mpeg", at: 0, bytes: "fffb" },
  { mediaType: "audio/wav", at: 8, bytes: "57415645" },
  { mediaType: "audio/ogg", at: 0, bytes: "4f676753" },
  { mediaType: "video/mp4", at: 4, bytes: "66747970" },
];

/** `POST /v1/evidence`: content-addressed and sealed; the same bytes again are the same file. */
export async function recordEvidence(world: World, caller: Caller, file: Upload): Promise<EvidenceView> {
  const customerId = customerOf(caller);
  const bytes = await readAll(file);
  if (bytes.length === 0) throw new GuardError("file_unreadable", "the file is empty");
  if (world.scanner.scanField("fileName", file.fileName.replaceAll(/[._-]+/g, " ")).verdict === "block") {
    throw new GuardError("invalid_request", "the file's name tells a sensitive fact", {
      errors: [
        {
          pointer: "/file",
          code: "sensitive_field",
          message: "rename the file: its name must not tell a sensitive fact",
        },
      ],
    });
  }
  const mediaType = mediaTypeOf(bytes);
  if (mediaType === null) {
    throw new GuardError("unsupported_media_type", "not a type that evidence may have", {
      errors: [
        {
          pointer: "/file",
          code: "type",
          message: "send PDF, an image, a sound or video recording, an office document or plain text",
        },
      ],
    });
  }
  const sha256 = world.sha256(bytes);
  return world.store.transaction(customerId, async (tx) => {
    const customer = await requireActive(world, tx, customerId);
    const known = await tx.subscribers.evidenceBySha256(customerId, sha256);
    const id = known?.id ?? world.entropy.id(world.clock.now());
    if (known === null) {
      await tx.subscribers.addEvidence(
        customerId,
        {
          id,
          sha256,
          bytes: bytes.length,
          mediaType,
          contentCipher: customer.vault.seal(bytes, `evidence.${id}`),
        },
        world.clock.now(),
      );
    }
    return { fileId: id, sha256: sha256.toString("hex"), bytes: bytes.length };
  });
}

async function readAll(file: Upload): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of file.bytes) {
    length += piece.length;
    if (length > evidenceBytesMax) throw new GuardError("body_too_large", "evidence may have up to 15 MB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function mediaTypeOf(bytes: Buffer): string | null {
  for (const signature of signatures) {
    const length = signature.bytes.length / 2;
    if (bytes.subarray(signature.at, signature.at + length).toString("hex") === signature.bytes)
      return signature.mediaType;
  }
  return isPlainText(bytes) ? "text/plain" : null;
}

/** Valid UTF-8 without control characters, and not markup that a browser would run. */
function isPlainText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const head = text.slice(0, 1_000).trimStart().toLowerCase();
    if (/^<(!doctype|html|script|svg|\?xml)/.test(head)) return false;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
    }
    return true;
  } catch {
    return false;
  }
}
