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

export type CustomerVault = Sealer & {
  /** Blind index of a number: equal numbers of one customer have equal indexes; nothing joins two customers. */
  phoneIndex(e164: string): Buffer;
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
};
