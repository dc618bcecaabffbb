import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { pageOf } from "../page.ts";
import { type Route, route } from "../route.ts";

/** What waits for a person, and what the person decided. */
export function reviewRoutes(guard: Guard): readonly Route[] {
  const tag = "Reviews";
  const scopes = ["campaigns", "pages", "admin"] as const;
  return [
    route({
      method: "get",
      path: "/v1/reviews",
      tag,
      summary: "What waits for a person",
      scopes,
      body: null,
      query: "PageQuery",
      answers: [{ status: 200, description: "One page", schema: "ReviewPage" }],
      errors: [],
      handle: async ({ caller, query }) => json(200, await guard.listReviews(caller, pageOf(query))),
    }),
    route({
      method: "post",
      path: "/v1/reviews/:reviewId/evidence",
      tag,
      summary: "Add evidence to a review",
      scopes,
      body: "ReviewEvidenceRequest",
      query: null,
      answers: [{ status: 200, description: "The review", schema: "ReviewView" }],
      errors: ["conflict"],
      handle: async ({ caller, params, body }) =>
        json(200, await guard.addReviewEvidence(caller, params["reviewId"] ?? "", body)),
    }),
    route({
      method: "post",
      path: "/v1/reviews/:reviewId/decision",
      tag,
      summary: "Release or uphold; what the subscriber decided cannot be released",
      scopes,
      body: "ReviewDecisionRequest",
      query: null,
      answers: [{ status: 200, description: "The review", schema: "ReviewView" }],
      errors: ["not_overrulable", "conflict"],
      handle: async ({ caller, params, body }) =>
        json(200, await guard.decideReview(caller, params["reviewId"] ?? "", body)),
    }),
  ];
}
