/** One erasure as it is kept outside the database. Ids and a keyed index: nothing of the person. */
export type ErasureEntry = {
  readonly customerId: string;
  readonly subscriberId: string;
  /** The number in the customer's list of erased numbers; null where it was not known any more. */
  readonly numberIndex: Buffer | null;
  readonly erasedAt: Date;
};

/**
 * The list of all erasures, kept where a restore of the database does not reach it: what an older copy brings back is
 * erased again before it serves. Only grows.
 */
export type ErasureList = {
  /** Resolves when the entries would survive a crash. */
  add(entries: readonly ErasureEntry[]): Promise<void>;
  read(): Promise<readonly ErasureEntry[]>;
};
