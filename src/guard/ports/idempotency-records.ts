/**
 * What became of a request with an Idempotency-Key.
 * `started`: this attempt runs it. `running`: another attempt does. `reused`: the key stands for another body.
 */
export type IdempotencyAnswer =
  | { readonly state: "started" | "running" | "reused" }
  | { readonly state: "completed"; readonly status: number; readonly responseCipher: Buffer };

export type IdempotencyRecords = {
  /**
   * Claims the key for `attempt` (a UUID of its own for each attempt). A first request that has not ended after
   * 60 s may be taken over; after 24 h the key is free for any body. To be committed before the request runs.
   */
  begin(
    ownerId: string,
    key: string,
    fingerprint: Uint8Array,
    attempt: string,
    now: Date,
  ): Promise<IdempotencyAnswer>;
  /** Stores the first response; false where the attempt was taken over meanwhile: what it did must not stand. */
  complete(
    ownerId: string,
    key: string,
    attempt: string,
    response: { readonly status: number; readonly responseCipher: Uint8Array },
  ): Promise<boolean>;
  /** The request had no effect: the key is free again. */
  abandon(ownerId: string, key: string, attempt: string): Promise<void>;
  /** Deletes up to `limit` keys older than 24 h; returns how many. */
  purge(now: Date, limit: number): Promise<number>;
};
