import type { OpenCustomer } from "./customer-access.ts";
import type { DecidedRecipient } from "./decide-recipients.ts";
import type { GatheredCampaign, GatheredRecipient } from "./gather-facts.ts";
import type { CampaignRow, MessageRow, MessageState } from "./ports/campaign-records.ts";
import type { OutboxRow } from "./ports/hand-off-records.ts";
import type { Tx } from "./ports/store.ts";
import { refusedMessages } from "./refused-messages.ts";
import type { PlaceholderValues } from "./render.ts";
import { tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

/** Recipients of one job: big enough to share a commit, small enough to be over soon (bench/hand-off). */
export const batchSize = 100;

/** A hold without a known end is looked at again after this. */
const unknownHoldMs = 15 * 60_000;

export const dataContext = "message.data";

/**
 * Stores one message a recipient, whatever was decided, and puts what may go (now or later) into batches with an
 * outbox row each. Holds that end at the same minute share batches.
 */
export async function storeMessages(
  world: World,
  tx: Tx,
  input: {
    readonly row: CampaignRow;
    readonly campaign: GatheredCampaign;
    /** 0: the campaign's own channel; n: its n-th fallback. */
    readonly step: number;
    readonly decided: readonly DecidedRecipient[];
  },
): Promise<void> {
  const { row, campaign } = input;
  const now = world.clock.now();
  const batches = new Batches(world, row, campaign.step.processorId, now);
  const sendAt = row.sendAt !== null && row.sendAt.getTime() > now.getTime() ? row.sendAt : null;
  const rows = input.decided.map(({ position, correlationId, recipient, decision }): MessageRow => {
    const id = world.entropy.id(now);
    const dueAt =
      decision.verdict === "hold"
        ? (decision.notBefore ?? new Date(now.getTime() + unknownHoldMs))
        : decision.verdict === "allow"
          ? (sendAt ?? now)
          : null;
    const held = dueAt !== null && dueAt.getTime() > now.getTime();
    const state: MessageState =
      decision.verdict === "deny"
        ? "refused"
        : decision.verdict === "review"
          ? "review"
          : held
            ? "held"
            : "waiting";
    return {
      id,
      customerId: row.customerId,
      campaignId: row.id,
      position,
      subscriberId: recipient.subscriber?.id ?? null,
      correlationId,
      phoneMasked: recipient.phoneMasked,
      channel: campaign.step.channel,
      processorId: campaign.step.processorId,
      step: input.step,
      verdict: decision.verdict,
      code: decision.code,
      rule: decision.rule,
      decidedBy: decision.decidedBy,
      canBeOverruled: decision.canBeOverruled,
      notBefore: held ? dueAt : null,
      state,
      receipt: null,
      approvedEpoch: recipient.permission?.epoch ?? 0,
      batchId: dueAt === null ? null : batches.of(dueAt),
      dataCipher: decision.verdict === "deny" ? null : sealGiven(campaign, recipient),
      attempts: 0,
    };
  });
  await tx.campaigns.addMessages(rows);
  await tx.outbox.add(batches.rows, now);
  const refused = rows.filter((message) => message.state === "refused");
  await tellEvents(world, tx, row.customerId, refusedMessages(row.id, refused));
}

/** Data given for a recipient, sealed under the recipient's own key so that erasing the person erases it too. */
function sealGiven(campaign: GatheredCampaign, recipient: GatheredRecipient): Buffer | null {
  const salt = recipient.subscriber?.salt;
  if (salt === undefined || salt === null || Object.keys(recipient.given).length === 0) return null;
  return campaign.customer.vault
    .subscriber(salt)
    .seal(Buffer.from(JSON.stringify(recipient.given)), dataContext);
}

export function openGiven(
  customer: OpenCustomer,
  salt: Buffer | null,
  cipher: Buffer | null,
): PlaceholderValues {
  if (salt === null || cipher === null) return {};
  return JSON.parse(
    customer.vault.subscriber(salt).open(cipher, dataContext).toString("utf8"),
  ) as PlaceholderValues;
}

/** Gives out batch ids by due time and keeps the outbox rows that announce them. */
export class Batches {
  readonly rows: OutboxRow[] = [];
  private readonly open = new Map<number, { readonly id: string; count: number }>();
  private readonly world: World;
  private readonly campaign: Pick<CampaignRow, "id" | "customerId">;
  private readonly lane: string;
  private readonly now: Date;

  constructor(world: World, campaign: Pick<CampaignRow, "id" | "customerId">, lane: string, now: Date) {
    this.world = world;
    this.campaign = campaign;
    this.lane = lane;
    this.now = now;
  }

  of(dueAt: Date): string {
    const due = Math.max(dueAt.getTime(), this.now.getTime());
    const current = this.open.get(due);
    if (current !== undefined && current.count < batchSize) {
      current.count++;
      return current.id;
    }
    const id = this.world.entropy.id(this.now);
    this.open.set(due, { id, count: 1 });
    this.rows.push({
      id,
      customerId: this.campaign.customerId,
      name: "deliver",
      data: { batchId: id, customerId: this.campaign.customerId },
      lane: this.lane,
      dueAt: new Date(due),
    });
    return id;
  }
}
