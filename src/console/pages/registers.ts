import { GuardError } from "../../domain/guard-error.ts";
import { doNotCall } from "../../guard/do-not-call.ts";
import { listProcessors } from "../../guard/processors.ts";
import { readiness } from "../../guard/readiness.ts";
import { ledgerCheckpoint } from "../../guard/serve-ledger.ts";
import { formatVerifierKey } from "../../ledger/note-key.ts";
import { type Handler, pageAsked, type StaffVisit } from "../page.ts";

const warnMs = 30 * 86_400_000;

export const processors: Handler<StaffVisit> = async (visit) => {
  const page = await listProcessors(visit.world, visit.caller, pageAsked(visit, 100));
  const now = visit.world.clock.now().getTime();
  const items = page.items.map((processor) => {
    const left = new Date(processor.contract.validUntil).getTime() - now;
    return { ...processor, contractState: left < 0 ? "expired" : left < warnMs ? "soon" : "inForce" };
  });
  return { view: "processors", data: { items, nextCursor: page.nextCursor, cursor: visit.query("cursor") } };
};

/** One processor through time: each version with what it changed. Secrets are never read. */
export const processor: Handler<StaffVisit> = async (visit) => {
  const id = visit.parameter("id");
  const rows = await visit.world.store.transaction("*", (tx) => tx.processors.history(id));
  if (rows.length === 0) throw new GuardError("not_found", "no such processor");
  const now = visit.world.clock.now().getTime();
  const versions = rows.map(({ version, validFrom, body }, at) => {
    const before = rows[at + 1]?.body;
    const changed =
      before === undefined ? [] : changedTerms.filter((term) => differs(body[term], before[term]));
    return { version, validFrom, body, changed };
  });
  return {
    view: "processor",
    data: { id, versions, left: daysLeft(rows[0]?.body.contract.validUntil, now) },
  };
};

const changedTerms = [
  "name",
  "legalName",
  "country",
  "channel",
  "connector",
  "contract",
  "purposes",
  "fields",
  "subprocessors",
  "transferDossier",
] as const;

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

function daysLeft(until: string | undefined, now: number): number {
  return until === undefined ? 0 : Math.floor((new Date(until).getTime() - now) / 86_400_000);
}

const registerPeriods = [7, 30, 90];

/** Who was handed how much, for what, over time. */
export const registers: Handler<StaffVisit> = async (visit) => {
  const asked = Number(visit.query("days"));
  const days = registerPeriods.includes(asked) ? asked : 30;
  const now = visit.world.clock.now().getTime();
  const lines = await visit.world.store.transaction("*", (tx) =>
    tx.overview.register(new Date(now - days * 86_400_000)),
  );
  const spans = Array.from({ length: days + 1 }, (_, at) =>
    new Date(now + 7 * 3_600_000 - (days - at) * 86_400_000).toISOString().slice(0, 10),
  );
  const processors = [...new Set(lines.map((line) => line.processorId))].map((id) => {
    const own = lines.filter((line) => line.processorId === id);
    const sum = (some: typeof own): number => some.reduce((total, line) => total + line.count, 0);
    return {
      id,
      total: sum(own),
      purposes: [...new Set(own.map((line) => line.purpose))].map((purpose) => ({
        purpose,
        count: sum(own.filter((line) => line.purpose === purpose)),
      })),
      byDay: spans.map((day) => ({ day, count: sum(own.filter((line) => line.day === day)) })),
      lines: own,
    };
  });
  return { view: "registers", data: { days, periods: registerPeriods, processors } };
};

/** What the ledger is at this moment, the key that it is verified by, and how fresh the national list is. */
export const ledger: Handler<StaffVisit> = async (visit) => {
  const { world } = visit;
  const checkpoint = await world.store.transaction("*", (tx) => tx.tree.checkpoint());
  return {
    view: "ledger",
    data: {
      note: await ledgerCheckpoint(world),
      size: Number(checkpoint?.size ?? 0n),
      signedAt: checkpoint?.signedAt ?? null,
      checks: (await readiness(world)).checks,
      verifierKey: formatVerifierKey(world.ledger.signer.verifier),
      list: await doNotCall(world),
    },
  };
};
