import type { OutboxRow } from "./ports/hand-off-records.ts";
import type { Tx } from "./ports/store.ts";
import type { WebhookDeliveryRow, WebhookEventRow, WebhookEventType } from "./ports/webhook-records.ts";
import type { World } from "./world.ts";

/** What an endpoint is told: ids and codes, never a number, a name or a text. */
export type EventDraft = {
  readonly type: WebhookEventType;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Lists within one event hold at most so many: Standard Webhooks advises bodies below 20 kB. */
export const eventItemsMax = 100;

/**
 * Writes events, their deliveries and the outbox rows that announce them in the transaction of the act: what was
 * rolled back is told to nobody, and what was committed is told at least once. `customerId` null: every customer
 * that listens gets an event of its own. Costs one small query where nobody listens.
 */
export async function tellEvents(
  world: Pick<World, "clock" | "entropy">,
  tx: Tx,
  customerId: string | null,
  drafts: readonly EventDraft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const endpoints = await tx.webhooks.listening(customerId, [...new Set(drafts.map((draft) => draft.type))]);
  if (endpoints.length === 0) return;
  const now = world.clock.now();
  const events: WebhookEventRow[] = [];
  const deliveries: WebhookDeliveryRow[] = [];
  for (const owner of new Set(endpoints.map((endpoint) => endpoint.customerId))) {
    const own = endpoints.filter((endpoint) => endpoint.customerId === owner);
    for (const { type, data } of drafts) {
      const wanting = own.filter((endpoint) => endpoint.events.includes(type));
      if (wanting.length === 0) continue;
      const event = { id: world.entropy.id(now), customerId: owner, type, body: data, occurredAt: now };
      events.push(event);
      for (const endpoint of wanting)
        deliveries.push(newDelivery(world.entropy.id(now), owner, endpoint.id, event.id, now));
    }
  }
  await tx.webhooks.addEvents(events, deliveries);
  await tx.outbox.add(
    deliveries.map((delivery) => deliveryJob(world, delivery, now)),
    now,
  );
}

export function newDelivery(
  id: string,
  customerId: string,
  endpointId: string,
  eventId: string,
  now: Date,
): WebhookDeliveryRow {
  return {
    id,
    customerId,
    endpointId,
    eventId,
    state: "pending",
    attempts: 0,
    lastCode: null,
    attemptedAt: null,
    nextAt: now,
    createdAt: now,
  };
}

/** The word to the workers that a delivery is due. One endpoint is one lane: a slow one keeps no other waiting. */
export function deliveryJob(
  world: Pick<World, "clock" | "entropy">,
  delivery: Pick<WebhookDeliveryRow, "id" | "customerId" | "endpointId">,
  dueAt: Date,
): OutboxRow {
  return {
    id: world.entropy.id(world.clock.now()),
    customerId: delivery.customerId,
    name: "webhook",
    data: { customerId: delivery.customerId, endpointId: delivery.endpointId, deliveryId: delivery.id },
    lane: delivery.endpointId,
    dueAt,
  };
}

/** Pieces of a list that fit into one event each. */
export function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += eventItemsMax) yield items.slice(at, at + eventItemsMax);
}
