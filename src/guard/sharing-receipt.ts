import { GuardError } from "../domain/guard-error.ts";
import { formatReceipt } from "../ledger/receipt.ts";
import { openCustomer } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import { proveRecord } from "./serve-ledger.ts";
import { appendLookUp, recordBytes, requireReason } from "./sharing-log.ts";
import type { World } from "./world.ts";

/**
 * `GET /v1/sharing-log/{index}/receipt`: a file that shows what one record says and that it stands in the ledger, to
 * whoever has the public key and nothing else. It tells the record, so it is a look-up and recorded as one.
 * `not_found` for another customer's record, and for one of which only the commitment is left.
 */
export async function sharingLogReceipt(
  world: World,
  caller: Caller,
  index: bigint,
  reason: string,
): Promise<string> {
  requireReason(reason);
  const { record, opening } = await world.store.transaction(caller.customerId ?? "*", async (tx) => {
    const row = await tx.ledger.byIndex(index);
    if (row === null || (caller.customerId !== null && row.customerId !== caller.customerId)) {
      throw new GuardError("not_found", "no such record");
    }
    const customer = await openCustomer(world, tx, row.customerId);
    const [person] =
      row.subscriberId === null ? [] : await tx.subscribers.byIds(row.customerId, [row.subscriberId]);
    const salt = person === undefined || person.erasedAt !== null ? null : person.salt;
    const bytes = recordBytes(customer, row, salt);
    if (bytes === null || row.opening === null) {
      throw new GuardError("not_found", "the record was erased; its commitment and its proof are left");
    }
    const subscriber =
      row.subscriberId === null ? undefined : { id: row.subscriberId, salt, customerId: row.customerId };
    await appendLookUp(world, tx, caller, { subscriber, campaignId: row.campaignId }, reason);
    return { record: bytes.toString("utf8"), opening: row.opening };
  });
  const proof = await proveRecord(world, index);
  return formatReceipt({ record, opening, proof, verifierKey: world.ledger.signer.verifier });
}
