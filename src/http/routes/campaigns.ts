import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { pageOf } from "../page.ts";
import { type Route, route } from "../route.ts";

/** Messages to many: ask, submit, watch, stop. */
export function campaignRoutes(guard: Guard): readonly Route[] {
  const tag = "Campaigns";
  return [
    route({
      method: "post",
      path: "/v1/campaigns/preview",
      tag,
      summary: "What would be decided, now or at another moment; nothing is sent or recorded",
      scopes: ["campaigns"],
      body: "CampaignRequest",
      query: "PreviewQuery",
      answers: [{ status: 200, description: "The decision", schema: "CampaignPreview" }],
      errors: ["not_found"],
      unmetered: true,
      handle: async ({ caller, body, query }) => {
        const at = query.at === undefined ? null : new Date(query.at);
        return json(200, await guard.previewCampaign(caller, body, { at, explain: query.explain ?? false }));
      },
    }),
    route({
      method: "post",
      path: "/v1/campaigns",
      tag,
      summary: "Submit a campaign",
      scopes: ["campaigns"],
      body: "CampaignRequest",
      query: null,
      answers: [
        { status: 202, description: "Decided; Location says where to watch", schema: "CampaignCreated" },
      ],
      errors: ["campaign_denied", "review_needed", "policy_not_accepted", "customer_inactive"],
      idempotency: "required",
      handle: async ({ caller, body }) => {
        const created = await guard.submitCampaign(caller, body);
        return json(202, created, { Location: `/v1/campaigns/${created.id}` });
      },
    }),
    route({
      method: "get",
      path: "/v1/campaigns/:campaignId",
      tag,
      summary: "A campaign, its decision and its delivery",
      scopes: ["campaigns"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The campaign", schema: "CampaignView" }],
      errors: [],
      handle: async ({ caller, params }) =>
        json(200, await guard.getCampaign(caller, params["campaignId"] ?? "")),
    }),
    route({
      method: "get",
      path: "/v1/campaigns/:campaignId/recipients",
      tag,
      summary: "What was decided for each recipient, and what became of it",
      scopes: ["campaigns"],
      body: null,
      query: "RecipientQuery",
      answers: [{ status: 200, description: "One page", schema: "CampaignRecipientPage" }],
      errors: [],
      handle: async ({ caller, params, query }) => {
        const { limit: _limit, cursor: _cursor, ...filter } = query;
        const page = await guard.campaignRecipients(
          caller,
          params["campaignId"] ?? "",
          filter,
          pageOf(query),
        );
        return json(200, page);
      },
    }),
    route({
      method: "post",
      path: "/v1/campaigns/:campaignId/cancel",
      tag,
      summary: "Stop a campaign; 200 means that no hand-off can follow",
      scopes: ["campaigns"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The campaign", schema: "CampaignView" }],
      errors: ["conflict"],
      openWithoutLimiter: true,
      handle: async ({ caller, params }) =>
        json(200, await guard.cancelCampaign(caller, params["campaignId"] ?? "")),
    }),
  ];
}
