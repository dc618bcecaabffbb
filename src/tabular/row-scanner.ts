/** Reads records out of UTF-8 bytes and puts them into a BatchBuilder. */
export type RowScanner = {
  /**
   * Takes every complete record of `bytes` and tells how many bytes it consumed; what is left comes again at
   * the head of the next block. With `final` everything is consumed.
   */
  readonly scan: (bytes: Buffer, final: boolean) => number;
};
