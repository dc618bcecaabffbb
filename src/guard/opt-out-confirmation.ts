import { covers } from "./add-grants.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { decideRecipients, Tally } from "./decide-recipients.ts";
import { type GatheredRecipient, gatherCampaign, gatherRecipients, type Step } from "./gather-facts.ts";
import { latest } from "./latest.ts";
import type { CampaignRow } from "./ports/campaign-records.ts";
import type { Tx } from "./ports/store.ts";
import type { RefusalRow, SubscriberRow } from "./ports/subscriber-records.ts";
import { storeMessages } from "./store-messages.ts";
import { appendDecision } from "./submit-campaign.ts";
import type { World } from "./world.ts";

/** The way on which the refused advertising came, and on which the word of the person came back. */
export type ConfirmationRoute = {
  readonly processorId: string;
  readonly sender: string;
  readonly mode: CampaignRow["mode"];
};

const channel = "sms";
const purpose = "customer_care";

/**
 * Whether this person has refused advertising by SMS already: then a further word of theirs is none to confirm.
 * The subscriber's row must be locked, so that of two words at once one finds the other.
 */
export async function hasRefusedAdvertising(tx: Tx, subscriberId: string): Promise<boolean> {
  const refusals = await tx.subscribers.refusals([subscriberId], latest);
  return refusals.some((refusal) => covers(refusal, channel, "advertising"));
}

/**
 * The one message that confirms a refusal of advertising (Decree 91/2020/ND-CP Art. 16): that the request was
 * received, when, and from when on nothing is sent; no advertising; once. It is committed with the refusal itself,
 * as a campaign of one message: decided by the engine, recorded, queued and permitted as any other.
 */
export async function confirmOptOut(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  subscriber: SubscriberRow,
  refusal: Pick<RefusalRow, "id" | "purposes" | "receivedAt" | "recordedAt">,
  route: ConfirmationRoute,
): Promise<void> {
  const customerId = customer.row.id;
  const text = confirmationText(route.sender, refusal);
  const step: Step = {
    channel,
    purpose,
    processorId: route.processorId,
    sender: route.sender,
    content: { channel, content: { text } },
  };
  const campaign = await gatherCampaign(world, tx, customerId, step, {
    at: null,
    sendAt: null,
    stopped: false,
  });
  const now = world.clock.now();
  const row: CampaignRow = {
    id: world.entropy.id(now),
    customerId,
    name: "Xac nhan tu choi quang cao",
    channel,
    purpose,
    processorId: route.processorId,
    sender: route.sender,
    bodyCipher: customer.vault.seal(
      Buffer.from(JSON.stringify({ content: { text }, fallback: [] })),
      "campaign.body",
    ),
    recipients: { confirmationOf: refusal.id },
    mode: route.mode,
    status: "sending",
    sendAt: null,
    policyDigest: world.policyDigest,
    decision: {},
    createdAt: now,
    stoppedAt: null,
  };
  const gathered = await gatherRecipients(world, tx, campaign, [{ subscriber }]);
  const recipients = await asConfirmation(tx, row, gathered);
  const decided = decideRecipients(world, campaign, recipients, [{ position: 0, correlationId: null }]);
  const tally = new Tally(campaign);
  tally.add(decided);
  const decision = tally.decision();
  await appendDecision(world, tx, customer, campaign, row, decision);
  const goes = decision.counts.allow + decision.counts.hold > 0;
  await tx.campaigns.insert({ ...row, status: goes ? "sending" : "completed", decision });
  await storeMessages(world, tx, { row, campaign, step: 0, decided });
  if (goes) return;
  world.log.warn(
    { customer: customerId, campaign: row.id, reasons: decision.reasons.map((reason) => reason.code) },
    "a refusal cannot be confirmed to the person who refused (Decree 91/2020 Art. 16)",
  );
}

/**
 * Recipients of a confirmation as the engine is to see them; those of any other campaign unchanged. Its basis is
 * the law's own order. The refusal that it answers does not stop it, nor does the same word said twice; whatever
 * else the person, the customer or a provider has refused still does.
 */
export async function asConfirmation(
  tx: Tx,
  row: CampaignRow,
  recipients: readonly GatheredRecipient[],
): Promise<readonly GatheredRecipient[]> {
  const answered = refusalConfirmedBy(row);
  if (answered === null) return recipients;
  const ids = recipients.flatMap((recipient) => recipient.subscriber?.id ?? []);
  const refusals = await tx.subscribers.refusals(ids, latest);
  const said = refusals.find((refusal) => refusal.id === answered);
  return recipients.map((recipient) => ({
    ...recipient,
    permission: null,
    facts: {
      ...recipient.facts,
      refusals: refusals.filter(
        (refusal) =>
          refusal.subscriberId === recipient.subscriber?.id &&
          refusal.id !== answered &&
          !(refusal.by === "subject" && refusal.source === said?.source),
      ),
      permissions: [
        ...recipient.facts.permissions.filter((one) => one.channel !== channel || one.purpose !== purpose),
        {
          channel,
          purpose,
          state: "granted",
          basis: "legal_obligation",
          method: null,
          collectedAt: null,
          epoch: 0,
          evidenceCount: 1,
          hasNotice: true,
          contentClass: null,
          frequency: null,
        },
      ],
    },
  }));
}

/** The refusal that a campaign of this kind confirms; null for every other campaign. */
export function refusalConfirmedBy(row: Pick<CampaignRow, "recipients">): string | null {
  const id: unknown = "confirmationOf" in row.recipients ? row.recipients.confirmationOf : null;
  return typeof id === "string" ? id : null;
}

/** Without marks, so that it is one part on every network. */
function confirmationText(
  sender: string,
  refusal: Pick<RefusalRow, "purposes" | "receivedAt" | "recordedAt">,
): string {
  const what = refusal.purposes === null ? "tin nhan" : "quang cao";
  const received = vietnamTime(refusal.receivedAt);
  return `${sender}: Da nhan yeu cau tu choi ${what} cua Quy khach luc ${received}. Ngung gui tu ${vietnamTime(refusal.recordedAt)}.`;
}

/** As people in Viet Nam write it; the country has one zone and no summer time. */
function vietnamTime(moment: Date): string {
  const local = new Date(moment.getTime() + 7 * 3_600_000).toISOString();
  const [year, month, day] = local.slice(0, 10).split("-");
  return `${local.slice(11, 19)} ${day}/${month}/${year}`;
}
