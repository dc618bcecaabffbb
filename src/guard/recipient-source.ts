import type { CampaignRequest } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { RecipientReference } from "./decide-recipients.ts";
import type { RecipientEntry } from "./gather-facts.ts";
import type { Tx } from "./ports/store.ts";

export type Chunk = {
  readonly entries: readonly RecipientEntry[];
  readonly references: readonly RecipientReference[];
};

/** Recipients in chunks. `cursor` continues after a chunk, so that a long decision can be resumed. */
export type RecipientSource = {
  /** null: cannot be told beforehand. */
  readonly total: number | null;
  next(
    tx: Tx,
    cursor: string | null,
    position: number,
  ): Promise<{ readonly chunk: Chunk; readonly cursor: string | null }>;
};

const chunkMax = 5_000;

export function recipientSource(
  customerId: string,
  recipients: CampaignRequest["recipients"],
): RecipientSource {
  const list = recipients.list;
  if (list !== undefined) {
    return {
      total: list.length,
      next(_tx, cursor, position) {
        const from = cursor === null ? 0 : Number(cursor);
        const slice = list.slice(from, from + chunkMax);
        return Promise.resolve({
          chunk: {
            entries: slice.map((item) => ({
              phone: item.phone,
              ...(item.data === undefined ? {} : { data: item.data }),
            })),
            references: slice.map((item, at) => ({
              position: position + at,
              correlationId: item.correlationId ?? null,
            })),
          },
          cursor: from + chunkMax < list.length ? String(from + chunkMax) : null,
        });
      },
    };
  }
  const { importId } = recipients;
  return {
    total: null,
    async next(tx, cursor, position) {
      const rows =
        importId === undefined
          ? await tx.subscribers.page(customerId, cursor, chunkMax)
          : await tx.subscribers.pageOfImport(customerId, importId, cursor, chunkMax);
      return {
        chunk: {
          entries: rows.map((subscriber) => ({ subscriber })),
          references: rows.map((_row, at) => ({ position: position + at, correlationId: null })),
        },
        cursor: rows.length === chunkMax ? (rows.at(-1)?.id ?? null) : null,
      };
    },
  };
}

/** An import that is not the caller's, or not finished, is nobody to send to. */
export async function requireImport(tx: Tx, customerId: string, importId: string | undefined): Promise<void> {
  if (importId === undefined) return;
  const row = await tx.imports.get(customerId, importId);
  if (row === null) throw new GuardError("not_found", "no such import");
}
