import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomFillSync } from "node:crypto";
import type { CustomerVault, LastingKeys, Sealer, Vault } from "../guard/ports/vault.ts";
import { bulkSealer, bulkVersion } from "./bulk-sealer.ts";

const versionByte = 1;
const ivLength = 12;
const tagLength = 16;
const indexLength = 16;
/** Of SHA-256. */
const blockLength = 64;
/** Messages up to this length are hashed without a buffer of their own. */
const scratchLength = 1_024;

/** Random bytes in blocks: one call to the generator for hundreds of initialisation vectors. */
function ivSource(): () => Buffer {
  const block = Buffer.alloc(ivLength * 512);
  let used = block.length;
  return () => {
    if (used === block.length) {
      randomFillSync(block);
      used = 0;
    }
    const iv = Buffer.from(block.subarray(used, used + ivLength));
    used += ivLength;
    return iv;
  };
}

function sealer(key: Buffer, nextIv: () => Buffer): Sealer {
  return {
    seal(plain, context) {
      const iv = nextIv();
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      cipher.setAAD(Buffer.from(context));
      const body = cipher.update(plain);
      cipher.final();
      const sealed = Buffer.allocUnsafe(1 + ivLength + body.length + tagLength);
      sealed[0] = versionByte;
      sealed.set(iv, 1);
      sealed.set(body, 1 + ivLength);
      sealed.set(cipher.getAuthTag(), 1 + ivLength + body.length);
      return sealed;
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes[0] !== versionByte || bytes.length < 1 + ivLength + tagLength) {
        throw new Error("sealed value has an unknown form");
      }
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 1 + ivLength));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
      const plain = decipher.update(bytes.subarray(1 + ivLength, bytes.length - tagLength));
      return Buffer.concat([plain, decipher.final()]);
    },
  };
}

function derive(key: Uint8Array, label: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `subscriber-guard/v1/${label}`, 32));
}

/**
 * HMAC-SHA-256 (RFC 2104) from two one-shot hashes: a million numbers would otherwise make as many native objects for
 * the collector. The key must not be longer than a block.
 */
function macWith(key: Buffer): (message: Uint8Array | string) => Buffer {
  const mac = latin1MacWith(key);
  return (message) => Buffer.from(mac(message), "latin1");
}

/** The same as 32 Latin-1 characters. */
function latin1MacWith(key: Buffer): (message: Uint8Array | string) => string {
  const inner = Buffer.alloc(blockLength + scratchLength, 0x36);
  const outer = Buffer.alloc(blockLength + 32, 0x5c);
  for (let at = 0; at < key.length; at++) {
    inner[at] = 0x36 ^ (key[at] ?? 0);
    outer[at] = 0x5c ^ (key[at] ?? 0);
  }
  // Digests travel as Latin-1: short strings cost the collector far less than buffers of their own.
  return (message) => {
    const length = typeof message === "string" ? Buffer.byteLength(message) : message.length;
    let whole = inner;
    // What fits goes behind the key's block; what does not has a buffer of its own.
    if (length > scratchLength) {
      whole = Buffer.allocUnsafe(blockLength + length);
      inner.copy(whole, 0, 0, blockLength);
    }
    if (typeof message === "string") whole.write(message, blockLength);
    else whole.set(message, blockLength);
    outer.write(hash("sha256", whole.subarray(0, blockLength + length), "binary"), blockLength, "latin1");
    return hash("sha256", outer, "binary");
  };
}

/** Seals with the first; opens with whichever fits. */
function anyOf(sealers: readonly [Sealer, ...Sealer[]]): Sealer {
  const [current, ...previous] = sealers;
  return {
    seal: (plain, context) => current.seal(plain, context),
    open(sealed, context) {
      try {
        return current.open(sealed, context);
      } catch (err) {
        for (const each of previous) {
          try {
            return each.open(sealed, context);
          } catch {
            // Sealed by yet another key, or altered: the error of the current key says so.
          }
        }
        throw err;
      }
    },
  };
}

export type VaultOptions = {
  /** Root keys before rotations: they open, but seal nothing. */
  readonly previous?: readonly Uint8Array[];
  /** Unset: derived from the root key, as long as it was never rotated. */
  readonly lasting?: LastingKeys;
};

/** What the lasting keys are before they are kept: derived from the root key that the store began with. */
export function deriveLastingKeys(firstRootKey: Uint8Array): LastingKeys {
  return { doNotCall: derive(firstRootKey, "do-not-call"), token: derive(firstRootKey, "token") };
}

/** `rootKey`: 32 bytes (ENCRYPTION_KEY). Each purpose has a key of its own, derived by HKDF-SHA-256 (RFC 5869). */
export function createVault(rootKey: Uint8Array, options: VaultOptions = {}): Vault {
  const previous = options.previous ?? [];
  if ([rootKey, ...previous].some((key) => key.length !== 32))
    throw new Error("the root key must be 32 bytes long");
  const nextIv = ivSource();
  const under = (label: string): Sealer =>
    anyOf([
      sealer(derive(rootKey, label), nextIv),
      ...previous.map((key) => sealer(derive(key, label), nextIv)),
    ]);
  const wrap = under("wrap");
  const lasting = options.lasting ?? deriveLastingKeys(rootKey);
  const doNotCallMac = macWith(lasting.doNotCall);
  const tokenKey = lasting.token;
  const opened = new Map<string, CustomerVault>();
  return {
    root: under("root"),
    newCustomerKey() {
      return wrap.seal(randomFillSync(Buffer.alloc(32)), "customer-key");
    },
    rewrap: (keyWrapped) => wrap.seal(wrap.open(keyWrapped, "customer-key"), "customer-key"),
    customer(customerId, keyWrapped) {
      const known = opened.get(customerId);
      if (known !== undefined) return known;
      const key = wrap.open(keyWrapped, "customer-key");
      const indexMac = latin1MacWith(derive(key, "phone-index"));
      const suppressionMac = macWith(derive(key, "suppression"));
      const saltMac = macWith(derive(key, "subscriber"));
      const digestMac = macWith(derive(key, "digest"));
      const bulks = new Map<string, ReturnType<typeof bulkSealer>>();
      const bulk = (context: string): ReturnType<typeof bulkSealer> => {
        const made =
          bulks.get(context) ??
          bulkSealer(derive(key, `bulk/${context}`), latin1MacWith(derive(key, `bulk-digest/${context}`)));
        bulks.set(context, made);
        return made;
      };
      const vault: CustomerVault = {
        ...sealer(derive(key, "data"), nextIv),
        phoneIndex: (e164) => Buffer.from(indexMac(e164).slice(0, indexLength), "latin1"),
        phoneKey: (e164) => indexMac(e164).slice(0, indexLength),
        bulk,
        suppressionIndex: (e164) => suppressionMac(e164).subarray(0, indexLength),
        digest: (text) => digestMac(text).subarray(0, indexLength),
        subscriber(salt) {
          const own = (): Sealer => sealer(saltMac(salt), nextIv);
          return {
            seal: (plain, context) => own().seal(plain, context),
            open: (sealed, context) =>
              sealed[0] === bulkVersion
                ? bulk(context).open(Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength), salt)
                : own().open(sealed, context),
          };
        },
      };
      opened.set(customerId, vault);
      return vault;
    },
    doNotCallIndex: (e164) => doNotCallMac(e164).subarray(0, indexLength),
    tokenMac: (text) => createHmac("sha256", tokenKey).update(text).digest(),
  };
}
