import type { TokenStore } from "../guard/ports/connector.ts";
import type { Sealer } from "../guard/ports/vault.ts";
import type { Database } from "./sql.ts";

const context = "processor.token";

/**
 * Rotating secrets of connectors. The row of a processor is locked while its secret is renewed; what `save` wrote is
 * committed by a transaction of its own before it resolves, so that a single-use token is never used unsaved.
 */
export function postgresTokens(database: Database, sealer: Sealer): TokenStore {
  return {
    exclusively: (processorId, use) =>
      database.transaction("*", async (sql) => {
        await sql("select pg_advisory_xact_lock(hashtextextended($1, 7203))", [processorId]);
        const [row] = await sql<{ cipher: Buffer }>(
          "select cipher from processor_token where processor_id = $1",
          [processorId],
        );
        const current =
          row === undefined
            ? {}
            : (JSON.parse(sealer.open(row.cipher, context).toString("utf8")) as Record<string, string>);
        return use(current, (next) =>
          database.transaction("*", async (inner) => {
            await inner(
              `insert into processor_token (processor_id, cipher, saved_at) values ($1, $2, now())
               on conflict (processor_id) do update set cipher = excluded.cipher, saved_at = excluded.saved_at`,
              [processorId, sealer.seal(Buffer.from(JSON.stringify(next)), context)],
            );
          }),
        );
      }),
  };
}
