import { openCustomer } from "./customer-access.ts";
import type { Tx } from "./ports/store.ts";
import type { WebhookDeliveryRow, WebhookEndpointRow } from "./ports/webhook-records.ts";
import type { WebhookCall, WebhookReply } from "./ports/webhook-sender.ts";
import { deliveryJob } from "./tell-events.ts";
import { secretsOf } from "./webhook-endpoints.ts";
import type { World } from "./world.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses after each failed attempt, as Standard Webhooks proposes them; together about three days. */
const pausesMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** An endpoint that nothing has reached for so long is given up, until its owner enables it again. */
const givenUpAfterMs = 5 * 24 * hour;

/**
 * The job `webhook`: one attempt. At least once by contract: the row says whether there is still something to send,
 * and the next attempt is an outbox row of its own, so an emptied queue loses none.
 */
export async function deliverWebhook(
  world: World,
  customerId: string,
  endpointId: string,
  deliveryId: string,
  jobId: string,
): Promise<void> {
  const call = await world.store.transaction(customerId, (tx) =>
    prepare(world, tx, customerId, endpointId, deliveryId, jobId),
  );
  if (call === null) return;
  const reply = await world.webhooks.send(call);
  await world.store.transaction(customerId, (tx) =>
    record(world, tx, customerId, endpointId, deliveryId, jobId, reply),
  );
}

async function prepare(
  world: World,
  tx: Tx,
  customerId: string,
  endpointId: string,
  deliveryId: string,
  jobId: string,
): Promise<WebhookCall | null> {
  const now = world.clock.now();
  const endpoint = await tx.webhooks.endpoint(customerId, endpointId);
  const delivery = await tx.webhooks.delivery(customerId, deliveryId);
  const event = delivery === null ? null : await tx.webhooks.event(customerId, delivery.eventId);
  if (endpoint === null || delivery === null || event === null || delivery.state !== "pending") {
    await tx.outbox.done([jobId], now);
    return null;
  }
  if (endpoint.status !== "active") {
    await tx.webhooks.updateDelivery({
      ...delivery,
      state: "failed",
      nextAt: null,
      lastCode: "endpoint_disabled",
    });
    await tx.outbox.done([jobId], now);
    return null;
  }
  const { vault } = await openCustomer(world, tx, customerId);
  return {
    url: endpoint.url,
    id: event.id,
    at: now,
    body: JSON.stringify({ type: event.type, timestamp: event.occurredAt.toISOString(), data: event.body }),
    secrets: secretsOf(vault, endpoint, now),
  };
}

async function record(
  world: World,
  tx: Tx,
  customerId: string,
  endpointId: string,
  deliveryId: string,
  jobId: string,
  reply: WebhookReply,
): Promise<void> {
  const now = world.clock.now();
  await tx.outbox.done([jobId], now);
  const endpoint = await tx.webhooks.endpoint(customerId, endpointId);
  const delivery = await tx.webhooks.delivery(customerId, deliveryId);
  if (endpoint === null || delivery === null) return;
  const attempted = {
    ...delivery,
    attempts: delivery.attempts + 1,
    lastCode: reply.code,
    attemptedAt: now,
  };
  if (reply.delivered) {
    await tx.webhooks.updateDelivery({ ...attempted, state: "delivered", nextAt: null });
    if (endpoint.failingSince !== null) await tx.webhooks.updateEndpoint({ ...endpoint, failingSince: null });
    return;
  }
  // Somebody else's attempt of the same delivery has arrived in the meantime.
  if (delivery.state !== "pending") return;
  const failingSince = endpoint.failingSince ?? now;
  // 410: the receiver says that it wants no more (Standard Webhooks, "Disabling endpoints").
  const givenUp = reply.gone || now.getTime() - failingSince.getTime() >= givenUpAfterMs;
  await fail(world, tx, endpoint, attempted, givenUp, failingSince, now);
}

async function fail(
  world: World,
  tx: Tx,
  endpoint: WebhookEndpointRow,
  attempted: WebhookDeliveryRow,
  givenUp: boolean,
  failingSince: Date,
  now: Date,
): Promise<void> {
  await tx.webhooks.updateEndpoint({
    ...endpoint,
    failingSince,
    status: givenUp ? "disabled" : endpoint.status,
  });
  const pauseMs = pausesMs[attempted.attempts - 1];
  if (givenUp || pauseMs === undefined) {
    await tx.webhooks.updateDelivery({ ...attempted, state: "failed", nextAt: null });
    return;
  }
  const nextAt = new Date(now.getTime() + pauseMs);
  await tx.webhooks.updateDelivery({ ...attempted, state: "pending", nextAt });
  await tx.outbox.add([deliveryJob(world, attempted, nextAt)], now);
}
