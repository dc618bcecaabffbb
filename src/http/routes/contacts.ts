import { declarationFaults } from "../../domain/declaration.ts";
import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { refuseDeclaration } from "../refuse-declaration.ts";
import { type Route, route } from "../route.ts";

/** Contacts with the basis they were collected under. */
export function contactRoutes(guard: Guard): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/v1/contacts",
      tag: "Contacts and consent",
      summary: "Record up to 10,000 contacts under one declaration",
      scopes: ["contacts"],
      body: "ContactsRequest",
      query: null,
      answers: [{ status: 200, description: "One result a contact, in order", schema: "ContactsResult" }],
      errors: [
        "evidence_missing",
        "basis_not_valid_for_purpose",
        "consent_scope_incomplete",
        "consent_in_future",
        "consent_before_notice",
        "policy_not_accepted",
        "customer_inactive",
      ],
      handle: async ({ caller, body, language }) => {
        refuseDeclaration(declarationFaults(body.declaration, language), "/declaration");
        return json(200, await guard.recordContacts(caller, body));
      },
    }),
  ];
}
