import { digitZero } from "../fold-table.ts";
import type { KnownWords } from "./known-words.ts";
import type { Part } from "./part.ts";

/** Runs of single letters, joined by spaces or by marks: words again, cut where two spaces stood or where words end. */
export function joinSingles(parts: readonly Part[], text: string, known: KnownWords): Part[] | null {
  const out: Part[] = [];
  let changed = false;
  let i = 0;
  while (i < parts.length) {
    const first = parts[i];
    if (first === undefined) break;
    let j = i;
    while (parts[j]?.words.length === 1 && ((parts[j]?.words[0] ?? 0) & 63) < digitZero) j++;
    if (j - i < 3) {
      out.push(first);
      i++;
      continue;
    }
    out.push(...cutRun(parts.slice(i, j), text, known));
    changed = true;
    i = j;
  }
  return changed ? out : null;
}

function cutRun(run: readonly Part[], text: string, known: KnownWords): Part[] {
  const out: Part[] = [];
  let group: Part[] = [];
  const flush = (): void => {
    if (group.length > 0) {
      const whole = merged(group);
      out.push(...known.cut(whole, known.endsOf(whole)));
    }
    group = [];
  };
  const joints = run.map((part, k) =>
    k === 0 ? "" : text.slice(run[k - 1]?.ends[0] ?? 0, part.starts[0] ?? 0),
  );
  const narrow = joints
    .slice(1)
    .reduce((least, joint) => Math.min(least, joint.length), Number.POSITIVE_INFINITY);
  const marksJoin = joints.some((joint, k) => k > 0 && !joint.includes(" "));
  run.forEach((part, k) => {
    const joint = joints[k] ?? "";
    if (k > 0 && (joint.length > narrow || (marksJoin && joint.includes(" ")))) flush();
    group.push(part);
  });
  flush();
  return out;
}

const merged = (group: readonly Part[]): Part => ({
  from: group[0]?.from ?? 0,
  to: group.at(-1)?.to ?? 0,
  words: group.flatMap((part) => part.words),
  starts: group.flatMap((part) => part.starts),
  ends: group.flatMap((part) => part.ends),
  plain: false,
});
