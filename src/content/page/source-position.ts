const reference = /&(?:#[xX]?[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?/y;

/**
 * Finds where unit `target` of a parsed text stands in its source, which differs by character references,
 * CRLF and dropped characters. Bounded by the length of the source.
 */
export function sourceOffset(
  source: string,
  start: number,
  end: number,
  value: string,
  target: number,
): number {
  if (end - start === value.length) return start + target;
  let at = start;
  let unit = 0;
  while (at < end && unit < target) {
    const raw = source[at];
    if (raw === "&") {
      reference.lastIndex = at;
      const found = reference.exec(source);
      if (
        found !== null &&
        !(value[unit] === "&" && value.startsWith(found[0], unit) && !/^&amp/i.test(found[0]))
      ) {
        at += found[0].length;
        unit += unitsOf(found[0], value, unit, source[at]);
        continue;
      }
    }
    if (raw === value[unit] || (raw === "\r" && value[unit] === "\n")) {
      if (raw === "\r" && source[at + 1] === "\n") at++;
      at++;
      unit++;
    } else if (raw === "<") {
      // Text that the parser moved out of a table is joined over the tags between.
      const close = source.indexOf(">", at);
      at = close < 0 || close >= end ? end : close + 1;
    } else at++;
  }
  return Math.min(at, end);
}

function unitsOf(written: string, value: string, unit: number, next: string | undefined): number {
  const number = /^&#([xX]?)([0-9a-fA-F]+)/.exec(written);
  if (number !== null) return Number.parseInt(number[2] ?? "0", number[1] === "" ? 10 : 16) > 0xffff ? 2 : 1;
  return value[unit + 1] !== next && value[unit + 2] === next ? 2 : 1;
}

export type LineTable = (offset: number) => { readonly line: number; readonly column: number };

/** Line and column, both from 1, as editors count them. */
export function createLineTable(source: string): LineTable {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
