import { sign, verify } from "node:crypto";
import { GuardError } from "../domain/guard-error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { isKeyName, publicKeyObject, type SignerKey, type VerifierKey } from "./note-key.ts";
import { encodeUtf8, isWellFormed } from "./utf8.ts";

/** Bounds on hostile notes: characters, and signatures (the specification asks for at least 16). */
export const noteCharactersMax = 1_000_000;
const signaturesMax = 100;

/** One signature line. `id` is the key id in hexadecimal; the signature's form depends on the key. */
export type NoteSignature = { readonly name: string; readonly id: string; readonly signature: Uint8Array };

/** A C2SP signed note. `text` ends in a newline and may be trusted only once a signature was verified. */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

export type NoteFault = "note_malformed" | "signature_missing" | "signature_wrong";

export type NoteResult =
  | { readonly ok: true; readonly text: string; readonly signedBy: readonly VerifierKey[] }
  | { readonly ok: false; readonly fault: NoteFault };

/** The note as it is stored and sent. */
export function formatNote(note: SignedNote): string {
  const lines = note.signatures.map(({ name, id, signature }) => {
    const bytes = Buffer.concat([Buffer.from(id, "hex"), signature]);
    return `— ${name} ${encodeBase64(bytes)}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

/** Signs a text; it has to end in a newline and hold no control character but newlines. */
export function signNote(text: string, ...keys: readonly SignerKey[]): string {
  if (!isNoteText(text) || !text.endsWith("\n")) throw new GuardError("internal_error", "not a note's text");
  const bytes = encodeUtf8(text);
  const signatures = keys.map(({ verifier, privateKey }) => ({
    name: verifier.name,
    id: verifier.id,
    signature: sign(null, bytes, privateKey),
  }));
  return formatNote({ text, signatures });
}

/** Reads a hostile note without checking signatures; null where it is none. */
export function parseNote(note: string): SignedNote | null {
  if (note.length > noteCharactersMax || !isNoteText(note)) return null;
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) return null;
  const lines = note.slice(split + 2, -1).split("\n", signaturesMax + 1);
  if (lines.length > signaturesMax) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === null) return null;
    signatures.push(signature);
  }
  return { text: note.slice(0, split + 1), signatures };
}

/**
 * Checks a hostile note against the keys one trusts. Signatures of other keys are ignored, as the specification
 * demands; a wrong signature in the name of a trusted key refuses the note even beside a right one.
 */
export function verifyNote(note: string, keys: readonly VerifierKey[]): NoteResult {
  const parsed = parseNote(note);
  if (parsed === null) return { ok: false, fault: "note_malformed" };
  const bytes = encodeUtf8(parsed.text);
  const signedBy: VerifierKey[] = [];
  for (const { name, id, signature } of parsed.signatures) {
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key === undefined) continue;
    if (!isSignature(bytes, key, signature)) return { ok: false, fault: "signature_wrong" };
    if (!signedBy.includes(key)) signedBy.push(key);
  }
  if (signedBy.length === 0) return { ok: false, fault: "signature_missing" };
  return { ok: true, text: parsed.text, signedBy };
}

function isSignature(text: Uint8Array, key: VerifierKey, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return verify(null, text, publicKeyObject(key), signature);
  } catch {
    // 32 bytes that are no point of the curve verify nothing.
    return false;
  }
}

function parseSignature(line: string): NoteSignature | null {
  const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return null;
  const bytes = decodeBase64(encoded);
  if (bytes === null || bytes.length < 5) return null;
  return { name, id: Buffer.from(bytes.subarray(0, 4)).toString("hex"), signature: bytes.subarray(4) };
}

function isNoteText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids exactly these.
  return isWellFormed(text) && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}
