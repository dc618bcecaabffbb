import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** Pages: ask, publish. */
export function landingPageRoutes(guard: Guard): readonly Route[] {
  const tag = "Content and landing pages";
  return [
    route({
      method: "post",
      path: "/v1/landing-pages/preview",
      tag,
      summary: "What would be decided about a page; nothing is published or recorded",
      scopes: ["pages"],
      body: "LandingPageRequest",
      query: null,
      answers: [{ status: 200, description: "The decision", schema: "LandingPagePreview" }],
      errors: [],
      unmetered: true,
      handle: async ({ caller, body }) => json(200, await guard.previewPage(caller, body)),
    }),
    route({
      method: "post",
      path: "/v1/landing-pages/publish",
      tag,
      summary: "Approve a page and hand it to its publisher",
      scopes: ["pages"],
      body: "LandingPageRequest",
      query: null,
      answers: [{ status: 202, description: "Approved", schema: "LandingPageApproval" }],
      errors: ["page_denied", "review_needed", "policy_not_accepted", "customer_inactive"],
      idempotency: "required",
      handle: async ({ caller, body }) => json(202, await guard.publishPage(caller, body)),
    }),
  ];
}
