import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { maskPhone } from "../phone/mask-phone.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import type {
  CampaignFacts,
  MessageFacts,
  PermissionFacts,
  ProcessorFacts,
  RecipientFacts,
} from "../rules/facts.ts";
import type { Profile } from "./assess-contact.ts";
import { agreedCategories } from "./category-agreements.ts";
import { profileContext } from "./contact-profile.ts";
import { type OpenCustomer, openCustomer, policyState } from "./customer-access.ts";
import { erasedNumbers } from "./erased-numbers.ts";
import { groupBy } from "./group-by.ts";
import { handOffsBefore } from "./hand-offs-before.ts";
import { latest } from "./latest.ts";
import { isCounted, openSiblings } from "./legal-entity.ts";
import type { ProcessorRow } from "./ports/processor-records.ts";
import type { Tx } from "./ports/store.ts";
import type { DeclaredPermissionRow, SubscriberRow } from "./ports/subscriber-records.ts";
import {
  type ChannelContent,
  fieldsLeaving,
  isTemplated,
  type PlaceholderValues,
  render,
  templateText,
  visibleText,
} from "./render.ts";
import type { World } from "./world.ts";

/** One way of sending a campaign: its own, or one of its fallbacks. */
export type Step = {
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly processorId: string;
  readonly sender: string;
  readonly content: ChannelContent;
};

export type GatheredCampaign = {
  readonly facts: CampaignFacts;
  readonly step: Step;
  readonly customer: OpenCustomer;
  /** Other customers of the same legal entity, whose hand-offs count as this one's; none where nothing is counted. */
  readonly siblings: readonly OpenCustomer[];
  readonly processor: ProcessorRow | null;
  readonly snapshotId: string | null;
  /** What was committed up to then counts; `latest` for the present and the future. */
  readonly readUntil: Date;
  /** The facts of one rendering; equal renderings share one object, so that rules judge them once. */
  readonly message: (values: PlaceholderValues) => MessageFacts;
};

/** A recipient before its facts: a number as written, or a subscriber of this customer. */
export type RecipientEntry = {
  readonly phone?: string;
  readonly subscriber?: SubscriberRow;
  readonly data?: PlaceholderValues;
};

export type GatheredRecipient = {
  readonly facts: RecipientFacts;
  readonly subscriber: SubscriberRow | null;
  /** E.164, null where the number cannot be read. */
  readonly phone: string | null;
  readonly phoneMasked: string;
  readonly values: PlaceholderValues;
  /** Only what the request itself gave for this recipient. */
  readonly given: PlaceholderValues;
  /** The permission for this channel and purpose, if there is one. */
  readonly permission: DeclaredPermissionRow | null;
};

const renderingsMax = 20_000;

/** Facts of a campaign as they are, were or will be at `at`. History answers for the past; the future is now. */
export async function gatherCampaign(
  world: World,
  tx: Tx,
  customerId: string,
  step: Step,
  when: { readonly at: Date | null; readonly sendAt: Date | null; readonly stopped: boolean },
): Promise<GatheredCampaign> {
  const present = world.clock.now();
  const now = when.at ?? present;
  const isPast = now.getTime() < present.getTime() && when.at !== null;
  const known = isPast ? now : present;
  const readUntil = isPast ? now : latest;
  const customer = await openCustomer(world, tx, customerId);
  const senders = await tx.customers.senders(customerId, readUntil);
  const policy = await policyState(tx, customerId, readUntil);
  const processor = await tx.processors.get(step.processorId, readUntil);
  const snapshot = await tx.doNotCall.snapshot(readUntil);
  const sendMoment = when.sendAt !== null && when.sendAt.getTime() > now.getTime() ? when.sendAt : now;
  const agreed = await agreedCategories(tx, customerId, processor, sendMoment, readUntil);
  const message = messageFacts(world, step.content, agreed);
  const facts: CampaignFacts = {
    now,
    sendMoment,
    customer: {
      id: customer.row.id,
      status: customer.row.status,
      isPlatform: customer.row.isPlatform,
      country: customer.row.country,
      policy,
      senders,
    },
    processor: processor === null ? null : processorFacts(processor),
    purpose: step.purpose,
    channel: step.channel,
    sender: step.sender,
    template: {
      text: templateText(step.content),
      scan: world.scanner.scanTemplate(templateText(step.content), {
        field: "content.text",
        channel: step.channel,
      }),
      agreedCategories: agreed,
      tag: step.content.channel === "zns" ? step.content.content.tag : null,
    },
    fields: fieldsLeaving(step.content, step.purpose),
    // The list's age is judged against the present: of a future moment nobody knows yet how old it will be.
    doNotCall:
      snapshot === null
        ? null
        : { snapshotAt: new Date(now.getTime() - listAgeMs(known, snapshot.snapshotAt)) },
    cancelled: when.stopped,
  };
  const siblings = isCounted(step.purpose) ? await openSiblings(world, tx, customer) : [];
  return { facts, step, customer, siblings, processor, snapshotId: snapshot?.id ?? null, message, readUntil };
}

function messageFacts(
  world: World,
  content: ChannelContent,
  agreed: MessageFacts["agreedCategories"],
): (values: PlaceholderValues) => MessageFacts {
  const known = new Map<string, MessageFacts>();
  const tag = content.channel === "zns" ? content.content.tag : null;
  const judge = (text: string): MessageFacts => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const facts: MessageFacts = {
      text,
      scan: world.scanner.scanText(text, { field: "content.text", channel: content.channel }),
      agreedCategories: agreed,
      tag,
    };
    if (known.size < renderingsMax) known.set(text, facts);
    return facts;
  };
  if (!isTemplated(content)) {
    const only = judge(visibleText(content, render(content, {})));
    return () => only;
  }
  return (values) => judge(visibleText(content, render(content, values)));
}

/**
 * Hosts' clocks are apart: a list that another host has just loaded may be dated after this one's present. It is
 * new then, not from the future; no upload can be dated ahead of its own host's clock.
 */
const skewMaxMs = 86_400_000;

function listAgeMs(known: Date, snapshotAt: Date): number {
  const ageMs = known.getTime() - snapshotAt.getTime();
  return ageMs < 0 && ageMs >= -skewMaxMs ? 0 : ageMs;
}

export function processorFacts(row: ProcessorRow): ProcessorFacts {
  const { body } = row;
  return {
    id: row.id,
    name: body.name,
    country: body.country,
    channel: body.channel,
    contract: {
      reference: body.contract.reference,
      validFrom: new Date(body.contract.validFrom),
      validUntil: new Date(body.contract.validUntil),
    },
    purposes: body.purposes,
    fields: body.fields,
    transferDossier:
      body.transferDossier === null
        ? null
        : {
            firstTransferAt: new Date(body.transferDossier.firstTransferAt),
            filedAt:
              body.transferDossier.filedAt === undefined ? null : new Date(body.transferDossier.filedAt),
          },
  };
}

/** Facts of many recipients by a handful of set-based statements, in the order given. */
export async function gatherRecipients(
  world: World,
  tx: Tx,
  campaign: GatheredCampaign,
  entries: readonly RecipientEntry[],
): Promise<readonly GatheredRecipient[]> {
  const { customer, facts } = campaign;
  const at = campaign.readUntil;
  const parsed = entries.map((entry) =>
    entry.subscriber === undefined ? parsePhone(entry.phone ?? "", "VN") : null,
  );
  const indexes = parsed.map((result) =>
    result?.ok === true ? customer.vault.phoneIndex(result.phone.e164) : null,
  );
  const byIndex = new Map(
    (
      await tx.subscribers.byIndexes(
        customer.row.id,
        indexes.flatMap((index) => index ?? []),
      )
    ).map((row) => [row.phoneIndex.toString("hex"), row]),
  );
  const rows = entries.map((entry, position): SubscriberRow | null => {
    if (entry.subscriber !== undefined) return entry.subscriber;
    const index = indexes[position];
    return index === null || index === undefined ? null : (byIndex.get(index.toString("hex")) ?? null);
  });
  const ids = [...new Set(rows.flatMap((row) => row?.id ?? []))];
  const permissions = groupBy(await tx.subscribers.permissions(ids, at), (row) => row.subscriberId);
  const refusals = groupBy(await tx.subscribers.refusals(ids, at), (row) => row.subscriberId);
  const phones = rows.map((row, position) => {
    const result = parsed[position];
    if (result?.ok === true)
      return { e164: result.phone.e164, profile: row === null ? null : openProfile(customer, row) };
    const profile = row === null ? null : openProfile(customer, row);
    return { e164: profile?.phone ?? null, profile };
  });
  const before = await handOffsBefore(
    tx,
    campaign,
    ids,
    phones.map((phone) => phone.e164),
  );
  const erased = await erasedNumbers(
    tx,
    customer,
    phones.map((phone) => phone.e164),
  );
  const listed = await listedNumbers(
    world,
    tx,
    campaign,
    phones.map((phone) => phone.e164),
  );

  return entries.map((entry, position): GatheredRecipient => {
    const row = rows[position] ?? null;
    const { e164, profile } = phones[position] ?? { e164: null, profile: null };
    const result = parsed[position];
    const values: PlaceholderValues = {
      ...(profile?.name === undefined ? {} : { name: profile.name }),
      ...profile?.attributes,
      ...entry.data,
    };
    const own = row === null ? [] : (permissions.get(row.id) ?? []);
    return {
      subscriber: row,
      phone: e164,
      phoneMasked: e164 === null ? "***" : maskPhone(e164),
      values,
      given: entry.data ?? {},
      permission:
        own.find(
          (permission) => permission.channel === facts.channel && permission.purpose === facts.purpose,
        ) ?? null,
      facts: {
        phone:
          e164 === null
            ? { ok: false, fault: result?.ok === false ? result.fault : "number_invalid" }
            : { ok: true, e164 },
        contact:
          row === null || (!row.known && row.erasedAt === null)
            ? null
            : {
                country: row.country,
                restrictedAt: since(row.restrictedAt, at),
                erasedAt: since(row.erasedAt ?? erased.get(e164 ?? "") ?? null, at),
                objectedAt: since(row.objectedAt, at),
                adultAt: row.adultAt,
                guardianConsented: row.guardianConsented,
              },
        permissions: own.map(permissionFacts),
        refusals: row === null ? [] : (refusals.get(row.id) ?? []),
        listed: e164 !== null && listed.has(e164),
        ...before(row?.id ?? null, e164),
        message: campaign.message(values),
      },
    };
  });
}

/** Only promotional purposes ask the national list (Decree 91/2020 Art. 7). */
async function listedNumbers(
  world: World,
  tx: Tx,
  campaign: GatheredCampaign,
  phones: readonly (string | null)[],
): Promise<ReadonlySet<string>> {
  const promotional = campaign.facts.purpose === "advertising" || campaign.facts.purpose === "registration";
  if (!promotional || campaign.snapshotId === null) return new Set();
  const asked = [...new Set(phones.flatMap((phone) => phone ?? []))];
  const indexes = asked.map((phone) => world.vault.doNotCallIndex(phone));
  const hits = await tx.doNotCall.listed(campaign.snapshotId, indexes);
  if (hits.size === 0) return new Set();
  return new Set(asked.filter((_phone, at) => hits.has(indexes[at]?.toString("hex") ?? "")));
}

export function openProfile(customer: OpenCustomer, row: SubscriberRow): Profile | null {
  if (row.salt === null || row.profileCipher === null) return null;
  return JSON.parse(
    customer.vault.subscriber(row.salt).open(row.profileCipher, profileContext).toString("utf8"),
  ) as Profile;
}

function since(moment: Date | null, at: Date): Date | null {
  return moment !== null && moment.getTime() <= at.getTime() ? moment : null;
}

function permissionFacts(row: DeclaredPermissionRow): PermissionFacts {
  return {
    channel: row.channel,
    purpose: row.purpose,
    state: row.granted ? "granted" : "withdrawn",
    basis: row.basis,
    method: row.method,
    collectedAt: row.collectedAt,
    epoch: row.epoch,
    evidenceCount: row.evidenceCount,
    hasNotice: row.hasNotice,
    contentClass: row.contentClass,
    frequency: row.frequency,
  };
}
