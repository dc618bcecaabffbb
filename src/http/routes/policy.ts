import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** The policy in force and its acceptance by customers. */
export function policyRoutes(guard: Guard): readonly Route[] {
  const tag = "Set-up";
  return [
    route({
      method: "get",
      path: "/v1/policy",
      tag,
      summary: "The policy version in force",
      scopes: "any",
      body: null,
      query: null,
      answers: [{ status: 200, description: "The policy", schema: "PolicyView" }],
      errors: [],
      handle: async () => json(200, await guard.currentPolicy()),
    }),
    route({
      method: "post",
      path: "/v1/policy-versions",
      tag,
      summary: "Publish a new version of the policy",
      scopes: ["admin"],
      body: "PolicyVersionRequest",
      query: null,
      answers: [{ status: 201, description: "The policy", schema: "PolicyView" }],
      errors: ["conflict"],
      handle: async ({ caller, body }) => json(201, await guard.publishPolicy(caller, body)),
    }),
    route({
      method: "post",
      path: "/v1/policy-acceptances",
      tag,
      summary: "Accept a version of the policy for the customer",
      scopes: "any",
      body: "PolicyAcceptanceRequest",
      query: null,
      answers: [{ status: 201, description: "The acceptance", schema: "PolicyAcceptanceView" }],
      errors: ["conflict"],
      handle: async ({ caller, body }) => json(201, await guard.acceptPolicy(caller, body)),
    }),
  ];
}
