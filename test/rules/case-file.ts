import { readdirSync, readFileSync } from "node:fs";
import type { Decision } from "../../src/domain/decision.ts";
import type { Channel, Purpose } from "../../src/domain/vocabulary.ts";
import { inOrder, type Question } from "./baseline.ts";

/**
 * A decision as data: what differs from facts in order, and what must come out. Objects are merged, arrays
 * and everything else replace. `text` and `tag` change the template and the rendering alike.
 */
export type DecisionCase = {
  readonly name: string;
  readonly given: readonly [Channel, Purpose];
  readonly text?: string;
  readonly tag?: number | null;
  readonly campaign?: Readonly<Record<string, unknown>>;
  readonly recipient?: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly verdict: Decision["verdict"];
    readonly code: Decision["code"];
    readonly rule?: string;
    readonly decidedBy?: Decision["decidedBy"];
    readonly canBeOverruled?: boolean;
    readonly notBefore?: string;
    /** How many remedies are named. */
    readonly remedies?: number;
  };
};

export type CaseFile = { readonly file: string; readonly cases: readonly DecisionCase[] };

const folder = new URL("../cases/", import.meta.url);

export function caseFiles(): readonly CaseFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((file) => ({ file, cases: JSON.parse(readFileSync(new URL(file, folder), "utf8")) }));
}

export function questionOf(item: DecisionCase): Question {
  const question = inOrder(...item.given);
  const message = {
    ...(item.text === undefined ? {} : { text: item.text }),
    ...(item.tag === undefined ? {} : { tag: item.tag }),
  };
  return {
    campaign: merged(merged(question.campaign, { template: message }), item.campaign ?? {}),
    recipient: merged(merged(question.recipient, { message }), item.recipient ?? {}),
  };
}

function merged<T>(base: T, change: unknown): T {
  return merge(base, change) as T;
}

function merge(base: unknown, change: unknown): unknown {
  if (!isPlain(change)) return revive(change);
  const start: Record<string, unknown> = isPlain(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(change)) start[key] = merge(start[key], value);
  return start;
}

/** Case files write instants as text; nothing else in them looks like one. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => merge(undefined, item));
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value)) {
    return new Date(value);
  }
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
