import { overview, workState } from "../../guard/overview.ts";
import type { Handler, StaffVisit } from "../page.ts";

const periods = [1, 7, 30];

export const overviewPage: Handler<StaffVisit> = async (visit) => {
  const asked = Number(visit.query("days"));
  const days = periods.includes(asked) ? asked : 7;
  const seen = await overview(visit.world, days);
  const state = await workState(visit.world);
  const total = (counts: readonly { readonly count: number }[]): number =>
    counts.reduce((sum, row) => sum + row.count, 0);
  return {
    view: "overview",
    data: {
      ...seen,
      state,
      periods,
      verdicts: ["allow", "hold", "review", "deny"].map((verdict) => ({
        verdict,
        count: total(seen.decisions.filter((row) => row.verdict === verdict)),
      })),
      reasons: byReason(seen.decisions),
      processors: byProcessor(seen.handOffs),
      decided: total(seen.decisions),
      handedOff: total(seen.handOffs),
      byDay: everyDay(seen.handOffsByDay, visit.world.clock.now(), days),
    },
  };
};

export const statePage: Handler<StaffVisit> = async (visit) => ({
  view: "state",
  data: { state: await workState(visit.world) },
});

type Reasoned = { readonly code: string | null; readonly verdict: string; readonly count: number };

function byReason(decisions: readonly Reasoned[]): readonly Reasoned[] {
  return decisions.filter((row) => row.code !== null).sort((a, b) => b.count - a.count);
}

function byProcessor(
  handOffs: readonly { readonly processorId: string; readonly state: string; readonly count: number }[],
): readonly { readonly processorId: string; readonly total: number; readonly states: typeof handOffs }[] {
  return [...new Set(handOffs.map((row) => row.processorId))].map((processorId) => {
    const states = handOffs.filter((row) => row.processorId === processorId);
    return { processorId, states, total: states.reduce((sum, row) => sum + row.count, 0) };
  });
}

/** Days in Viet Nam (UTC+7, no summer time), those without hand-offs too. */
function everyDay(
  counted: readonly { readonly day: string; readonly count: number }[],
  now: Date,
  days: number,
): readonly { readonly day: string; readonly count: number }[] {
  const counts = new Map(counted.map((row) => [row.day, row.count]));
  return Array.from({ length: days + 1 }, (_, at) => {
    const day = new Date(now.getTime() + 7 * 3_600_000 - (days - at) * 86_400_000).toISOString().slice(0, 10);
    return { day, count: counts.get(day) ?? 0 };
  });
}
