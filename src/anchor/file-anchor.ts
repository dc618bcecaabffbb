import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CheckpointAnchor } from "../guard/world.ts";

/**
 * The second place of the last checkpoint as a file outside the database: put it on another disk or host than the
 * database's. Written whole or not at all (rename); the one sequencer that leads is its only writer.
 */
export function fileAnchor(path: string): CheckpointAnchor {
  const read = (): string | null => {
    try {
      return readFileSync(path, "utf8");
    } catch (err) {
      if (err instanceof Error && "code" in err && err.code === "ENOENT") return null;
      throw err;
    }
  };
  return {
    read: () => Promise.resolve(read()),
    swap: (expected, next) => {
      if (read() !== expected) return Promise.resolve(false);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.next`, next, { mode: 0o644, flush: true });
      renameSync(`${path}.next`, path);
      return Promise.resolve(true);
    },
  };
}
