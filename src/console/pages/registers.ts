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
