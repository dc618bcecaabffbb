import type { CampaignDecision, CampaignRequest } from "../domain/contract.gen.ts";
import { stepsOf } from "./campaign-steps.ts";
import { openCustomer } from "./customer-access.ts";
import { decideRecipients, Tally } from "./decide-recipients.ts";
import { gatherCampaign, gatherRecipients } from "./gather-facts.ts";
import { decisionTransaction } from "./legal-entity.ts";
import { recipientSource } from "./recipient-source.ts";
import { storeMessages } from "./store-messages.ts";
import { appendDecision, openReview } from "./submit-campaign.ts";
import type { World } from "./world.ts";

/** How far the decision has come; kept with the campaign so that a crash resumes after the last chunk. */
type Progress = { readonly cursor: string | null; readonly position: number; readonly done: boolean };

/**
 * The job `decide`: a campaign of more than 10,000 recipients, chunk by chunk, each in a transaction of its own.
 * Messages of a decided chunk go out while later ones are still decided; a stop ends it between two chunks.
 */
export async function decideCampaign(
  world: World,
  customerId: string,
  campaignId: string,
  jobId: string,
): Promise<void> {
  for (;;) {
    const more = await decideChunk(world, customerId, campaignId, jobId);
    if (!more) return;
  }
}

async function decideChunk(
  world: World,
  customerId: string,
  campaignId: string,
  jobId: string,
): Promise<boolean> {
  return decisionTransaction(world, customerId, null, async (tx) => {
    const now = world.clock.now();
    const row = await tx.campaigns.lock(customerId, campaignId);
    const recipients = row?.recipients as
      | (CampaignRequest["recipients"] & { progress?: Progress })
      | undefined;
    const progress = recipients?.progress ?? { cursor: null, position: 0, done: false };
    if (row === null || recipients === undefined || row.stoppedAt !== null || progress.done) {
      await tx.outbox.done([jobId], now);
      return false;
    }
    const customer = await openCustomer(world, tx, customerId);
    const [step] = stepsOf(customer, row);
    if (step === undefined) throw new Error("a campaign without a step");
    const campaign = await gatherCampaign(world, tx, customerId, step, {
      at: null,
      sendAt: row.sendAt,
      stopped: false,
    });
    const next = await recipientSource(customerId, recipients).next(tx, progress.cursor, progress.position);
    const gathered = await gatherRecipients(world, tx, campaign, next.chunk.entries);
    const decided = decideRecipients(world, campaign, gathered, next.chunk.references);
    await storeMessages(world, tx, { row, campaign, step: 0, decided });

    const tally = new Tally(campaign, "verdict" in row.decision ? (row.decision as CampaignDecision) : null);
    tally.add(decided);
    const decision = tally.decision();
    const done = next.cursor === null;
    await tx.campaigns.saveProgress(
      row.id,
      {
        ...recipients,
        progress: { cursor: next.cursor, position: progress.position + decided.length, done },
      },
      decision,
    );
    await openReview(world, tx, row, decision, decided);
    if (done) {
      await appendDecision(world, tx, customer, campaign, row, decision);
      await tx.campaigns.update(row.id, { status: decision.verdict === "hold" ? "held" : "sending" });
      await tx.campaigns.completeIfDone([row.id], now);
      await tx.outbox.done([jobId], now);
    }
    return !done;
  });
}
