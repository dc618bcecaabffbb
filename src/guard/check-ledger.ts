import { verifyCommitment } from "../ledger/commitment.ts";
import { formatEntryBundle } from "../ledger/entry-bundle.ts";
import type { LogFinding } from "../ledger/findings.ts";
import type { LogReader, StoredLeaf } from "../ledger/log-reader.ts";
import { type LogReport, verifyLog } from "../ledger/verify.ts";
import { appendRecords, recordContext } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import type { LeafWithRecord, LedgerCheck } from "./ports/ledger-records.ts";
import type { CustomerVault } from "./ports/vault.ts";
import type { World } from "./world.ts";

const sliceLeaves = 2_048;
/** A rest after each slice, as a part of the time that it took: the check leaves most of a core to others. */
const restFactor = 2;
const findingsKept = 100;
const bundleLeaves = 256;

/**
 * Verifies the whole ledger from the inside, in slices with rests between them: tiles, entries, leaves and records of
 * the database, the second place of the checkpoint. The result is stored, where /readyz and the metrics read it, and
 * is itself a record of the ledger. Rejects where the store fails or `signal` ends it; then nothing is recorded.
 */
export async function checkLedger(world: World, signal: AbortSignal): Promise<LedgerCheck> {
  const startedAt = world.clock.now();
  const { note, anchor } = await agreedCheckpoints(world, signal);
  const report = await verifyLog(storeReader(world, note), {
    key: world.ledger.signer.verifier,
    origin: world.ledger.origin,
    anchor,
    database: storedLeaves(world, signal),
    signal,
  });
  // Before the first checkpoint there is nothing that could be wrong.
  const unborn = note === null && anchor === null;
  const check: LedgerCheck = {
    startedAt,
    finishedAt: world.clock.now(),
    ok: unborn || report.ok,
    size: report.size,
    findings: unborn ? [] : findingsOf(report),
  };
  await recordCheck(world, check);
  if (!check.ok) world.log.error({ findings: check.findings }, "the ledger is not whole");
  return check;
}

/** The sequencer writes the second place first: between its two writes both are right and differ. */
async function agreedCheckpoints(
  world: World,
  signal: AbortSignal,
): Promise<{ readonly note: string | null; readonly anchor: string | null }> {
  for (let attempt = 0; ; attempt++) {
    const stored = await world.store.transaction("*", (tx) => tx.tree.checkpoint());
    const note = stored?.note ?? null;
    const anchor = await world.ledger.anchor.read();
    if (note === anchor || attempt >= 20) return { note, anchor };
    await world.clock.sleep(100, signal);
  }
}

function storeReader(world: World, note: string | null): LogReader {
  return {
    checkpoint: () => Promise.resolve(note),
    tile: async ({ level, index }) =>
      (await world.store.transaction("*", (tx) => tx.tree.tile(level, index)))?.data ?? null,
    entries: async ({ index }) => {
      const leaves = await world.store.transaction("*", (tx) =>
        tx.tree.leaves(index * BigInt(bundleLeaves), bundleLeaves),
      );
      return leaves.length === 0 ? null : formatEntryBundle(leaves);
    },
  };
}

async function* storedLeaves(world: World, signal: AbortSignal): AsyncGenerator<StoredLeaf> {
  const vaults = new Map<string, CustomerVault>();
  for (let from = 0n; ; ) {
    signal.throwIfAborted();
    const began = world.clock.elapsedMs();
    const start = from;
    const slice = await world.store.transaction("*", async (tx) => {
      const rows = await tx.tree.storedLeaves(start, sliceLeaves);
      for (const { record } of rows) {
        if (record === null || vaults.has(record.customerId)) continue;
        vaults.set(record.customerId, (await openCustomer(world, tx, record.customerId)).vault);
      }
      return rows;
    });
    const last = slice.at(-1);
    if (last === undefined) return;
    for (const row of slice) {
      const holds = commitmentHolds(row, vaults);
      yield { index: row.index, leaf: row.leaf, ...(holds === undefined ? {} : { commitmentHolds: holds }) };
    }
    from = last.index + 1n;
    await world.clock.sleep((world.clock.elapsedMs() - began) * restFactor, signal);
  }
}

/** undefined: the record was erased, and only the leaf is left to be compared. */
function commitmentHolds(
  { leaf, record }: LeafWithRecord,
  vaults: ReadonlyMap<string, CustomerVault>,
): boolean | undefined {
  if (record === null || !record.leaf.equals(leaf)) return false;
  const { opening, bodyCipher, salt, subscriberId } = record;
  if (opening === null && bodyCipher === null) return undefined;
  const vault = vaults.get(record.customerId);
  if (opening === null || bodyCipher === null || vault === undefined) return false;
  for (const sealer of salt === null || subscriberId === null ? [vault] : [vault.subscriber(salt), vault]) {
    try {
      return verifyCommitment(leaf, opening, sealer.open(bodyCipher, recordContext));
    } catch {
      // Sealed under the other key, or altered.
    }
  }
  return false;
}

function findingsOf(report: LogReport): readonly string[] {
  const spell = ({ kind, place, from, to }: LogFinding): string => `${kind} ${place} [${from}, ${to})`;
  const states = [
    ...(report.checkpoint === "verified" ? [] : [`checkpoint ${report.checkpoint}`]),
    ...(report.anchor === "verified" ? [] : [`anchor ${report.anchor}`]),
  ];
  return [...states, ...report.findings.map(spell)].slice(0, findingsKept);
}

async function recordCheck(world: World, check: LedgerCheck): Promise<void> {
  await world.store.transaction("*", async (tx) => {
    const platform = await openCustomer(world, tx, world.platformId);
    await tx.tree.addCheck({ ...check, id: world.entropy.id(check.finishedAt) });
    await appendRecords(world, tx, { id: platform.row.id, vault: platform.vault }, [
      {
        salt: null,
        draft: {
          kind: "self_check",
          outcome: check.ok ? "whole" : "damaged",
          note: JSON.stringify({ size: check.size?.toString() ?? null, findings: check.findings }),
        },
      },
    ]);
  });
}

/** Checks if the last check is older than that; resolves to whether it did. One process at a time does. */
export async function checkLedgerWhenDue(
  world: World,
  everyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const due = async (): Promise<boolean> => {
    const last = await world.store.transaction("*", (tx) => tx.tree.lastCheck());
    return last === null || world.clock.now().getTime() - last.finishedAt.getTime() >= everyMs;
  };
  if (!(await due())) return false;
  let checked = false;
  await world.store.lead("ledger check", async (lost) => {
    if (!(await due())) return;
    await checkLedger(world, AbortSignal.any([signal, lost]));
    checked = true;
  });
  return checked;
}
