import type { WithdrawalResult } from "../../domain/contract.gen.ts";
import type { Guard } from "../../guard/guard.ts";
import { type Answer, json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** Consents one by one, withdrawals and a subscriber's present state. */
export function consentRoutes(guard: Guard): readonly Route[] {
  const tag = "Contacts and consent";
  return [
    route({
      method: "post",
      path: "/v1/consents",
      tag,
      summary: "Record up to 10,000 consents given or withdrawn",
      scopes: ["consents"],
      body: "ConsentsRequest",
      query: null,
      answers: [{ status: 200, description: "One result an item, in order", schema: "ConsentsResult" }],
      errors: ["customer_inactive"],
      openWithoutLimiter: true,
      handle: async ({ caller, body }) => json(200, await guard.recordConsents(caller, body)),
    }),
    route({
      method: "post",
      path: "/v1/withdrawals",
      tag,
      summary: "Withdraw consent; 200 means that no hand-off can follow",
      scopes: ["consents"],
      body: "WithdrawalRequest",
      query: null,
      answers: [
        { status: 200, description: "In effect", schema: "WithdrawalResult" },
        {
          status: 202,
          description: "Recorded; one hand-off may still be under way",
          schema: "WithdrawalResult",
        },
      ],
      errors: ["number_invalid"],
      openWithoutLimiter: true,
      handle: async ({ caller, body }) => withdrawalAnswer(await guard.withdraw(caller, body)),
    }),
    route({
      method: "get",
      path: "/v1/withdrawals/:withdrawalId",
      tag,
      summary: "Whether a withdrawal is in effect",
      scopes: ["consents"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The withdrawal", schema: "WithdrawalResult" }],
      errors: [],
      openWithoutLimiter: true,
      handle: async ({ caller, params }) =>
        json(200, await guard.getWithdrawal(caller, params["withdrawalId"] ?? "")),
    }),
    route({
      method: "post",
      path: "/v1/subscribers/lookup",
      tag,
      summary: "What the customer may send to one number",
      scopes: ["consents", "ledger"],
      body: "SubscriberLookupRequest",
      query: null,
      answers: [{ status: 200, description: "The subscriber", schema: "SubscriberView" }],
      errors: ["number_invalid"],
      handle: async ({ caller, body }) => json(200, await guard.lookUpSubscriber(caller, body)),
    }),
    route({
      method: "post",
      path: "/v1/subscribers/consent-records",
      tag,
      summary: "A person's consents with their history, by the names of ISO/IEC TS 27560",
      scopes: ["consents", "ledger"],
      body: "SubscriberLookupRequest",
      query: null,
      answers: [{ status: 200, description: "The records", schema: "ConsentRecords" }],
      errors: ["number_invalid"],
      handle: async ({ caller, body }) => json(200, await guard.exportConsentRecords(caller, body)),
    }),
  ];
}

function withdrawalAnswer(result: WithdrawalResult): Answer {
  return result.status === "effective"
    ? json(200, result)
    : json(202, result, { Location: `/v1/withdrawals/${result.id}` });
}
