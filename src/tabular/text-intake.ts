import { TextDecoder } from "node:util";
import type { BatchBuilder } from "./batch-builder.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { detectDialect } from "./delimiter.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import { looksLikeNdjson, NdjsonScanner } from "./ndjson-scanner.ts";
import type { TabularLimits } from "./row-batch.ts";
import type { RowScanner } from "./row-scanner.ts";
import { sniff, sniffBytes, type TextEncoding } from "./sniff.ts";

/** Turns source bytes into UTF-8; `final` flushes what a broken end left. */
type Decode = (chunk: Buffer, final: boolean) => Buffer;

type Opened = { readonly decode: Decode; readonly scanner: RowScanner; readonly preambleBytes: number };

/**
 * Takes a text file piece by piece and scans it block by block. Until enough was seen to tell encoding,
 * format and delimiter, pieces are only kept.
 */
export class TextIntake {
  readonly #builder: BatchBuilder;
  readonly #limits: TabularLimits;
  #opened: Opened | undefined;
  #head: Buffer[] = [];
  #headBytes = 0;
  /** Decoded and not yet scanned; `#rest` is the beginning of a record. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #rest: Buffer = Buffer.alloc(0);
  #preambleLeft = 0;

  constructor(builder: BatchBuilder, limits: TabularLimits) {
    this.#builder = builder;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    if (this.#opened !== undefined) {
      this.#feed(this.#opened, chunk, false);
      return;
    }
    this.#head.push(chunk);
    this.#headBytes += chunk.length;
    if (this.#headBytes >= sniffBytes) this.#open();
  }

  end(): void {
    const opened = this.#opened ?? this.#open();
    this.#feed(opened, Buffer.alloc(0), true);
  }

  #open(): Opened {
    const opened = openText(Buffer.concat(this.#head), this.#builder, this.#limits);
    this.#opened = opened;
    this.#preambleLeft = opened.preambleBytes;
    for (const chunk of this.#head) this.#feed(opened, chunk, false);
    this.#head = [];
    return opened;
  }

  #feed(opened: Opened, chunk: Buffer, final: boolean): void {
    let bytes = opened.decode(chunk, final);
    const skipped = Math.min(this.#preambleLeft, bytes.length);
    this.#preambleLeft -= skipped;
    bytes = bytes.subarray(skipped);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!final && this.#waitingBytes < this.#limits.blockBytes) return;
    const block = Buffer.concat([this.#rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    // Copied, so that a short rest does not keep its whole block.
    this.#rest = Buffer.from(block.subarray(opened.scanner.scan(block, final)));
  }
}

function openText(head: Buffer, builder: BatchBuilder, limits: TabularLimits): Opened {
  if (head.length === 0) throw fileUnreadable("empty");
  const sniffed = sniff(head);
  if (sniffed.kind === "zip") throw fileUnreadable("format_unknown");
  const decode = decoder(sniffed.encoding, sniffed.bomBytes);
  const sample = decoder(sniffed.encoding, sniffed.bomBytes)(head.subarray(0, 2 * sniffBytes), false);
  if (looksLikeNdjson(sample.toString("utf8"))) {
    return { decode, scanner: new NdjsonScanner(builder, limits), preambleBytes: 0 };
  }
  const dialect = detectDialect(sample.toString("latin1"));
  return { decode, scanner: new CsvScanner(builder, dialect, limits), preambleBytes: dialect.preambleBytes };
}

function decoder(encoding: TextEncoding, bomBytes: number): Decode {
  let skip = bomBytes;
  const withoutBom = (chunk: Buffer): Buffer => {
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    return chunk.subarray(skipped);
  };
  // UTF-8 is cut at ASCII delimiters only, so it needs no decoder that remembers half letters.
  if (encoding === "utf-8") return withoutBom;
  const text = new TextDecoder(encoding, { ignoreBOM: true });
  return (chunk, final) => Buffer.from(text.decode(withoutBom(chunk), { stream: !final }));
}
