import { fileUnreadable } from "../file-unreadable.ts";
import type { TabularLimits } from "../row-batch.ts";
import { decodeEscapes } from "./cell-text.ts";
import { XmlScanner } from "./xml-scanner.ts";

const pageBytes = 1024 ** 2;

/**
 * The texts that cells refer to by number. Millions of small strings would weigh far more than their bytes,
 * so they lie as UTF-8 in pages and are decoded when asked for.
 */
export class SharedStrings {
  readonly #pages: Buffer[] = [];
  readonly #bytesMax: number;
  #pageUsed = pageBytes;
  #bytes = 0;
  /** Two numbers a string: address (page × size + offset) and length. */
  #index = new Uint32Array(2048);
  #count = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(text: string): void {
    const bytes = Buffer.from(text);
    // Each string costs its index too, or a billion empty ones would be free.
    this.#bytes += bytes.length + 8;
    if (this.#bytes > this.#bytesMax || bytes.length > pageBytes) throw fileUnreadable("strings_too_many");
    if (this.#pageUsed + bytes.length > pageBytes) {
      this.#pages.push(Buffer.allocUnsafe(pageBytes));
      this.#pageUsed = 0;
    }
    this.#pages.at(-1)?.set(bytes, this.#pageUsed);
    if (2 * this.#count === this.#index.length) {
      const grown = new Uint32Array(2 * this.#index.length);
      grown.set(this.#index);
      this.#index = grown;
    }
    this.#index[2 * this.#count] = (this.#pages.length - 1) * pageBytes + this.#pageUsed;
    this.#index[2 * this.#count + 1] = bytes.length;
    this.#pageUsed += bytes.length;
    this.#count += 1;
  }

  /** Undefined for a number that the table does not have. */
  get(number: number): string | undefined {
    if (!Number.isInteger(number) || number < 0 || number >= this.#count) return undefined;
    const address = this.#index[2 * number] ?? 0;
    const offset = address % pageBytes;
    return this.#pages[Math.floor(address / pageBytes)]?.toString(
      "utf8",
      offset,
      offset + (this.#index[2 * number + 1] ?? 0),
    );
  }
}

/** Reads `sharedStrings.xml`: runs of rich text are joined, phonetic readings left out. */
export async function readSharedStrings(
  part: AsyncIterable<Buffer>,
  limits: TabularLimits,
): Promise<SharedStrings> {
  const strings = new SharedStrings(limits.sharedStringBytesMax);
  let text = "";
  let inText = false;
  let phonetic = false;
  const scanner = new XmlScanner(
    {
      open: (name) => {
        if (name === "si") text = "";
        else if (name === "t") inText = !phonetic;
        else if (name === "rPh") phonetic = true;
      },
      close: (name) => {
        if (name === "si") strings.add(decodeEscapes(text));
        else if (name === "t") inText = false;
        else if (name === "rPh") phonetic = false;
      },
      text: (piece) => {
        if (!inText) return;
        text += piece;
        if (text.length > limits.rowBytesMax) throw fileUnreadable("strings_too_many");
      },
    },
    limits.rowBytesMax,
  );
  for await (const chunk of part) scanner.write(chunk);
  scanner.end();
  return strings;
}
