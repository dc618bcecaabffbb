import {
  type WebhookDeliveryRow,
  type WebhookEndpointRow,
  type WebhookEventRow,
  type WebhookEventType,
  type WebhookRecords,
  webhookEvents,
} from "../guard/ports/webhook-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const endpointColumns = `id, customer_id as "customerId", url, events, secret_cipher as "secretCipher",
  previous_secret_cipher as "previousSecretCipher", previous_until as "previousUntil", status,
  failing_since as "failingSince", created_at as "createdAt"`;
const deliveryColumns = `d.id, d.customer_id as "customerId", d.endpoint_id as "endpointId", d.event_id as "eventId",
  d.state, d.attempts, d.last_code as "lastCode", d.attempted_at as "attemptedAt", d.next_at as "nextAt",
  d.created_at as "createdAt"`;

type Stored<Row> = Omit<Row, "events"> & { readonly events: readonly string[] };

/** A type that a later release took away is told to nobody. */
const known = <Row>(row: Stored<Row>): Row & { readonly events: readonly WebhookEventType[] } =>
  ({ ...row, events: webhookEvents.filter((type) => row.events.includes(type)) }) as Row & {
    readonly events: readonly WebhookEventType[];
  };

export function webhookRecords(sql: Sql): WebhookRecords {
  return {
    async insertEndpoint(row) {
      await sql(
        `insert into webhook_endpoint (id, customer_id, url, events, secret_cipher, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          row.id,
          row.customerId,
          row.url,
          columnOf.text(row.events),
          row.secretCipher,
          row.status,
          row.createdAt,
        ],
      );
    },
    async endpoint(customerId, id) {
      const [row] = await sql<Stored<WebhookEndpointRow>>(
        `select ${endpointColumns} from webhook_endpoint where id = $2 and customer_id = $1 for no key update`,
        [customerId, id],
      );
      return row === undefined ? null : known<WebhookEndpointRow>(row);
    },
    async endpoints(customerId, limit, before) {
      const rows = await sql<Stored<WebhookEndpointRow>>(
        `select ${endpointColumns} from webhook_endpoint
         where customer_id = $1 and ($3::uuid is null or id < $3) order by id desc limit $2`,
        [customerId, limit, before],
      );
      return rows.map((row) => known<WebhookEndpointRow>(row));
    },
    async updateEndpoint(row) {
      await sql(
        `update webhook_endpoint set url = $2, events = $3, secret_cipher = $4, previous_secret_cipher = $5,
           previous_until = $6, status = $7, failing_since = $8
         where id = $1`,
        [
          row.id,
          row.url,
          columnOf.text(row.events),
          row.secretCipher,
          row.previousSecretCipher,
          row.previousUntil,
          row.status,
          row.failingSince,
        ],
      );
    },
    async deleteEndpoint(customerId, id) {
      const rows = await sql("delete from webhook_endpoint where id = $2 and customer_id = $1 returning id", [
        customerId,
        id,
      ]);
      return rows.length > 0;
    },
    async listening(customerId, types) {
      const rows = await sql<Stored<Pick<WebhookEndpointRow, "id" | "customerId" | "events">>>(
        `select id, customer_id as "customerId", events from webhook_endpoint
         where ($1::uuid is null or customer_id = $1) and status = 'active' and events && $2::text[]
         order by id`,
        [customerId, columnOf.text(types)],
      );
      return rows.map((row) => known<Pick<WebhookEndpointRow, "id" | "customerId" | "events">>(row));
    },
    addEvents: (events, deliveries) => addEvents(sql, events, deliveries),
    async anyEventSince(type, since) {
      return (
        (
          await sql("select 1 as found from webhook_event where type = $1 and occurred_at >= $2 limit 1", [
            type,
            since,
          ])
        ).length > 0
      );
    },
    async event(customerId, id) {
      const [row] = await sql<WebhookEventRow>(
        `select id, customer_id as "customerId", type, body, occurred_at as "occurredAt" from webhook_event
         where id = $2 and customer_id = $1`,
        [customerId, id],
      );
      return row ?? null;
    },
    async delivery(customerId, id) {
      const [row] = await sql<WebhookDeliveryRow>(
        `select ${deliveryColumns} from webhook_delivery d where id = $2 and customer_id = $1 for no key update`,
        [customerId, id],
      );
      return row ?? null;
    },
    deliveries: (endpointId, state, limit, before) =>
      sql<WebhookDeliveryRow & { readonly type: WebhookEventType }>(
        `select ${deliveryColumns}, e.type from webhook_delivery d join webhook_event e on e.id = d.event_id
         where d.endpoint_id = $1 and ($2::text is null or d.state = $2) and ($4::uuid is null or d.id < $4)
         order by d.id desc limit $3`,
        [endpointId, state, limit, before],
      ),
    async updateDelivery(row) {
      await sql(
        `update webhook_delivery set state = $2, attempts = $3, last_code = $4, attempted_at = $5, next_at = $6
         where id = $1`,
        [row.id, row.state, row.attempts, row.lastCode, row.attemptedAt, row.nextAt],
      );
    },
  };
}

async function addEvents(
  sql: Sql,
  events: readonly WebhookEventRow[],
  deliveries: readonly WebhookDeliveryRow[],
): Promise<void> {
  await sql(
    `insert into webhook_event (id, customer_id, type, body, occurred_at)
     select id, customer_id, type, body::jsonb, occurred_at
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
       as given (id, customer_id, type, body, occurred_at)`,
    [
      columnOf.uuid(events.map((event) => event.id)),
      columnOf.uuid(events.map((event) => event.customerId)),
      columnOf.text(events.map((event) => event.type)),
      columnOf.text(events.map((event) => JSON.stringify(event.body))),
      columnOf.timestamptz(events.map((event) => event.occurredAt)),
    ],
  );
  await sql(
    `insert into webhook_delivery (id, customer_id, endpoint_id, event_id, state, next_at, created_at)
     select id, customer_id, endpoint_id, event_id, 'pending', created_at, created_at
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
       as given (id, customer_id, endpoint_id, event_id, created_at)`,
    [
      columnOf.uuid(deliveries.map((delivery) => delivery.id)),
      columnOf.uuid(deliveries.map((delivery) => delivery.customerId)),
      columnOf.uuid(deliveries.map((delivery) => delivery.endpointId)),
      columnOf.uuid(deliveries.map((delivery) => delivery.eventId)),
      columnOf.timestamptz(deliveries.map((delivery) => delivery.createdAt)),
    ],
  );
}
