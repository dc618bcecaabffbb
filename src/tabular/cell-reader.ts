/**
 * Cuts cells out of a block of UTF-8. Structure is found in its Latin-1 image, where index and byte offset
 * are the same; only cells with a byte above 0x7f are decoded. Cuts never fall inside a letter, because
 * every delimiter is ASCII. Offsets asked for must not go back, but for `rewind`.
 */
export class CellReader {
  readonly bytes: Buffer;
  /** The Latin-1 image. */
  readonly image: string;
  /** Index of the next byte above 0x7f, of the next NUL: nothing such lies between it and the last offset. */
  #high: number;
  #nul: number;
  #damaged = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.image = bytes.toString("latin1");
    this.#high = this.#nextHigh(0);
    this.#nul = indexOrEnd(this.image, "\0", 0);
  }

  text(start: number, end: number): string {
    if (this.#high < start) this.#high = this.#nextHigh(start);
    if (this.#high >= end) return this.image.slice(start, end);
    const text = this.bytes.toString("utf8", start, end);
    if (text.includes("\ufffd")) this.#damaged = true;
    return text;
  }

  /**
   * Whether a cell since the last call was no UTF-8. Such bytes decode to the replacement character; one
   * that stands in the file itself is damage from before and counts too.
   */
  takeDamage(): boolean {
    const damaged = this.#damaged;
    this.#damaged = false;
    return damaged;
  }

  hasNul(start: number, end: number): boolean {
    if (this.#nul < start) this.#nul = indexOrEnd(this.image, "\0", start);
    return this.#nul < end;
  }

  mark(): readonly [number, number] {
    return [this.#high, this.#nul];
  }

  rewind(mark: readonly [number, number]): void {
    [this.#high, this.#nul] = mark;
  }

  #nextHigh(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at++;
    return at;
  }
}

/** `indexOf`, with the length for "nowhere": a pointer that stays true for all that follows. */
export function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}
