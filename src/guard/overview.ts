import type { OverviewRecords } from "./ports/overview-records.ts";
import { readiness } from "./readiness.ts";
import type { World } from "./world.ts";

type Answer<Question extends keyof OverviewRecords> = Awaited<ReturnType<OverviewRecords[Question]>>;

export type WorkState = {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, unknown>>;
  readonly outbox: Answer<"outbox">;
  readonly openReviews: number;
  /** Jobs by name; null: the queue cannot be asked. */
  readonly jobs: Readonly<Record<string, number>> | null;
};

export type Overview = {
  readonly days: number;
  readonly decisions: Answer<"decisions">;
  readonly handOffs: Answer<"handOffs">;
  readonly handOffsByDay: Answer<"handOffsByDay">;
  readonly withdrawals: Answer<"withdrawals">;
};

/** What was decided, handed over and withdrawn in the last days. */
export async function overview(world: World, days: number): Promise<Overview> {
  const since = new Date(world.clock.now().getTime() - days * 86_400_000);
  return world.store.transaction("*", async (tx) => ({
    days,
    decisions: await tx.overview.decisions(since),
    handOffs: await tx.overview.handOffs(since),
    handOffsByDay: await tx.overview.handOffsByDay(since),
    withdrawals: await tx.overview.withdrawals(since),
  }));
}

/** What waits at this moment. */
export async function workState(world: World): Promise<WorkState> {
  const { ready, checks } = await readiness(world);
  const jobs = await world.queue.depth().catch(() => null);
  const waiting = await world.store.transaction("*", async (tx) => ({
    outbox: await tx.overview.outbox(world.clock.now()),
    openReviews: await tx.overview.openReviews(),
  }));
  return { ready, checks, jobs, ...waiting };
}
