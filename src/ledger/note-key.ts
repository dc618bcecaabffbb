import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { GuardError } from "../domain/guard-error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { encodeUtf8, isWellFormed } from "./utf8.ts";

/** Signature type byte of plain Ed25519 (C2SP signed-note). */
const ed25519Type = 1;
const seedBytes = 32;
const publicKeyBytes = 32;

/** Longest key text that is read, in characters; a name is a URL without scheme. */
const keyTextMax = 1_000;

/** A public key by which notes are checked. Name and id together identify it. */
export type VerifierKey = {
  readonly name: string;
  /** The id's eight lower-case hexadecimal digits. */
  readonly id: string;
  /** 32 bytes as in RFC 8032. */
  readonly publicKey: Uint8Array;
};

/** A key that signs notes. The secret stays in the KeyObject, which no logger prints. */
export type SignerKey = { readonly verifier: VerifierKey; readonly privateKey: KeyObject };

/** Key names are not empty and hold no Unicode space and no plus sign (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return name !== "" && isWellFormed(name) && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/** Makes a key pair. `randomBytes` has to be a cryptographic source. */
export function generateSignerKey(name: string, randomBytes: (count: number) => Uint8Array): SignerKey {
  if (!isKeyName(name)) throw new GuardError("internal_error", "not a key name");
  return signerFromSeed(name, randomBytes(seedBytes));
}

/** `PRIVATE+KEY+<name>+<id>+<base64>`, as Go's sumdb/note writes it. The result is a secret. */
export function formatSignerKey(key: SignerKey): string {
  const seed = Buffer.from(key.privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  return `PRIVATE+KEY+${key.verifier.name}+${key.verifier.id}+${encodeBase64(typed(seed))}`;
}

/** Reads a signer key; null where it is malformed or its id belongs to another key. */
export function parseSignerKey(text: string): SignerKey | null {
  if (text.length > keyTextMax) return null;
  const [, name, id, encoded] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return null;
  const seed = untyped(encoded, seedBytes);
  if (seed === null) return null;
  const key = signerFromSeed(name, seed);
  return key.verifier.id === id ? key : null;
}

/** `<name>+<id>+<base64>` (C2SP signed-note). */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${key.id}+${encodeBase64(typed(key.publicKey))}`;
}

/** Reads a verifier key; null where it is malformed, not Ed25519, or its id belongs to another key. */
export function parseVerifierKey(text: string): VerifierKey | null {
  if (text.length > keyTextMax) return null;
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return null;
  const publicKey = untyped(encoded, publicKeyBytes);
  if (publicKey === null || keyId(name, publicKey) !== id) return null;
  return { name, id, publicKey };
}

/** The key in the form that node:crypto verifies with. */
export function publicKeyObject(key: VerifierKey): KeyObject {
  const x = Buffer.from(key.publicKey).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

function signerFromSeed(name: string, seed: Uint8Array): SignerKey {
  // RFC 8410: a PKCS #8 envelope with a fixed head around the 32 bytes.
  const head = Buffer.from("302e020100300506032b657004220420", "hex");
  const privateKey = createPrivateKey({ key: Buffer.concat([head, seed]), format: "der", type: "pkcs8" });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = new Uint8Array(Buffer.from(jwk.x ?? "", "base64url"));
  return { verifier: { name, id: keyId(name, publicKey), publicKey }, privateKey };
}

/** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). */
function keyId(name: string, publicKey: Uint8Array): string {
  const digest = createHash("sha256")
    .update(encodeUtf8(`${name}\n`))
    .update(typed(publicKey))
    .digest("hex");
  return digest.slice(0, 8);
}

function typed(key: Uint8Array): Uint8Array {
  return Uint8Array.of(ed25519Type, ...key);
}

function untyped(encoded: string, bytes: number): Uint8Array | null {
  const decoded = decodeBase64(encoded);
  return decoded?.length === bytes + 1 && decoded[0] === ed25519Type ? decoded.subarray(1) : null;
}
