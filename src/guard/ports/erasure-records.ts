export type ErasureRecords = {
  /**
   * Deletes what is kept of a subscriber beyond its id: profile, salt, digest, the data and masks of its messages,
   * the words of its refusals. What was still to go is suppressed. `index` takes the place of the number's own.
   * Returns the campaigns that the messages belong to.
   */
  erase(customerId: string, subscriberId: string, index: Uint8Array, now: Date): Promise<readonly string[]>;
  /** Keeps that a number was erased; of several erasures the last one counts. */
  suppress(customerId: string, index: Uint8Array, erasedAt: Date): Promise<void>;
  /** Which of these numbers were erased, and when; by the index in hexadecimal. */
  suppressed(customerId: string, indexes: readonly Uint8Array[]): Promise<ReadonlyMap<string, Date>>;
  hasSuppressed(customerId: string): Promise<boolean>;
  lift(customerId: string, indexes: readonly Uint8Array[]): Promise<void>;
};
