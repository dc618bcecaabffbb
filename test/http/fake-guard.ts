import type { Caller, Guard } from "../../src/guard/guard.ts";
import { type ApiDependencies, createApi } from "../../src/http/api.ts";
import { createApiKey } from "../../src/http/api-key.ts";
import type { IdempotencyBegin, IdempotencyStore, StoredAnswer } from "../../src/http/idempotency.ts";
import { createValidators } from "../../src/schema/validate.ts";

/** A key for every scope but admin, and one for admin; both of the right form. */
export const customerKey = createApiKey("live", new Uint8Array(32).fill(7));
export const adminKey = createApiKey("live", new Uint8Array(32).fill(9));
export const pagesKey = createApiKey("test", new Uint8Array(32).fill(5));

const callers: Readonly<Record<string, Omit<Caller, "requestId">>> = {
  [customerKey]: {
    keyId: "key-1",
    customerId: "customer-1",
    scopes: ["contacts", "consents", "campaigns", "pages", "ledger"],
    mode: "live",
  },
  [pagesKey]: { keyId: "key-2", customerId: "customer-1", scopes: ["pages"], mode: "test" },
  [adminKey]: { keyId: "key-0", customerId: null, scopes: ["admin"], mode: "live" },
};

/** A guard of which only what a test gives it works: these tests are about the transport. */
export function fakeGuard(parts: Partial<Guard> = {}): Guard {
  const known: Partial<Guard> = {
    authenticate: (secret, requestId) => {
      const caller = callers[secret];
      return Promise.resolve(caller === undefined ? null : { ...caller, requestId });
    },
    ...parts,
  };
  return new Proxy(known as Guard, {
    get(target, name) {
      const part: unknown = Reflect.get(target, name);
      if (part !== undefined) return part;
      return () => {
        throw new Error(`this test did not expect ${String(name)}`);
      };
    },
  });
}

export function memoryIdempotency(): IdempotencyStore & { readonly entries: Map<string, unknown> } {
  const entries = new Map<string, { fingerprint: string; answer: StoredAnswer | null }>();
  const at = (scope: string, key: string) => JSON.stringify([scope, key]);
  return {
    entries,
    begin(scope, key, fingerprint): Promise<IdempotencyBegin> {
      const entry = entries.get(at(scope, key));
      if (entry === undefined) {
        entries.set(at(scope, key), { fingerprint, answer: null });
        return Promise.resolve("new");
      }
      if (entry.fingerprint !== fingerprint) return Promise.resolve("reused");
      return Promise.resolve(entry.answer === null ? "in_progress" : { replay: entry.answer });
    },
    complete(scope, key, answer) {
      const entry = entries.get(at(scope, key));
      if (entry !== undefined) entry.answer = answer;
      return Promise.resolve();
    },
    abandon(scope, key) {
      entries.delete(at(scope, key));
      return Promise.resolve();
    },
  };
}

export type LogLine = { readonly level: string; readonly message: string; readonly fields: object };

const validators = createValidators();

export function testApi(parts: Partial<Guard> = {}, options: Partial<ApiDependencies> = {}) {
  const lines: LogLine[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  let ids = 0;
  const api = createApi({
    guard: fakeGuard(parts),
    validators,
    idempotency: memoryIdempotency(),
    logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    publicUrl: "https://guard.example",
    newId: () => `generated-${++ids}`,
    nowMs: () => performance.now(),
    metrics: { read: () => Promise.resolve({ mediaType: "text/plain", text: "up 1\n" }), token: null },
    observe: () => undefined,
    redis: null,
    ...options,
  });
  return { api, lines };
}

/** A campaign of one recipient. */
export const campaign = {
  name: "Tháng 11",
  channel: "sms",
  purpose: "transaction",
  processor: "sandbox-sms",
  sender: "UTOP",
  content: { text: "Đơn hàng đã giao" },
  recipients: { list: [{ phone: "0901234567" }] },
} as const;
