import type { CampaignRecipientView, CampaignView, ImportView, ReviewView } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { stepsOf } from "./campaign-steps.ts";
import { campaignRecipients, getCampaign } from "./campaign-views.ts";
import { openCustomer } from "./customer-access.ts";
import type { Caller, Page, PageRequest } from "./guard.ts";
import { getImport } from "./imports.ts";
import { readIdCursor } from "./page-cursor.ts";
import type { MessageFilter } from "./ports/campaign-records.ts";
import type { CampaignLine, HandOffAttempt, ImportLine } from "./ports/overview-records.ts";
import { listReviews } from "./reviews.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

/** Staff see across customers: the use cases of a customer, asked in the name of the one that owns the object. */
export type Owned<View> = View & { readonly customerId: string; readonly customer: string };

export async function staffCampaigns(world: World, page: PageRequest): Promise<Page<CampaignLine>> {
  return pageOf(page, (limit, before) =>
    world.store.transaction("*", (tx) => tx.overview.campaigns(limit, before)),
  );
}

export async function staffImports(world: World, page: PageRequest): Promise<Page<ImportLine>> {
  return pageOf(page, (limit, before) =>
    world.store.transaction("*", (tx) => tx.overview.imports(limit, before)),
  );
}

export async function staffCampaign(world: World, caller: Caller, id: string): Promise<Owned<CampaignView>> {
  const owner = await ownerOf(world, "campaign", id);
  return { ...(await getCampaign(world, { ...caller, customerId: owner.customerId }, id)), ...owner };
}

export async function staffImport(world: World, caller: Caller, id: string): Promise<Owned<ImportView>> {
  const owner = await ownerOf(world, "import", id);
  return { ...(await getImport(world, { ...caller, customerId: owner.customerId }, id)), ...owner };
}

export async function staffRecipients(
  world: World,
  caller: Caller,
  id: string,
  filter: MessageFilter,
  page: PageRequest,
): Promise<Page<CampaignRecipientView>> {
  const { customerId } = await ownerOf(world, "campaign", id);
  return campaignRecipients(world, { ...caller, customerId }, id, filter, page);
}

/** One recipient: each step of the campaign it was decided for, and each attempt to hand it over. */
export async function staffRecipient(
  world: World,
  caller: Caller,
  id: string,
  position: number,
): Promise<{
  readonly steps: readonly CampaignRecipientView[];
  readonly attempts: readonly HandOffAttempt[];
}> {
  // The place just before it, in the form of the recipients' own cursor.
  const cursor = position === 0 ? null : Buffer.from(`${position - 1}.999`).toString("base64url");
  const page = await staffRecipients(world, caller, id, {}, { limit: 20, cursor });
  const steps = page.items.filter((item) => item.index === position);
  if (steps.length === 0) throw new GuardError("not_found", "no such recipient");
  const attempts = await world.store.transaction("*", (tx) => tx.overview.attempts(id, position));
  return { steps, attempts };
}

export type ReviewedContent = {
  readonly customer: string;
  readonly name: string;
  /** Texts by field, placeholders unfilled. */
  readonly texts: readonly { readonly field: string; readonly text: string }[];
};

/** A review with what its reader has to look at; content null: what it was about is not there any more. */
export async function staffReview(
  world: World,
  caller: Caller,
  id: string,
): Promise<{ readonly review: ReviewView; readonly content: ReviewedContent | null }> {
  requireUuid(id);
  const cursor = Buffer.from(idAfter(id)).toString("base64url");
  const [review] = (await listReviews(world, caller, { limit: 1, cursor })).items;
  if (review?.id !== id) throw new GuardError("not_found", "no such review");
  return { review, content: await reviewedContent(world, review) };
}

async function reviewedContent(world: World, review: ReviewView): Promise<ReviewedContent | null> {
  if (review.subject.kind !== "campaign") return null;
  return world.store.transaction("*", async (tx) => {
    const customerId = await tx.overview.ownerOf("campaign", review.subject.id);
    if (customerId === null) return null;
    const row = await tx.campaigns.get(customerId, review.subject.id);
    if (row === null) return null;
    const customer = await openCustomer(world, tx, customerId);
    const texts = stepsOf(customer, row).flatMap((step) =>
      Object.entries(step.content.content).flatMap(([field, text]) =>
        typeof text === "string" ? [{ field, text }] : [],
      ),
    );
    return { customer: customer.row.name, name: row.name, texts };
  });
}

async function ownerOf(
  world: World,
  kind: "campaign" | "import",
  id: string,
): Promise<{ readonly customerId: string; readonly customer: string }> {
  requireUuid(id);
  return world.store.transaction("*", async (tx) => {
    const customerId = await tx.overview.ownerOf(kind, id);
    const row = customerId === null ? null : await tx.customers.get(customerId);
    if (row === null) throw new GuardError("not_found", `no such ${kind}`);
    return { customerId: row.id, customer: row.name };
  });
}

async function pageOf<Line extends { readonly id: string }>(
  page: PageRequest,
  read: (limit: number, before: string | null) => Promise<readonly Line[]>,
): Promise<Page<Line>> {
  const before = readIdCursor(page.cursor);
  const rows = await read(page.limit + 1, before);
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      rows.length > page.limit && last !== undefined ? Buffer.from(last.id).toString("base64url") : null,
  };
}

/** The id just after: a list "before" it begins with the row itself. */
function idAfter(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll("-", "")}`) + 1n).toString(16).padStart(32, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
