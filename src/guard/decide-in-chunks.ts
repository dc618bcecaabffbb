import type { CampaignDecision, CampaignRequest } from "../domain/contract.gen.ts";
import { stepsOf } from "./campaign-steps.ts";
import { openCustomer } from "./customer-access.ts";
import { type DecidedRecipient, decideRecipients, Tally } from "./decide-recipients.ts";
import { type GatheredCampaign, gatherCampaign, gatherRecipients } from "./gather-facts.ts";
import { decisionTransaction } from "./legal-entity.ts";
import { observe } from "./observe.ts";
import type { CampaignRow } from "./ports/campaign-records.ts";
import { recipientSource } from "./recipient-source.ts";
import { storeMessages } from "./store-messages.ts";
import { appendDecision, openReview } from "./submit-campaign.ts";
import type { World } from "./world.ts";

/** How far the decision has come; kept with the campaign so that a crash resumes after the last stored chunk. */
type Progress = { readonly cursor: string | null; readonly position: number; readonly done: boolean };

type StoredRecipients = CampaignRequest["recipients"] & { readonly progress?: Progress };

/** A chunk that is decided, but not stored. */
type DecidedChunk = {
  readonly from: Progress;
  readonly to: Progress;
  readonly campaign: GatheredCampaign;
  readonly decided: readonly DecidedRecipient[];
};

type DecideJob = { readonly customerId: string; readonly campaignId: string; readonly jobId: string };

/**
 * The job `decide`: a campaign of more than 10,000 recipients, chunk by chunk, each stored in a transaction of its own.
 * While one chunk is stored the next one is decided: the database and this process work at the same time. A chunk is
 * stored only if the campaign stands where the chunk begins, and not at all once it is stopped; whatever changes
 * between decision and hand-off, the permit sees. Messages of a stored chunk go out while later ones are decided.
 */
export async function decideCampaign(
  world: World,
  customerId: string,
  campaignId: string,
  jobId: string,
): Promise<void> {
  const job = { customerId, campaignId, jobId };
  const decide = (after: Progress | null) =>
    observe(world, "decision", (note) => {
      note({ campaignId });
      return decideChunk(world, job, after);
    });
  let ahead = decide(null);
  try {
    for (;;) {
      const chunk = await ahead;
      if (chunk !== null && !chunk.to.done) ahead = decide(chunk.to);
      // Awaited in the next turn or below; until then its failure must not count as nobody's.
      ahead.catch(() => undefined);
      const { stands, decision } = await storeChunk(world, job, chunk);
      if (decision !== null) world.observer?.decided(decision);
      if (stands === null) return;
      // Another worker has got hold of the same job.
      if (chunk === null || !isSame(stands, chunk.to)) ahead = decide(stands);
    }
  } finally {
    await ahead.catch(() => undefined);
  }
}

/** Changes nothing. null: the campaign is gone, stopped or decided. */
async function decideChunk(
  world: World,
  { customerId, campaignId }: DecideJob,
  /** null: where the campaign stands. */
  start: Progress | null,
): Promise<DecidedChunk | null> {
  return decisionTransaction(world, customerId, null, async (tx) => {
    const row = await tx.campaigns.get(customerId, campaignId);
    if (row === null || isOver(row)) return null;
    const from = start ?? progressOf(row);
    const customer = await openCustomer(world, tx, customerId);
    const [step] = stepsOf(customer, row);
    if (step === undefined) throw new Error("a campaign without a step");
    const campaign = await gatherCampaign(world, tx, customerId, step, {
      at: null,
      sendAt: row.sendAt,
      stopped: false,
    });
    const next = await recipientSource(customerId, recipientsOf(row)).next(tx, from.cursor, from.position);
    const gathered = await gatherRecipients(world, tx, campaign, next.chunk.entries);
    const decided = decideRecipients(world, campaign, gathered, next.chunk.references);
    const to = {
      cursor: next.cursor,
      position: from.position + decided.length,
      done: next.cursor === null,
    };
    return { from, to, campaign, decided };
  });
}

type Stored = {
  /** Where the campaign stands now; null: nothing is left to do. */
  readonly stands: Progress | null;
  /** Of all recipients, once the last of them is stored. */
  readonly decision: CampaignDecision | null;
};

async function storeChunk(
  world: World,
  { customerId, campaignId, jobId }: DecideJob,
  chunk: DecidedChunk | null,
): Promise<Stored> {
  return world.store.transaction(customerId, async (tx) => {
    const now = world.clock.now();
    const row = await tx.campaigns.lock(customerId, campaignId);
    if (row === null || isOver(row)) {
      await tx.outbox.done([jobId], now);
      return { stands: null, decision: null };
    }
    const progress = progressOf(row);
    if (chunk === null || !isSame(chunk.from, progress)) return { stands: progress, decision: null };
    const { campaign, decided, to } = chunk;
    await storeMessages(world, tx, { row, campaign, step: 0, decided });
    const tally = new Tally(campaign, "verdict" in row.decision ? (row.decision as CampaignDecision) : null);
    tally.add(decided);
    const decision = tally.decision();
    await tx.campaigns.saveProgress(row.id, { ...recipientsOf(row), progress: to }, decision);
    await openReview(world, tx, row, decision, decided);
    if (!to.done) return { stands: to, decision: null };
    await appendDecision(world, tx, campaign.customer, campaign, row, decision);
    const waits = decision.verdict === "hold" || campaign.facts.sendMoment > campaign.facts.now;
    await tx.campaigns.update(row.id, { status: waits ? "held" : "sending" });
    await tx.campaigns.completeIfDone([row.id], now);
    await tx.outbox.done([jobId], now);
    return { stands: null, decision };
  });
}

function recipientsOf(row: CampaignRow): StoredRecipients {
  return row.recipients;
}

function progressOf(row: CampaignRow): Progress {
  return recipientsOf(row).progress ?? { cursor: null, position: 0, done: false };
}

function isOver(row: CampaignRow): boolean {
  return row.stoppedAt !== null || progressOf(row).done;
}

function isSame(one: Progress, other: Progress): boolean {
  return one.cursor === other.cursor && one.position === other.position;
}
