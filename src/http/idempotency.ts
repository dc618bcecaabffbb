import { createHash } from "node:crypto";
import { GuardError } from "../domain/guard-error.ts";
import type { Answer } from "./answer.ts";

/** An answer as it is kept. `body` is empty where the answer had none. */
export type StoredAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of an upload: what the first request had sent. It was not known yet when that request began. */
  readonly uploadDigest?: string;
};

export type IdempotencyBegin = "new" | "in_progress" | "reused" | { readonly replay: StoredAnswer };

/**
 * Keeps first answers for 24 hours. `begin` is atomic: of two equal requests at once exactly one gets "new".
 * An unfinished entry whose process died must become "new" again by itself (a lease, at least as long as the
 * longest request). Answers may hold personal data and once-shown keys: they are kept encrypted.
 */
export type IdempotencyStore = {
  begin(scope: string, key: string, fingerprint: string): Promise<IdempotencyBegin>;
  complete(scope: string, key: string, answer: StoredAnswer): Promise<void>;
  /** Forgets the entry, so that the same request may be tried again. */
  abandon(scope: string, key: string): Promise<void>;
};

/** The Idempotency-Key of a request: 1 to 255 printable ASCII characters; throws where it is needed or wrong. */
export function idempotencyKey(given: string | undefined, need: "required" | "accepted"): string | null {
  if (given === undefined && need === "accepted") return null;
  if (given !== undefined && /^[\x20-\x7e]{1,255}$/.test(given)) return given;
  throw new GuardError("idempotency_key_missing", "no well-formed Idempotency-Key");
}

/** What makes two requests the same: method, path with query, and the bytes of the body. */
export function fingerprintOf(method: string, url: string, bodyDigest: string): string {
  return createHash("sha256").update(`${method}\n${url}\n${bodyDigest}`).digest("hex");
}

export type Once = {
  readonly store: IdempotencyStore;
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  /** Of an upload: what this request sent, once the work is done, or by reading what is still to come. */
  readonly upload?: { readonly taken: () => string | null; readonly read: () => Promise<string | null> };
  /** Turns a failure into its answer, so that a refusal is repeated too. */
  readonly answerOf: (error: unknown) => Answer;
  /** Told when the answer could not be kept: it has taken effect and goes out all the same. */
  readonly onUnkept: (error: unknown) => void;
};

/** Runs `work` once a key; the second time gives the first answer with `Idempotent-Replay: true`. */
export async function answerOnce(once: Once, work: () => Promise<Answer>): Promise<Answer> {
  const begun = await begin(once);
  if (begun === "in_progress") throw new GuardError("idempotency_in_progress", "the first is still running");
  if (begun === "reused")
    throw new GuardError("idempotency_key_reused", "the key belongs to another request");
  if (begun !== "new") {
    const first = begun.replay.uploadDigest;
    if (first !== undefined && once.upload !== undefined && (await once.upload.read()) !== first)
      throw new GuardError("idempotency_key_reused", "the key belongs to another upload");
    return replayed(begun.replay);
  }
  const answer = await work().catch(once.answerOf);
  const kept = isFinal(answer) ? storable(answer) : null;
  const digest = once.upload?.taken() ?? null;
  const stored = kept === null || digest === null ? kept : { ...kept, uploadDigest: digest };
  try {
    if (stored === null) await once.store.abandon(once.scope, once.key);
    else await once.store.complete(once.scope, once.key, stored);
  } catch (error) {
    once.onUnkept(error);
  }
  return answer;
}

async function begin(once: Once): Promise<IdempotencyBegin> {
  try {
    return await once.store.begin(once.scope, once.key, once.fingerprint);
  } catch (error) {
    if (error instanceof GuardError) throw error;
    // Without the store nobody knows whether this was done already: better not to do it.
    throw new GuardError("ledger_unavailable", "the idempotency store failed", { cause: error });
  }
}

/** A failure of ours or a full limiter may be over the next time. */
function isFinal(answer: Answer): boolean {
  return answer.status < 500 && answer.status !== 429;
}

function storable(answer: Answer): StoredAnswer | null {
  const { body, status } = answer;
  const headers = { ...answer.headers };
  switch (body.kind) {
    case "none":
      return { status, headers, body: "" };
    case "json":
      headers["Content-Type"] ??= "application/json; charset=utf-8";
      return { status, headers, body: JSON.stringify(body.value) };
    // Exports are made anew: they may be large, and making them changes nothing.
    case "bytes":
    case "stream":
      return null;
  }
}

function replayed(stored: StoredAnswer): Answer {
  const { "Content-Type": mediaType, ...headers } = stored.headers;
  return {
    status: stored.status,
    headers: { ...headers, "Idempotent-Replay": "true" },
    body: mediaType === undefined ? { kind: "none" } : { kind: "bytes", mediaType, bytes: stored.body },
  };
}
