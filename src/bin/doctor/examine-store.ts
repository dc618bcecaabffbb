import type pg from "pg";
import type { CheckpointAnchor } from "../../guard/world.ts";
import { verifyCheckpoint } from "../../ledger/checkpoint.ts";
import type { SignerKey } from "../../ledger/note-key.ts";
import { createVault } from "../../vault/create-vault.ts";
import { type DoctorFinding, fault, ok, warning } from "./finding.ts";

const hourMs = 3_600_000;
const listOldMs = 20 * hourMs;
const listStaleMs = 24 * hourMs;

/** Whether the keys are those of this database, whether the ledger has its second place, and how old the list is. */
export async function examineStore(
  client: pg.Client,
  input: {
    readonly encryptionKeys: readonly Uint8Array[];
    readonly ledgerKey: SignerKey | null;
    readonly ledgerOrigin: string;
    readonly anchor: CheckpointAnchor;
    readonly now: Date;
  },
): Promise<readonly DoctorFinding[]> {
  await client.query(
    "select set_config('guard.customer', '*', false), set_config('search_path', 'guard', false)",
  );
  return [
    await examineEncryptionKey(client, input.encryptionKeys),
    ...(await examineLedger(client, input)),
    await examineList(client, input.now),
  ];
}

async function examineEncryptionKey(client: pg.Client, keys: readonly Uint8Array[]): Promise<DoctorFinding> {
  const what = "ENCRYPTION_KEY";
  const [key, ...previous] = keys;
  if (key === undefined)
    return warning(what, "not set and none is kept yet", "Start the service once; it makes one.");
  const { rows } = await client.query<{ id: string; wrapped: Buffer }>(
    "select id, key_wrapped as wrapped from customer order by is_platform desc, id limit 1000",
  );
  const opens = (root: Uint8Array, row: { readonly id: string; readonly wrapped: Buffer }): boolean => {
    try {
      createVault(root).customer(row.id, row.wrapped);
      return true;
    } catch {
      return false;
    }
  };
  const shut = rows.filter((row) => !opens(key, row));
  if (shut.length === 0) return ok(what, `opens the keys of ${rows.length} customers`);
  if (shut.every((row) => previous.some((root) => opens(root, row)))) {
    return warning(
      what,
      `${shut.length} customers' keys are still wrapped by a previous key`,
      "Run subscriber-guard keys rotate before you take ENCRYPTION_KEY_PREVIOUS away.",
    );
  }
  return fault(
    what,
    `does not open ${shut.length} of ${rows.length} customers' keys`,
    "Set the key that this database was written with (and after a rotation ENCRYPTION_KEY_PREVIOUS).",
  );
}

async function examineLedger(
  client: pg.Client,
  input: {
    readonly ledgerKey: SignerKey | null;
    readonly ledgerOrigin: string;
    readonly anchor: CheckpointAnchor;
  },
): Promise<readonly DoctorFinding[]> {
  const { rows } = await client.query<{ size: string; note: string }>(
    "select size, note from ledger_checkpoint order by size desc limit 1",
  );
  const [latest] = rows;
  if (latest === undefined) return [ok("LEDGER_KEY", "nothing is signed yet")];
  if (input.ledgerKey === null) {
    return [
      fault(
        "LEDGER_KEY",
        "not there, but the ledger is signed",
        "Restore the key that signed it from its backup.",
      ),
    ];
  }
  const checked = verifyCheckpoint(latest.note, input.ledgerKey.verifier, input.ledgerOrigin);
  const key = checked.ok
    ? ok("LEDGER_KEY", `signed the checkpoint of ${latest.size} records`)
    : fault(
        "LEDGER_KEY",
        `is not the key of the stored checkpoint (${checked.fault})`,
        "Set LEDGER_KEY and LEDGER_ORIGIN that the ledger was begun with; another ledger needs another database.",
      );
  const anchored = await input.anchor.read();
  const place =
    anchored === null
      ? fault(
          "second place",
          "the checkpoint's second place is empty although one was signed",
          "Mount the volume that holds ledger.checkpoint under DATA_DIR; do not make the file up.",
        )
      : ok("second place", "holds a checkpoint");
  return [key, place];
}

async function examineList(client: pg.Client, now: Date): Promise<DoctorFinding> {
  const what = "do-not-call list";
  const { rows } = await client.query<{ at: Date; numbers: string }>(
    "select snapshot_at as at, numbers from do_not_call_snapshot where complete order by snapshot_at desc limit 1",
  );
  const [list] = rows;
  const todo =
    "Upload the list daily: PUT /v1/do-not-call?snapshotAt=…; without it no advertising goes to Viet Nam.";
  if (list === undefined) return fault(what, "none is loaded", todo);
  const ageMs = now.getTime() - list.at.getTime();
  const detail = `${list.numbers} numbers, ${Math.round(ageMs / hourMs)} h old`;
  if (ageMs > listStaleMs) return fault(what, detail, todo);
  return ageMs > listOldMs ? warning(what, detail, todo) : ok(what, detail);
}
