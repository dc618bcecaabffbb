import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { ErasureEntry, ErasureList } from "../guard/ports/erasure-list.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The list as a file of one line an erasure, beside the checkpoint's second place. Several processes may append to
 * it. A line that a crash has cut off stands for an erasure that was not carried out yet either, and is passed over.
 */
export function fileErasureList(path: string): ErasureList {
  return {
    add(entries) {
      if (entries.length === 0) return Promise.resolve();
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(path, "a", 0o600);
      try {
        // The first line end closes a line that a crash may have left open.
        writeSync(file, `\n${entries.map(format).join("\n")}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      return Promise.resolve();
    },
    read: () => Promise.resolve(readLines(path).flatMap((line) => parse(line) ?? [])),
  };
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (err) {
    if (err instanceof Error && "code" in err && err.code === "ENOENT") return [];
    throw err;
  }
}

function format({ customerId, subscriberId, numberIndex, erasedAt }: ErasureEntry): string {
  return [erasedAt.toISOString(), customerId, subscriberId, numberIndex?.toString("hex") ?? "-"].join(" ");
}

function parse(line: string): ErasureEntry | null {
  const [at = "", customerId = "", subscriberId = "", index = "", ...more] = line.split(" ");
  const erasedAt = new Date(at);
  const known = index === "-" || /^[0-9a-f]{32}$/.test(index);
  if (more.length > 0 || Number.isNaN(erasedAt.getTime()) || !known) return null;
  if (!uuid.test(customerId) || !uuid.test(subscriberId)) return null;
  return {
    customerId,
    subscriberId,
    erasedAt,
    numberIndex: index === "-" ? null : Buffer.from(index, "hex"),
  };
}
