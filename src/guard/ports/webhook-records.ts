export const webhookEvents = [
  "consent.changed",
  "campaign.decided",
  "message.refused",
  "sharing.recorded",
  "review.opened",
  "integrity.failed",
] as const;
export type WebhookEventType = (typeof webhookEvents)[number];

export type WebhookEndpointRow = {
  readonly id: string;
  readonly customerId: string;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly secretCipher: Buffer;
  readonly previousSecretCipher: Buffer | null;
  /** Until then the secret before a rotation signs as well. */
  readonly previousUntil: Date | null;
  readonly status: "active" | "disabled";
  /** Since when nothing has arrived there. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
};

export type WebhookEventRow = {
  readonly id: string;
  readonly customerId: string;
  readonly type: WebhookEventType;
  /** Ids and codes only: it leaves the house, and it is stored unsealed. */
  readonly body: object;
  readonly occurredAt: Date;
};

export type WebhookDeliveryState = "pending" | "delivered" | "failed";

export type WebhookDeliveryRow = {
  readonly id: string;
  readonly customerId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  /** What the last attempt came to: an HTTP status, or a code where there was no answer. */
  readonly lastCode: string | null;
  readonly attemptedAt: Date | null;
  readonly nextAt: Date | null;
  readonly createdAt: Date;
};

export type WebhookRecords = {
  insertEndpoint(row: WebhookEndpointRow): Promise<void>;
  endpoint(customerId: string, id: string): Promise<WebhookEndpointRow | null>;
  /** Newest first. */
  endpoints(customerId: string, limit: number, before: string | null): Promise<readonly WebhookEndpointRow[]>;
  updateEndpoint(row: WebhookEndpointRow): Promise<void>;
  /** With its deliveries; false: there is none. */
  deleteEndpoint(customerId: string, id: string): Promise<boolean>;
  /** Active endpoints that want any of these; null: of all customers that this transaction sees. */
  listening(
    customerId: string | null,
    types: readonly WebhookEventType[],
  ): Promise<readonly Pick<WebhookEndpointRow, "id" | "customerId" | "events">[]>;
  addEvents(events: readonly WebhookEventRow[], deliveries: readonly WebhookDeliveryRow[]): Promise<void>;
  /** Of that type, told to anybody since then? */
  anyEventSince(type: WebhookEventType, since: Date): Promise<boolean>;
  event(customerId: string, id: string): Promise<WebhookEventRow | null>;
  delivery(customerId: string, id: string): Promise<WebhookDeliveryRow | null>;
  /** Newest first, each with the type of its event. */
  deliveries(
    endpointId: string,
    state: WebhookDeliveryState | null,
    limit: number,
    before: string | null,
  ): Promise<readonly (WebhookDeliveryRow & { readonly type: WebhookEventType })[]>;
  updateDelivery(
    row: Pick<WebhookDeliveryRow, "id" | "state" | "attempts" | "lastCode" | "attemptedAt" | "nextAt">,
  ): Promise<void>;
};
