/** Everything that stands in the store under the root key, to be sealed anew when that key changes. */
export type KeyRecords = {
  secrets(): Promise<readonly { readonly name: string; readonly cipher: Buffer }[]>;
  putSecret(name: string, cipher: Buffer): Promise<void>;
  customerKeys(
    limit: number,
    after: string | null,
  ): Promise<readonly { readonly id: string; readonly keyWrapped: Buffer }[]>;
  setCustomerKey(id: string, keyWrapped: Buffer): Promise<void>;
  processorSecrets(): Promise<
    readonly { readonly id: string; readonly version: number; readonly cipher: Buffer }[]
  >;
  setProcessorSecrets(id: string, version: number, cipher: Buffer): Promise<void>;
  tokens(): Promise<readonly { readonly processorId: string; readonly cipher: Buffer }[]>;
  setToken(processorId: string, cipher: Buffer): Promise<void>;
};
