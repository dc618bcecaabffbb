import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** Erasing a person, beside the planned routes for requests of data subjects. */
export function erasureRoutes(guard: Guard): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/v1/subscribers/erase",
      tag: "Contacts and consent",
      summary: "Erase a person; commitments and proofs stay",
      scopes: ["admin"],
      body: "SubscriberErasureRequest",
      query: null,
      answers: [
        { status: 200, description: "Erased", schema: "SubscriberErasureResult" },
        {
          status: 202,
          description: "Blocked and hidden; a hand-off under way is waited for",
          schema: "SubscriberErasureResult",
        },
      ],
      errors: ["number_invalid", "not_found"],
      openWithoutLimiter: true,
      handle: async ({ caller, body }) => {
        const result = await guard.eraseSubscribers(caller, body);
        return json(result.erasures.every(({ status }) => status === "erased") ? 200 : 202, result);
      },
    }),
  ];
}
