/**
 * Keys and sealing. Root key → customer key (wrapped, stored) → subscriber key (derived from a stored salt).
 * AES-256-GCM; what is sealed is bound to its place by `context`, so that a cipher moved to another row or
 * column does not open. Deleting a subscriber's salt makes all that was sealed for the subscriber unreadable.
 */
export type Sealer = {
  seal(plain: Uint8Array, context: string): Buffer;
  /** Throws when the cipher was altered or belongs to another context. */
  open(cipher: Uint8Array, context: string): Buffer;
};

/**
 * Texts of many subscribers in one buffer, each up to its end. What follows a NUL in one of them is covered by its
 * digest, but not given back by `open`.
 */
export type BulkTexts = {
  readonly texts: Buffer;
  readonly ends: Uint32Array;
  /** 16 bytes for each text, as `digest` tells them. */
  readonly digests: Buffer;
};

/**
 * Seals the texts of many new subscribers at once, each under a salt that is drawn for it; `subscriber(salt).open`
 * opens them. What is changed later is sealed by `subscriber(salt).seal`: a salt is used here once.
 */
export type BulkSealer = {
  /** Keyed digest of a text as 16 Latin-1 characters. */
  digest(text: Uint8Array): string;
  /** Those of the texts at `positions`, in that order: 16 bytes of salt each, and the ciphers up to their ends. */
  seal(
    texts: BulkTexts,
    positions: readonly number[],
  ): { readonly salts: Buffer; readonly ciphers: Buffer; readonly ends: Uint32Array };
};

export type CustomerVault = Sealer & {
  /** Blind index of a number: equal numbers of one customer have equal indexes; nothing joins two customers. */
  phoneIndex(e164: string): Buffer;
  /** The same as 16 Latin-1 characters: a key to compare by, and no buffer for each of a million numbers. */
  phoneKey(e164: string): string;
  bulk(context: string): BulkSealer;
  /** Keyed digest of a text of this customer, to tell whether something has changed without opening it. */
  digest(text: string): Buffer;
  /** Index of a number in this customer's list of erased numbers, under a key of its own. */
  suppressionIndex(e164: string): Buffer;
  subscriber(salt: Uint8Array): Sealer;
};

/** Keys that a rotation of the root key leaves as they are. */
export type LastingKeys = { readonly doNotCall: Buffer; readonly token: Buffer };

export type Vault = {
  readonly root: Sealer;
  newCustomerKey(): Buffer;
  /** The same customer key, wrapped by the current root key. */
  rewrap(keyWrapped: Uint8Array): Buffer;
  customer(customerId: string, keyWrapped: Uint8Array): CustomerVault;
  /** Index of a number in the national do-not-call list, under a key of its own. */
  doNotCallIndex(e164: string): Buffer;
  /** Keyed digest for tokens that the service signs for itself. */
  tokenMac(text: string): Buffer;
};

/** Randomness and identifiers, so that tests can fix them. */
export type Entropy = {
  bytes(length: number): Buffer;
  /** UUID version 7 (RFC 9562): ordered by time, so that indexes stay dense. */
  id(now: Date): string;
  /** So many of them, 16 bytes each, in ascending order (RFC 9562 section 6.2, a counter that begins at random). */
  ids(now: Date, count: number): Buffer;
};
