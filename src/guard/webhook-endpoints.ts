import type {
  WebhookDeliveryView,
  WebhookEndpointCreated,
  WebhookEndpointPatch,
  WebhookEndpointRequest,
  WebhookEndpointView,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Scope } from "../domain/vocabulary.ts";
import { customerOf, openCustomer } from "./customer-access.ts";
import type { Caller, Page, PageRequest } from "./guard.ts";
import { readIdCursor } from "./page-cursor.ts";
import type { Tx } from "./ports/store.ts";
import type { CustomerVault } from "./ports/vault.ts";
import type {
  WebhookDeliveryRow,
  WebhookDeliveryState,
  WebhookEndpointRow,
  WebhookEventType,
} from "./ports/webhook-records.ts";
import { requireUuid } from "./set-up.ts";
import { deliveryJob } from "./tell-events.ts";
import type { World } from "./world.ts";

const endpointsMax = 20;
const secretBytes = 32;
const rotationMs = 24 * 3_600_000;
const secretContext = "webhook_endpoint.secret";

/** Who may not ask for something over HTTP is not told of it by an event either. */
const scopesOf: Readonly<Record<WebhookEventType, readonly Scope[]>> = {
  "consent.changed": ["consents"],
  "campaign.decided": ["campaigns"],
  "message.refused": ["campaigns"],
  "sharing.recorded": ["ledger"],
  "review.opened": ["campaigns", "pages"],
  "integrity.failed": ["ledger"],
};

/** The secret is in this answer and in no other. */
export async function createWebhookEndpoint(
  world: World,
  caller: Caller,
  input: WebhookEndpointRequest,
): Promise<WebhookEndpointCreated> {
  const customerId = customerOf(caller);
  requireUsable(world, caller, input);
  return world.store.transaction(customerId, async (tx) => {
    await tx.exclusive(`webhook-endpoints ${customerId}`);
    if ((await tx.webhooks.endpoints(customerId, endpointsMax, null)).length >= endpointsMax)
      throw new GuardError("conflict", `a customer has at most ${endpointsMax} endpoints`);
    const { vault } = await openCustomer(world, tx, customerId);
    const now = world.clock.now();
    const secret = newSecret(world);
    const row: WebhookEndpointRow = {
      id: world.entropy.id(now),
      customerId,
      url: input.url,
      events: input.events,
      secretCipher: sealSecret(vault, secret),
      previousSecretCipher: null,
      previousUntil: null,
      status: "active",
      failingSince: null,
      createdAt: now,
    };
    await tx.webhooks.insertEndpoint(row);
    return { ...endpointView(row), secret };
  });
}

export async function listWebhookEndpoints(
  world: World,
  caller: Caller,
  page: PageRequest,
): Promise<Page<WebhookEndpointView>> {
  const customerId = customerOf(caller);
  const before = readIdCursor(page.cursor);
  const rows = await world.store.transaction(customerId, (tx) =>
    tx.webhooks.endpoints(customerId, page.limit + 1, before),
  );
  return pageOf(rows, page.limit, endpointView);
}

export async function changeWebhookEndpoint(
  world: World,
  caller: Caller,
  endpointId: string,
  input: WebhookEndpointPatch,
): Promise<WebhookEndpointView> {
  requireUsable(world, caller, input);
  return onEndpoint(world, caller, endpointId, async (tx, row) => {
    const next: WebhookEndpointRow = {
      ...row,
      url: input.url ?? row.url,
      events: input.events ?? row.events,
      status: input.status ?? row.status,
      // Whoever enables it again has the whole time again before it is given up.
      failingSince: input.status === "active" ? null : row.failingSince,
    };
    await tx.webhooks.updateEndpoint(next);
    return endpointView(next);
  });
}

export async function deleteWebhookEndpoint(world: World, caller: Caller, endpointId: string): Promise<void> {
  await onEndpoint(world, caller, endpointId, (tx, row) =>
    tx.webhooks.deleteEndpoint(row.customerId, row.id),
  );
}

/** For 24 hours the old secret signs as well (Standard Webhooks, "Key rotation"): receivers change without a gap. */
export async function rotateWebhookSecret(
  world: World,
  caller: Caller,
  endpointId: string,
): Promise<WebhookEndpointCreated> {
  return onEndpoint(world, caller, endpointId, async (tx, row) => {
    const { vault } = await openCustomer(world, tx, row.customerId);
    const secret = newSecret(world);
    const next: WebhookEndpointRow = {
      ...row,
      secretCipher: sealSecret(vault, secret),
      previousSecretCipher: row.secretCipher,
      previousUntil: new Date(world.clock.now().getTime() + rotationMs),
    };
    await tx.webhooks.updateEndpoint(next);
    return { ...endpointView(next), secret };
  });
}

export async function listWebhookDeliveries(
  world: World,
  caller: Caller,
  endpointId: string,
  state: WebhookDeliveryState | null,
  page: PageRequest,
): Promise<Page<WebhookDeliveryView>> {
  const before = readIdCursor(page.cursor);
  return onEndpoint(world, caller, endpointId, async (tx, row) =>
    pageOf(await tx.webhooks.deliveries(row.id, state, page.limit + 1, before), page.limit, deliveryView),
  );
}

/** Sends the same event again, under the same webhook-id, whatever came of it before. */
export async function resendWebhook(
  world: World,
  caller: Caller,
  endpointId: string,
  deliveryId: string,
): Promise<WebhookDeliveryView> {
  requireUuid(deliveryId);
  return onEndpoint(world, caller, endpointId, async (tx, endpoint) => {
    if (endpoint.status !== "active")
      throw new GuardError("conflict", "the endpoint is disabled: enable it first");
    const row = await tx.webhooks.delivery(endpoint.customerId, deliveryId);
    const event = row === null ? null : await tx.webhooks.event(endpoint.customerId, row.eventId);
    if (row === null || event === null || row.endpointId !== endpoint.id)
      throw new GuardError("not_found", "no such delivery");
    const now = world.clock.now();
    const next: WebhookDeliveryRow = { ...row, state: "pending", attempts: 0, nextAt: now };
    await tx.webhooks.updateDelivery(next);
    await tx.outbox.add([deliveryJob(world, next, now)], now);
    return deliveryView({ ...next, type: event.type });
  });
}

/** The secrets that sign at this moment, the current one first. */
export function secretsOf(vault: CustomerVault, row: WebhookEndpointRow, now: Date): readonly string[] {
  const open = (cipher: Buffer): string => vault.open(cipher, secretContext).toString("utf8");
  const previous =
    row.previousSecretCipher !== null &&
    row.previousUntil !== null &&
    row.previousUntil.getTime() > now.getTime()
      ? [open(row.previousSecretCipher)]
      : [];
  return [open(row.secretCipher), ...previous];
}

async function onEndpoint<T>(
  world: World,
  caller: Caller,
  endpointId: string,
  work: (tx: Tx, row: WebhookEndpointRow) => Promise<T>,
): Promise<T> {
  const customerId = customerOf(caller);
  requireUuid(endpointId);
  return world.store.transaction(customerId, async (tx) => {
    const row = await tx.webhooks.endpoint(customerId, endpointId);
    if (row === null) throw new GuardError("not_found", "no such endpoint");
    requireScopes(caller, row.events);
    return work(tx, row);
  });
}

function requireUsable(world: World, caller: Caller, input: WebhookEndpointPatch): void {
  const fault = input.url === undefined ? null : world.webhooks.faultOf(input.url);
  if (fault !== null) {
    throw new GuardError("invalid_request", "no event may go to this address", {
      errors: [{ pointer: "/url", code: "address_refused", message: fault }],
    });
  }
  requireScopes(caller, input.events ?? []);
}

function requireScopes(caller: Caller, events: readonly WebhookEventType[]): void {
  const missing = events.find((type) => !scopesOf[type].some((scope) => caller.scopes.includes(scope)));
  if (missing !== undefined)
    throw new GuardError("scope_missing", `${missing} needs the scope ${scopesOf[missing].join(" or ")}`);
}

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
function newSecret(world: World): string {
  return `whsec_${world.entropy.bytes(secretBytes).toString("base64")}`;
}

function sealSecret(vault: CustomerVault, secret: string): Buffer {
  return vault.seal(Buffer.from(secret), secretContext);
}

function endpointView(row: WebhookEndpointRow): WebhookEndpointView {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    status: row.status,
    ...(row.failingSince === null ? {} : { failingSince: row.failingSince.toISOString() }),
    createdAt: row.createdAt.toISOString(),
  };
}

function deliveryView(row: WebhookDeliveryRow & { readonly type: WebhookEventType }): WebhookDeliveryView {
  return {
    id: row.id,
    eventId: row.eventId,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    ...(row.lastCode === null ? {} : { lastCode: row.lastCode }),
    ...(row.attemptedAt === null ? {} : { attemptedAt: row.attemptedAt.toISOString() }),
    ...(row.nextAt === null ? {} : { nextAt: row.nextAt.toISOString() }),
    createdAt: row.createdAt.toISOString(),
  };
}

function pageOf<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    nextCursor: rows.length > limit && last !== undefined ? Buffer.from(last.id).toString("base64url") : null,
  };
}
