import { query } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import type { ProviderRecord } from "./provider-record.ts";

/** What a slice remembers of its own: none of it is the service's word. */
export type SliceRecord = {
  readonly provider: ProviderRecord;
  /** Calls that reached the provider, by our id on the wire (eSMS; Viber's wire has none). */
  readonly callsByKey: Map<string, number>;
  readonly phones: { readonly campaignId: string; readonly phones: readonly string[] }[];
  /** Numbers for which a withdrawal was asked for, whatever came of it. */
  readonly tried: Set<string>;
  readonly acknowledged: { readonly phone: string; readonly atMs: number; readonly tookMs: number }[];
};

/** What must be empty. */
export type Violations = {
  readonly callsAfterWithdrawal: readonly string[];
  readonly callsWithoutIntent: readonly string[];
  readonly intentsWithoutOneOutcome: number;
  readonly openAfter60Seconds: number;
  readonly effectsTwice: readonly string[];
  readonly lost: readonly string[];
};

export type FaultFigures = {
  readonly seed: number;
  seconds: number;
  withdrawals: number;
  /** Answered 202: no promise yet. */
  pending: number;
  readonly faults: Record<string, number>;
  calls: number;
  handOffs: number;
  withdrawalMsP50: number;
  withdrawalMsP99: number;
  messages: Record<string, number>;
  violations: Violations;
};

export const noViolations: Violations = {
  callsAfterWithdrawal: [],
  callsWithoutIntent: [],
  intentsWithoutOneOutcome: 0,
  openAfter60Seconds: 0,
  effectsTwice: [],
  lost: [],
};

export function emptyFigures(seed: number): FaultFigures {
  return {
    seed,
    seconds: 0,
    withdrawals: 0,
    pending: 0,
    faults: {},
    calls: 0,
    handOffs: 0,
    withdrawalMsP50: 0,
    withdrawalMsP99: 0,
    messages: {},
    violations: noViolations,
  };
}

type Row = { readonly campaign: string; readonly position: number; readonly state: string };

/** Waits for what is under way, at most a minute, and compares the provider's record with the service's. */
export async function judgeSlice(
  databaseUrl: string,
  record: SliceRecord,
  figures: FaultFigures,
): Promise<FaultFigures> {
  const ask = <T extends object>(sql: string): Promise<readonly T[]> =>
    query(databaseUrl, async (client) => (await client.query<T>(sql)).rows);
  const number = async (sql: string): Promise<number> =>
    (await ask<{ count: number }>(`select (${sql})::int as count`))[0]?.count ?? -1;
  const open = (): Promise<number> => number("select count(*) from intent where state = 'open'");
  await until("no hand-off is open", async () => (await open()) === 0, 60_000).catch(() => undefined);
  const openAfter60Seconds = await open();
  // What waits for its turn was lost by nobody; a minute lets most of it go.
  const waiting = () => number("select count(*) from message where state in ('waiting', 'open')");
  await until("nothing waits", async () => (await waiting()) === 0, 60_000).catch(() => undefined);
  await until("no hand-off is open", async () => (await open()) === 0, 20_000).catch(() => undefined);

  const intentsOf = new Map(
    (
      await ask<{ key: string; count: number }>(
        "select provider_key as key, count(*)::int as count from intent group by provider_key",
      )
    ).map((row) => [row.key, row.count]),
  );
  const intents = await number("select count(*) from intent where state <> 'open'");
  const handOffs = await number("select count(*) from ledger_record where kind = 'hand_off'");
  const outcomes = await number("select count(*) from ledger_record where kind = 'outcome'");
  const rows = await ask<Row>("select campaign_id as campaign, position, state from message");
  const phoneAt = new Map(record.phones.map(({ campaignId, phones }) => [campaignId, phones]));
  const phones = record.phones.flatMap((one) => one.phones);
  const final = new Set(["handed_off", "unknown", "held", "waiting"]);
  const found = rows.flatMap((row) => {
    const phone = phoneAt.get(row.campaign)?.[row.position];
    return phone === undefined ? [] : [{ phone, state: row.state }];
  });
  const lost = found.filter(({ phone, state }) => !record.tried.has(phone) && !final.has(state));
  for (const { state } of found) figures.messages[state] = (figures.messages[state] ?? 0) + 1;
  const took = record.acknowledged.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const share = (of: number): number => Math.round(took[Math.floor(took.length * of)] ?? 0);
  return {
    ...figures,
    withdrawals: record.acknowledged.length,
    calls: phones.reduce((sum, phone) => sum + record.provider.callsAfter(phone, 0), 0),
    handOffs,
    withdrawalMsP50: share(0.5),
    withdrawalMsP99: share(0.99),
    violations: {
      callsAfterWithdrawal: record.acknowledged
        .filter(({ phone, atMs }) => record.provider.callsAfter(phone, atMs) > 0)
        .map(({ phone }) => phone),
      callsWithoutIntent: [...record.callsByKey]
        .filter(([key, n]) => n > (intentsOf.get(key) ?? 0))
        .map(([key]) => key),
      intentsWithoutOneOutcome: Math.abs(handOffs - outcomes) + Math.abs(intents - handOffs),
      openAfter60Seconds,
      effectsTwice: phones.filter((phone) => record.provider.effects(phone) > 1),
      lost: [
        ...lost.map(({ phone }) => phone),
        ...(found.length === phones.length ? [] : ["rows are missing"]),
      ],
    },
  };
}
