import type { CampaignPreview, CampaignRequest, RecipientDecision } from "../domain/contract.gen.ts";
import { customerOf } from "./customer-access.ts";
import { decideRecipients, recipientView, Tally } from "./decide-recipients.ts";
import { gatherCampaign, gatherRecipients, type Step } from "./gather-facts.ts";
import type { Caller } from "./guard.ts";
import { decisionTransaction } from "./legal-entity.ts";
import { recipientSource, requireImport } from "./recipient-source.ts";
import { channelContent } from "./render.ts";
import type { World } from "./world.ts";

const shownMax = 1_000;

/** `POST /v1/campaigns/preview`: the whole decision without any effect, for now or for another moment. */
export async function previewCampaign(
  world: World,
  caller: Caller,
  input: CampaignRequest,
  options: { readonly at: Date | null; readonly explain: boolean },
): Promise<CampaignPreview> {
  const customerId = customerOf(caller);
  return decisionTransaction(world, customerId, input.purpose, async (tx) => {
    await requireImport(tx, customerId, input.recipients.importId);
    const campaign = await gatherCampaign(world, tx, customerId, stepOf(input), {
      at: options.at,
      sendAt: input.sendAt === undefined ? null : new Date(input.sendAt),
      stopped: false,
    });
    const prepared = options.explain ? world.engine.prepare(campaign.facts) : null;
    const tally = new Tally(campaign);
    const shown: RecipientDecision[] = [];
    const source = recipientSource(customerId, input.recipients);
    let cursor: string | null = null;
    do {
      const next = await source.next(tx, cursor, tally.total);
      const recipients = await gatherRecipients(world, tx, campaign, next.chunk.entries);
      const decided = decideRecipients(world, campaign, recipients, next.chunk.references);
      tally.add(decided);
      for (const item of decided.slice(0, shownMax - shown.length)) {
        shown.push(recipientView(item, prepared?.explain(item.recipient.facts)));
      }
      cursor = next.cursor;
    } while (cursor !== null);
    return {
      ...tally.decision(),
      recipients: shown,
    };
  });
}

export function stepOf(input: CampaignRequest): Step {
  return {
    channel: input.channel,
    purpose: input.purpose,
    processorId: input.processor,
    sender: input.sender,
    content: channelContent(input.channel, input.content),
  };
}
