import type { KeyRecords } from "../guard/ports/key-records.ts";
import type { Sql } from "./sql.ts";

export function keyRecords(sql: Sql): KeyRecords {
  return {
    secrets: () => sql("select name, cipher from platform_secret order by name for update"),
    async putSecret(name, cipher) {
      await sql(
        `insert into platform_secret (name, cipher) values ($1, $2)
         on conflict (name) do update set cipher = excluded.cipher`,
        [name, cipher],
      );
    },
    customerKeys: (limit, after) =>
      sql(
        `select id, key_wrapped as "keyWrapped" from customer where $2::uuid is null or id > $2 order by id limit $1`,
        [limit, after],
      ),
    async setCustomerKey(id, keyWrapped) {
      await sql("update customer set key_wrapped = $2 where id = $1", [id, keyWrapped]);
    },
    processorSecrets: () =>
      sql(
        `select processor_id as id, version, secrets_cipher as cipher from processor_version
         where secrets_cipher is not null order by processor_id, version`,
      ),
    async setProcessorSecrets(id, version, cipher) {
      await sql("update processor_version set secrets_cipher = $3 where processor_id = $1 and version = $2", [
        id,
        version,
        cipher,
      ]);
    },
    tokens: () =>
      sql(
        'select processor_id as "processorId", cipher from processor_token order by processor_id for update',
      ),
    async setToken(processorId, cipher) {
      await sql("update processor_token set cipher = $2 where processor_id = $1", [processorId, cipher]);
    },
  };
}
