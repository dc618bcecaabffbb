import type { CampaignCreated, CampaignDecision, CampaignRequest } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { appendRecords } from "./append-record.ts";
import { customerOf, type OpenCustomer, requireActive } from "./customer-access.ts";
import { type DecidedRecipient, decideRecipients, Tally } from "./decide-recipients.ts";
import { type GatheredCampaign, gatherCampaign, gatherRecipients } from "./gather-facts.ts";
import type { Caller } from "./guard.ts";
import { decisionTransaction } from "./legal-entity.ts";
import { observe } from "./observe.ts";
import type { CampaignRow, CampaignStatus } from "./ports/campaign-records.ts";
import type { Tx } from "./ports/store.ts";
import { stepOf } from "./preview-campaign.ts";
import { type Chunk, recipientSource, requireImport } from "./recipient-source.ts";
import { storeMessages } from "./store-messages.ts";
import { tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

const decidedAtOnceMax = 10_000;

type Submitted =
  | { readonly kind: "created"; readonly created: CampaignCreated }
  | { readonly kind: "denied"; readonly decision: CampaignDecision }
  | { readonly kind: "review"; readonly decision: CampaignDecision; readonly reviewId: string };

/**
 * `POST /v1/campaigns`: decision, messages, ledger leaf and outbox in one transaction. Up to 10,000 recipients are
 * decided before the answer; more are decided by a worker in chunks.
 */
export async function submitCampaign(
  world: World,
  caller: Caller,
  input: CampaignRequest,
): Promise<CampaignCreated> {
  const customerId = customerOf(caller);
  const submitted = await observe(world, "decision", async (note) => {
    const result = await decisionTransaction(world, customerId, input.purpose, (tx) =>
      submit(world, tx, caller, customerId, input),
    );
    if (result.kind === "created") note({ campaignId: result.created.id });
    return result;
  });
  const decision = submitted.kind === "created" ? submitted.created.decision : submitted.decision;
  if (decision !== null) world.observer?.decided(decision);
  switch (submitted.kind) {
    case "created":
      return submitted.created;
    case "denied": {
      const { reasons, findings } = submitted.decision;
      throw new GuardError("campaign_denied", "no recipient may get this campaign", {
        extensions: { reasons, findings },
      });
    }
    case "review": {
      const { reasons, findings } = submitted.decision;
      throw new GuardError("review_needed", "a person must look at this campaign", {
        extensions: { reasons, findings, reviewId: submitted.reviewId },
      });
    }
  }
}

async function submit(
  world: World,
  tx: Tx,
  caller: Caller,
  customerId: string,
  input: CampaignRequest,
): Promise<Submitted> {
  const customer = await requireActive(world, tx, customerId);
  await requireImport(tx, customerId, input.recipients.importId);
  const sendAt = input.sendAt === undefined ? null : new Date(input.sendAt);
  const campaign = await gatherCampaign(world, tx, customerId, stepOf(input), {
    at: null,
    sendAt,
    stopped: false,
  });
  const chunks = await firstChunks(tx, customerId, input);
  const row = campaignRow(world, caller, customer, input, sendAt);
  if (chunks === null) return decideLater(world, tx, row);

  const tally = new Tally(campaign);
  const decided: DecidedRecipient[] = [];
  for (const chunk of chunks) {
    const recipients = await gatherRecipients(world, tx, campaign, chunk.entries);
    decided.push(...decideRecipients(world, campaign, recipients, chunk.references));
  }
  tally.add(decided);
  const decision = tally.decision();
  await appendDecision(world, tx, customer, campaign, row, decision);
  if (decision.verdict === "deny") return { kind: "denied", decision };

  const status: CampaignStatus =
    decision.verdict === "review"
      ? "review"
      : decision.verdict === "hold" || campaign.facts.sendMoment > campaign.facts.now
        ? "held"
        : "sending";
  await tx.campaigns.insert({ ...row, status, decision });
  await storeMessages(world, tx, { row, campaign, step: 0, decided });
  const reviewId = await openReview(world, tx, row, decision, decided);
  if (decision.verdict === "review" && reviewId !== null) return { kind: "review", decision, reviewId };
  return {
    kind: "created",
    created: { id: row.id, status: status === "held" ? "held" : "sending", decision },
  };
}

/** All chunks if they hold at most 10,000 recipients, else null. */
async function firstChunks(
  tx: Tx,
  customerId: string,
  input: CampaignRequest,
): Promise<readonly Chunk[] | null> {
  const source = recipientSource(customerId, input.recipients);
  const chunks: Chunk[] = [];
  let cursor: string | null = null;
  let count = 0;
  do {
    const next = await source.next(tx, cursor, count);
    chunks.push(next.chunk);
    count += next.chunk.entries.length;
    if (count > decidedAtOnceMax) return null;
    cursor = next.cursor;
  } while (cursor !== null);
  return chunks;
}

function campaignRow(
  world: World,
  caller: Caller,
  customer: OpenCustomer,
  input: CampaignRequest,
  sendAt: Date | null,
): CampaignRow {
  const now = world.clock.now();
  // Named one by one: what a stored campaign says further (progress, which refusal it confirms) is the guard's own word.
  const { list, importId } = input.recipients;
  return {
    id: world.entropy.id(now),
    customerId: customer.row.id,
    name: input.name,
    channel: input.channel,
    purpose: input.purpose,
    processorId: input.processor,
    sender: input.sender,
    bodyCipher: customer.vault.seal(
      Buffer.from(JSON.stringify({ content: input.content, fallback: input.fallback ?? [] })),
      "campaign.body",
    ),
    recipients:
      list !== undefined ? { list: list.length } : importId !== undefined ? { importId } : { all: true },
    mode: caller.mode,
    status: "deciding",
    sendAt,
    policyDigest: world.policyDigest,
    decision: {},
    createdAt: now,
    stoppedAt: null,
  };
}

async function decideLater(world: World, tx: Tx, row: CampaignRow): Promise<Submitted> {
  await tx.campaigns.insert(row);
  await tx.outbox.add(
    [
      {
        id: world.entropy.id(row.createdAt),
        customerId: row.customerId,
        name: "decide",
        data: { campaignId: row.id, customerId: row.customerId },
        lane: "",
        dueAt: row.createdAt,
      },
    ],
    row.createdAt,
  );
  return { kind: "created", created: { id: row.id, status: "deciding", decision: null } };
}

/** One leaf for the decision as a whole; its numbers can be held against the messages at any time. */
export async function appendDecision(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  campaign: GatheredCampaign,
  row: CampaignRow,
  decision: CampaignDecision,
): Promise<void> {
  const { processor } = campaign;
  await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, [
    {
      salt: null,
      draft: {
        kind: "decision",
        processor:
          processor === null
            ? null
            : { id: processor.id, name: processor.body.name, country: processor.body.country },
        channel: row.channel,
        purpose: row.purpose,
        campaignId: row.id,
        decisionId: row.id,
        policyDigest: row.policyDigest,
        outcome: decision.verdict,
        note: JSON.stringify({ counts: decision.counts, reasons: decision.reasons }),
      },
    },
  ]);
}

/** One review for what a person must look at; null where nothing needs one. */
export async function openReview(
  world: World,
  tx: Tx,
  row: CampaignRow,
  decision: CampaignDecision,
  decided: readonly DecidedRecipient[],
): Promise<string | null> {
  const waiting = decided.filter((item) => item.decision.verdict === "review");
  const first = waiting[0]?.decision;
  if (first === undefined || first.code === null) return null;
  const id = world.entropy.id(row.createdAt);
  await tx.reviews.open({
    id,
    customerId: row.customerId,
    kind: "campaign",
    subjectId: row.id,
    reasons: decision.reasons.filter((reason) => reason.verdict === "review"),
    findings: decision.findings,
    code: first.code,
    decidedBy: first.decidedBy,
    canBeOverruled: waiting.some((item) => item.decision.canBeOverruled),
    status: "open",
    openedAt: row.createdAt,
  });
  await tellEvents(world, tx, row.customerId, [
    { type: "review.opened", data: { reviewId: id, kind: "campaign", subjectId: row.id, code: first.code } },
  ]);
  return id;
}
