import type { ProcessorRecords, ProcessorRow } from "../guard/ports/processor-records.ts";
import type { Sql } from "./sql.ts";

const columns = `processor_id as id, version, body, secrets_cipher as "secretsCipher", valid_from as "validFrom"`;
const validAt = "valid_from <= $1 and (valid_until is null or valid_until > $1)";

export function processorRecords(sql: Sql): ProcessorRecords {
  return {
    async get(id, at) {
      const [row] = await sql<ProcessorRow>(
        `select ${columns} from processor_version where ${validAt} and processor_id = $2
         order by version desc limit 1`,
        [at, id],
      );
      return row ?? null;
    },
    list: (at) =>
      sql<ProcessorRow>(
        `select distinct on (processor_id) ${columns} from processor_version where ${validAt}
         order by processor_id, version desc`,
        [at],
      ),
    history: (id) =>
      sql<ProcessorRow>(
        `select ${columns} from processor_version where processor_id = $1 order by version desc`,
        [id],
      ),
    async put(id, body, secretsCipher, now) {
      // There may be no row to lock yet.
      await sql("select pg_advisory_xact_lock(hashtextextended('processor ' || $1, 0))", [id]);
      const closed = await sql<{ version: number }>(
        `update processor_version set valid_until = greatest(valid_from, $2)
         where processor_id = $1 and valid_until is null returning version`,
        [id, now],
      );
      const before = closed[0]?.version ?? 0;
      await sql(
        `insert into processor_version (processor_id, version, body, secrets_cipher, valid_from)
         values ($1, $2, $3, $4, $5)`,
        [id, before + 1, JSON.stringify(body), secretsCipher, now],
      );
      return before === 0;
    },
  };
}
