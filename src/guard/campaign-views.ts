import type {
  CampaignDecision,
  CampaignRecipientView,
  CampaignView,
  DeliveryState,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { customerOf } from "./customer-access.ts";
import type { Caller, Page, PageRequest } from "./guard.ts";
import { foreignCursor } from "./page-cursor.ts";
import type { CampaignRow, MessageFilter, MessageRow, MessageState } from "./ports/campaign-records.ts";
import type { Tx } from "./ports/store.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

export async function getCampaign(world: World, caller: Caller, campaignId: string): Promise<CampaignView> {
  const customerId = customerOf(caller);
  return world.store.transaction(customerId, async (tx) =>
    campaignView(tx, await requireCampaign(tx, customerId, campaignId)),
  );
}

export async function requireCampaign(tx: Tx, customerId: string, campaignId: string): Promise<CampaignRow> {
  requireUuid(campaignId);
  const row = await tx.campaigns.get(customerId, campaignId);
  if (row === null) throw new GuardError("not_found", "no such campaign");
  return row;
}

async function campaignView(tx: Tx, row: CampaignRow): Promise<CampaignView> {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    purpose: row.purpose,
    processor: row.processorId,
    createdAt: row.createdAt.toISOString(),
    ...(row.sendAt === null ? {} : { sendAt: row.sendAt.toISOString() }),
    // A campaign that waits for a person is held, as the contract's words go.
    status: row.status === "review" ? "held" : row.status,
    decision: "verdict" in row.decision ? (row.decision as CampaignDecision) : null,
    delivery: await tx.campaigns.delivery(row.id),
  };
}

/** Keyset pages in the order of the recipients. */
export async function campaignRecipients(
  world: World,
  caller: Caller,
  campaignId: string,
  filter: MessageFilter,
  page: PageRequest,
): Promise<Page<CampaignRecipientView>> {
  const customerId = customerOf(caller);
  return world.store.transaction(customerId, async (tx) => {
    const row = await requireCampaign(tx, customerId, campaignId);
    const after = page.cursor === null ? null : readCursor(page.cursor);
    const rows = await tx.campaigns.recipients(row.id, filter, after, page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    return {
      items: shown.map((message) => recipientRow(world, message)),
      nextCursor:
        rows.length > page.limit && last !== undefined
          ? Buffer.from(`${last.position}.${last.step}`).toString("base64url")
          : null,
    };
  });
}

function readCursor(cursor: string): { readonly position: number; readonly step: number } {
  const match = /^(\d{1,9})\.(\d{1,3})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (match === null) {
    throw foreignCursor();
  }
  return { position: Number(match[1]), step: Number(match[2]) };
}

function recipientRow(world: World, message: MessageRow): CampaignRecipientView {
  const rule = world.engine.rules.find((candidate) => candidate.id === message.rule);
  return {
    index: message.position,
    ...(message.correlationId === null ? {} : { correlationId: message.correlationId }),
    phone: message.phoneMasked,
    verdict: message.verdict,
    code: message.code,
    rule: message.rule,
    decidedBy: message.decidedBy,
    canBeOverruled: message.canBeOverruled,
    ...(message.notBefore === null ? {} : { notBefore: message.notBefore.toISOString() }),
    remedy: [],
    citation: rule?.citation ?? null,
    delivery: deliveryState(message.state, message.receipt),
  };
}

export function deliveryState(
  state: MessageState,
  receipt: "delivered" | "failed" | null,
): DeliveryState | null {
  switch (state) {
    case "refused":
    case "review":
      return null;
    case "held":
    case "waiting":
    case "open":
      return "queued";
    case "handed_off":
      return receipt ?? "handedOff";
    case "failed":
      return "failed";
    case "suppressed":
    case "cancelled":
      return "suppressed";
    case "unknown":
      return "unknown";
  }
}

const cancelWithinMs = 10_000;

/**
 * The stop flag, then a wait until no intent of the campaign is open: after the answer no hand-off can follow.
 * Work that is not done when the time is over goes on by itself; the caller is told to ask again.
 */
export async function cancelCampaign(
  world: World,
  caller: Caller,
  campaignId: string,
): Promise<CampaignView> {
  const customerId = customerOf(caller);
  await world.store.transaction(customerId, async (tx) => {
    const row = await requireCampaign(tx, customerId, campaignId);
    if (row.status === "completed" || row.status === "cancelled") return;
    await tx.campaigns.stop(customerId, row.id, world.clock.now());
  });
  const started = world.clock.elapsedMs();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const done = await world.store.transaction(customerId, async (tx) => {
      const row = await requireCampaign(tx, customerId, campaignId);
      if (row.status === "completed" || row.status === "cancelled") return campaignView(tx, row);
      if (await tx.handOffs.anyOpenOfCampaign(row.id)) return null;
      await tx.campaigns.cancelMessages(row.id);
      // A permit may have been given between the two statements; the next round sees its intent.
      if (await tx.handOffs.anyOpenOfCampaign(row.id)) return null;
      await tx.campaigns.update(row.id, { status: "cancelled", completedAt: world.clock.now() });
      return campaignView(tx, { ...row, status: "cancelled" });
    });
    if (done !== null) return done;
    if (world.clock.elapsedMs() - started > cancelWithinMs) {
      throw new GuardError("ledger_unavailable", "hand-offs of the campaign are still open", {
        retryAfterS: 2,
      });
    }
    await world.clock.sleep(pauseMs);
  }
}
