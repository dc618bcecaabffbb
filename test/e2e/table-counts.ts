import { query, type TestService } from "../support/test-service.ts";

const counted = [
  "customer",
  "api_key",
  "policy_acceptance",
  "processor_version",
  "do_not_call_snapshot",
  "subscriber",
  "declaration",
  "permission",
  "evidence_file",
  "refusal",
  "withdrawal",
  "import",
  "campaign",
  "message",
  "intent",
  "outbox",
  "review",
  "page_approval",
  "ledger_record",
] as const;

/** Rows of every table that an act of a caller writes to. */
export async function tableCounts(service: TestService): Promise<Readonly<Record<string, number>>> {
  return query(service.databaseUrl, async (client) => {
    const sql = counted.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(", ");
    const rows = await client.query<Record<string, number>>(`select ${sql}`);
    return rows.rows[0] ?? {};
  });
}
