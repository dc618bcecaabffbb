export type ErasedSubscriber = {
  readonly customerId: string;
  readonly subscriberId: string;
  readonly erasedAt: Date;
};

export type FoundSubscriber = { readonly subscriberId: string; readonly erased: boolean };

export type ErasureRecords = {
  /**
   * Deletes what is kept of a subscriber beyond its id: profile, salt, digest, the data and masks of its messages,
   * the words of its refusals. What was still to go is suppressed. `index` takes the place of the number's own.
   * Returns the campaigns that the messages belong to.
   */
  erase(customerId: string, subscriberId: string, index: Uint8Array, now: Date): Promise<readonly string[]>;
  /** Keeps that a number was erased, and how many records stay as commitments; the last of several erasures counts. */
  suppress(customerId: string, index: Uint8Array, erasedAt: Date, recordsKept: number): Promise<void>;
  /** The erasure of a number, null if it was not erased. */
  suppression(
    customerId: string,
    index: Uint8Array,
  ): Promise<{ readonly erasedAt: Date; readonly recordsKept: number } | null>;
  /** Which of these numbers were erased, and when; by the index in hexadecimal. */
  suppressed(customerId: string, indexes: readonly Uint8Array[]): Promise<ReadonlyMap<string, Date>>;
  hasSuppressed(customerId: string): Promise<boolean>;
  /** Marked as erased, but not carried out yet; oldest first. */
  unfinished(limit: number): Promise<readonly ErasedSubscriber[]>;
  /** Marked as erased at that moment or later; oldest first. */
  since(moment: Date, limit: number): Promise<readonly ErasedSubscriber[]>;
  /** Of these the ones that are there, whether they were erased or not. */
  among(customerId: string, subscriberIds: readonly string[]): Promise<readonly FoundSubscriber[]>;
  lift(customerId: string, indexes: readonly Uint8Array[]): Promise<void>;
};
