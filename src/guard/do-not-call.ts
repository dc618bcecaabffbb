import type { DoNotCallView } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import type { Caller, Upload } from "./guard.ts";
import type { World } from "./world.ts";

/** Decree 91/2020 Art. 7; a copy older than this is no proof that a number is not on the list. */
export const listMaxAgeMs = 24 * 3_600_000;
const keepMs = 400 * 24 * 3_600_000;
const batchMax = 10_000;
const lineMax = 1_000;

/**
 * `PUT /v1/do-not-call`: a whole new list. It becomes visible all at once when its last number is stored; until
 * then, and if the upload breaks off, the list before it holds. Old 11-digit numbers are converted.
 */
export async function replaceDoNotCall(
  world: World,
  _caller: Caller,
  snapshotAt: Date,
  upload: Upload,
): Promise<DoNotCallView> {
  const now = world.clock.now();
  if (snapshotAt.getTime() > now.getTime() + 60_000) {
    throw new GuardError("invalid_request", "the snapshot lies in the future", {
      errors: [
        { pointer: "/snapshotAt", code: "in_future", message: "snapshotAt must not lie in the future" },
      ],
    });
  }
  const id = world.entropy.id(now);
  await world.store.transaction("*", (tx) => tx.doNotCall.begin(id, snapshotAt, now));
  const seen = new Set<string>();
  let batch: Buffer[] = [];
  const flush = async (): Promise<void> => {
    const indexes = batch;
    batch = [];
    if (indexes.length > 0) await world.store.transaction("*", (tx) => tx.doNotCall.add(id, indexes));
  };
  let unreadable = 0;
  let lines = 0;
  for await (const line of linesOf(upload.bytes)) {
    lines++;
    const phone = parsePhone(firstCell(line), "VN");
    if (!phone.ok) {
      // The first line may be a header.
      if (phone.fault === "number_invalid" && lines > 1) unreadable++;
      continue;
    }
    if (seen.has(phone.phone.e164)) continue;
    seen.add(phone.phone.e164);
    batch.push(world.vault.doNotCallIndex(phone.phone.e164));
    if (batch.length >= batchMax) await flush();
  }
  await flush();
  if (lines > 0 && seen.size === 0 && unreadable > 0) {
    throw new GuardError("file_unreadable", "no line of the list holds a number");
  }
  await world.store.transaction("*", (tx) =>
    tx.doNotCall.complete(id, world.clock.now(), new Date(world.clock.now().getTime() - keepMs)),
  );
  world.log.info({ numbers: seen.size, unreadable }, "a do-not-call list is in force");
  return doNotCall(world);
}

export async function doNotCall(world: World): Promise<DoNotCallView> {
  const now = world.clock.now();
  const snapshot = await world.store.transaction("*", (tx) => tx.doNotCall.snapshot(now));
  return {
    snapshotAt: snapshot?.snapshotAt.toISOString() ?? null,
    numbers: snapshot?.numbers ?? 0,
    stale: snapshot === null || now.getTime() - snapshot.snapshotAt.getTime() > listMaxAgeMs,
  };
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    // A "line" without an end is no list; keeping it would grow without bound.
    if (rest.length > lineMax * 100)
      throw new GuardError("file_unreadable", "a line of the list is too long");
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

function firstCell(line: string): string {
  return (/^\s*"?([^",;\t]*)/.exec(line.slice(0, lineMax))?.[1] ?? "").trim();
}
