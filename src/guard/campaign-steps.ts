import type { CampaignContent, FallbackStep } from "../domain/contract.gen.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { Step } from "./gather-facts.ts";
import type { CampaignRow } from "./ports/campaign-records.ts";
import { channelContent } from "./render.ts";

type Body = { readonly content: CampaignContent; readonly fallback: readonly FallbackStep[] };

/** The ways of sending a stored campaign, in order: its own channel, then its fallbacks. */
export function stepsOf(customer: OpenCustomer, row: CampaignRow): readonly Step[] {
  const body = JSON.parse(customer.vault.open(row.bodyCipher, "campaign.body").toString("utf8")) as Body;
  const own: Step = {
    channel: row.channel,
    purpose: row.purpose,
    processorId: row.processorId,
    sender: row.sender,
    content: channelContent(row.channel, body.content),
  };
  return [
    own,
    ...body.fallback.map(
      (step): Step => ({
        channel: step.channel,
        purpose: row.purpose,
        processorId: step.processor,
        sender: step.sender,
        content: channelContent(step.channel, step.content),
      }),
    ),
  ];
}
