import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync } from "node:crypto";
import type { CustomerVault, Sealer, Vault } from "../guard/ports/vault.ts";

const versionByte = 1;
const ivLength = 12;
const tagLength = 16;
const indexLength = 16;

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
      return Buffer.concat([Buffer.of(versionByte), iv, body, cipher.getAuthTag()]);
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

function shortMac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest().subarray(0, indexLength);
}

/** `rootKey`: 32 bytes (ENCRYPTION_KEY). Each purpose has a key of its own, derived by HKDF-SHA-256 (RFC 5869). */
export function createVault(rootKey: Uint8Array): Vault {
  if (rootKey.length !== 32) throw new Error("the root key must be 32 bytes long");
  const nextIv = ivSource();
  const wrap = sealer(derive(rootKey, "wrap"), nextIv);
  const doNotCallKey = derive(rootKey, "do-not-call");
  const tokenKey = derive(rootKey, "token");
  const opened = new Map<string, CustomerVault>();
  return {
    root: sealer(derive(rootKey, "root"), nextIv),
    newCustomerKey() {
      return wrap.seal(randomFillSync(Buffer.alloc(32)), "customer-key");
    },
    customer(customerId, keyWrapped) {
      const known = opened.get(customerId);
      if (known !== undefined) return known;
      const key = wrap.open(keyWrapped, "customer-key");
      const indexKey = derive(key, "phone-index");
      const saltKey = derive(key, "subscriber");
      const vault: CustomerVault = {
        ...sealer(derive(key, "data"), nextIv),
        phoneIndex: (e164) => shortMac(indexKey, e164),
        subscriber: (salt) => sealer(createHmac("sha256", saltKey).update(salt).digest(), nextIv),
      };
      opened.set(customerId, vault);
      return vault;
    },
    doNotCallIndex: (e164) => shortMac(doNotCallKey, e164),
    tokenMac: (text) => createHmac("sha256", tokenKey).update(text).digest(),
  };
}
