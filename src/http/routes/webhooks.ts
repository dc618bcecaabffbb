import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { pageOf } from "../page.ts";
import { type Route, route } from "../route.ts";

/** Endpoints that are told what happened, by Standard Webhooks; each event needs the scope of what it tells. */
export function webhookRoutes(guard: Guard): readonly Route[] {
  const tag = "Webhooks";
  const path = "/v1/webhook-endpoints";
  return [
    route({
      method: "post",
      path,
      tag,
      summary: "Register an endpoint; its secret is shown once",
      scopes: "any",
      body: "WebhookEndpointRequest",
      query: null,
      answers: [{ status: 201, description: "The endpoint", schema: "WebhookEndpointCreated" }],
      errors: ["conflict"],
      handle: async ({ caller, body }) => json(201, await guard.createWebhookEndpoint(caller, body)),
    }),
    route({
      method: "get",
      path,
      tag,
      summary: "The registered endpoints",
      scopes: "any",
      body: null,
      query: "PageQuery",
      answers: [{ status: 200, description: "One page", schema: "WebhookEndpointPage" }],
      errors: [],
      handle: async ({ caller, query }) => json(200, await guard.listWebhookEndpoints(caller, pageOf(query))),
    }),
    route({
      method: "patch",
      path: `${path}/:endpointId`,
      tag,
      summary: "Change, disable or enable an endpoint",
      scopes: "any",
      body: "WebhookEndpointPatch",
      query: null,
      answers: [{ status: 200, description: "The endpoint", schema: "WebhookEndpointView" }],
      errors: [],
      handle: async ({ caller, params, body }) =>
        json(200, await guard.changeWebhookEndpoint(caller, params["endpointId"] ?? "", body)),
    }),
    route({
      method: "delete",
      path: `${path}/:endpointId`,
      tag,
      summary: "Remove an endpoint with its deliveries",
      scopes: "any",
      body: null,
      query: null,
      answers: [{ status: 204, description: "Removed" }],
      errors: [],
      handle: async ({ caller, params }) => {
        await guard.deleteWebhookEndpoint(caller, params["endpointId"] ?? "");
        return { status: 204, body: { kind: "none" } };
      },
    }),
    route({
      method: "post",
      path: `${path}/:endpointId/secret`,
      tag,
      summary: "Make a new secret; the old one signs beside it for 24 hours",
      scopes: "any",
      body: null,
      query: null,
      answers: [{ status: 200, description: "The endpoint", schema: "WebhookEndpointCreated" }],
      errors: [],
      handle: async ({ caller, params }) =>
        json(200, await guard.rotateWebhookSecret(caller, params["endpointId"] ?? "")),
    }),
    route({
      method: "get",
      path: `${path}/:endpointId/deliveries`,
      tag,
      summary: "What was told to an endpoint, newest first",
      scopes: "any",
      body: null,
      query: "WebhookDeliveryQuery",
      answers: [{ status: 200, description: "One page", schema: "WebhookDeliveryPage" }],
      errors: [],
      handle: async ({ caller, params, query }) =>
        json(
          200,
          await guard.listWebhookDeliveries(
            caller,
            params["endpointId"] ?? "",
            query.state ?? null,
            pageOf(query),
          ),
        ),
    }),
    route({
      method: "post",
      path: `${path}/:endpointId/deliveries/:deliveryId/resend`,
      tag,
      summary: "Send an event again, under the same webhook-id",
      scopes: "any",
      body: null,
      query: null,
      answers: [{ status: 202, description: "It will be sent", schema: "WebhookDeliveryView" }],
      errors: ["conflict"],
      handle: async ({ caller, params }) =>
        json(202, await guard.resendWebhook(caller, params["endpointId"] ?? "", params["deliveryId"] ?? "")),
    }),
  ];
}
