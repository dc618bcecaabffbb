/**
 * Columns of many rows as parameters: arrays in PostgreSQL's binary wire format. The driver passes a Buffer on
 * as it is, whereas it would quote and escape every element of a JavaScript array.
 * Layout: dimensions, has-nulls, element type, length, lower bound; then length and bytes of each element.
 */
type Element<T> = {
  readonly oid: number;
  readonly size: (value: T) => number;
  readonly write: (value: T, target: Buffer, offset: number) => void;
};

const headBytes = 20;
/** PostgreSQL counts from 2000-01-01. */
const epochMs = Date.UTC(2000, 0, 1);
const hyphen = 45;
/** Up to here a loop is quicker than a call into the engine. */
const loopBytesMax = 32;
const twoTo32 = 2 ** 32;

function encode<T>(element: Element<T>, values: readonly (T | null)[]): Buffer {
  let length = headBytes;
  for (const value of values) length += 4 + (value === null ? 0 : element.size(value));
  const target = Buffer.allocUnsafe(length);
  const empty = values.length === 0;
  writeHead(target, element.oid, values.length);
  if (empty) target.writeInt32BE(0, 0);
  let offset = headBytes;
  for (const value of values) {
    const size = value === null ? -1 : element.size(value);
    target.writeInt32BE(size, offset);
    offset += 4;
    if (value === null) continue;
    element.write(value, target, offset);
    offset += size;
  }
  // An empty array has no dimensions, and so neither length nor bound.
  return empty ? target.subarray(0, 12) : target;
}

/** Elements of one width that stand in a row already. */
function encodeFixed(oid: number, width: number, bytes: Buffer): Buffer {
  const count = bytes.length / width;
  if (count === 0) return encode({ oid, size: () => 0, write: () => undefined }, []);
  const target = Buffer.allocUnsafe(headBytes + bytes.length + 4 * count);
  writeHead(target, oid, count);
  for (let from = 0, to = headBytes; from < bytes.length; from += width) {
    target.writeInt32BE(width, to);
    to += 4;
    for (let end = from + width, at = from; at < end; ) target[to++] = bytes[at++] ?? 0;
  }
  return target;
}

/** Values of any length, each up to its end in `bytes`. */
function encodePacked(bytes: Buffer, ends: Uint32Array): Buffer {
  if (ends.length === 0) return encode(bytea, []);
  const length = ends[ends.length - 1] ?? 0;
  const target = Buffer.allocUnsafe(headBytes + length + 4 * ends.length);
  writeHead(target, bytea.oid, ends.length);
  let from = 0;
  let to = headBytes;
  for (const end of ends) {
    target.writeInt32BE(end - from, to);
    to += 4;
    bytes.copy(target, to, from, end);
    to += end - from;
    from = end;
  }
  return target;
}

/** Milliseconds since 1970; NaN is null. */
function encodeMoments(moments: Float64Array): Buffer {
  let nulls = 0;
  for (const ms of moments) if (Number.isNaN(ms)) nulls++;
  if (moments.length === 0) return encode(timestamptz, []);
  const target = Buffer.allocUnsafe(headBytes + 12 * (moments.length - nulls) + 4 * nulls);
  writeHead(target, timestamptz.oid, moments.length);
  let to = headBytes;
  for (const ms of moments) {
    const isNull = Number.isNaN(ms);
    target.writeInt32BE(isNull ? -1 : 8, to);
    to += 4;
    if (isNull) continue;
    writeMicros((ms - epochMs) * 1_000, target, to);
    to += 8;
  }
  return target;
}

function writeMicros(micros: number, target: Buffer, offset: number): void {
  if (!Number.isSafeInteger(micros)) throw new RangeError("not a moment that can be stored");
  const high = Math.floor(micros / twoTo32);
  target.writeInt32BE(high, offset);
  target.writeUInt32BE(micros - high * twoTo32, offset + 4);
}

function writeHead(target: Buffer, oid: number, count: number): void {
  target.writeInt32BE(1, 0);
  target.writeInt32BE(1, 4);
  target.writeInt32BE(oid, 8);
  target.writeInt32BE(count, 12);
  target.writeInt32BE(1, 16);
}

const uuid: Element<string> = {
  oid: 2950,
  size: () => 16,
  write: (value, target, offset) => {
    if (value.length !== 36) throw new TypeError("not a UUID");
    let at = 0;
    for (let byte = 0; byte < 16; byte++) {
      if (byte === 4 || byte === 6 || byte === 8 || byte === 10) {
        if (value.charCodeAt(at++) !== hyphen) throw new TypeError("not a UUID");
      }
      const digits = (hexDigit(value.charCodeAt(at)) << 4) | hexDigit(value.charCodeAt(at + 1));
      if (digits < 0) throw new TypeError("not a UUID");
      target[offset + byte] = digits;
      at += 2;
    }
  },
};
/** Below 0: no such digit. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1_024;
}

const bytea: Element<Uint8Array> = {
  oid: 17,
  size: (value) => value.length,
  write(value, target, offset) {
    if (value.length > loopBytesMax) return target.set(value, offset);
    for (let at = 0; at < value.length; at++) target[offset + at] = value[at] ?? 0;
  },
};
const text: Element<string> = {
  oid: 25,
  size: (value) => Buffer.byteLength(value),
  write: (value, target, offset) => void target.write(value, offset),
};
const timestamptz: Element<Date> = {
  oid: 1184,
  size: () => 8,
  write: (value, target, offset) => {
    writeMicros((value.getTime() - epochMs) * 1_000, target, offset);
  },
};
const int4: Element<number> = {
  oid: 23,
  size: () => 4,
  write: (value, target, offset) => void target.writeInt32BE(value, offset),
};
const int8: Element<bigint> = {
  oid: 20,
  size: () => 8,
  write: (value, target, offset) => void target.writeBigInt64BE(value, offset),
};
const bool: Element<boolean> = {
  oid: 16,
  size: () => 1,
  write: (value, target, offset) => void target.writeUInt8(value ? 1 : 0, offset),
};

/** Throws TypeError or RangeError for a value that its type cannot hold. Cast the parameter: `$1::uuid[]`. */
export const columnOf = {
  uuid: (values: readonly (string | null)[]) => encode(uuid, values),
  bytea: (values: readonly (Uint8Array | null)[]) => encode(bytea, values),
  text: (values: readonly (string | null)[]) => encode(text, values),
  timestamptz: (values: readonly (Date | null)[]) => encode(timestamptz, values),
  int4: (values: readonly (number | null)[]) => encode(int4, values),
  int8: (values: readonly (bigint | null)[]) => encode(int8, values),
  bool: (values: readonly (boolean | null)[]) => encode(bool, values),
  /** 16 bytes for each id. */
  uuidBytes: (bytes: Buffer) => encodeFixed(uuid.oid, 16, bytes),
  byteaFixed: (width: number, bytes: Buffer) => encodeFixed(bytea.oid, width, bytes),
  byteaPacked: encodePacked,
  /** Milliseconds since 1970; NaN: null. */
  moments: encodeMoments,
};
