import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** Customers and their keys: set-up by the platform's administrator. */
export function customerRoutes(guard: Guard): readonly Route[] {
  const tag = "Set-up";
  return [
    route({
      method: "post",
      path: "/v1/customers",
      tag,
      summary: "Register a customer",
      scopes: ["admin"],
      body: "CustomerRequest",
      query: null,
      answers: [{ status: 201, description: "The new customer", schema: "CustomerView" }],
      errors: ["conflict"],
      handle: async ({ caller, body }) => json(201, await guard.createCustomer(caller, body)),
    }),
    route({
      method: "patch",
      path: "/v1/customers/:customerId",
      tag,
      summary: "Change a customer's senders, or close it",
      scopes: ["admin"],
      body: "CustomerPatch",
      query: null,
      answers: [{ status: 200, description: "The customer as it is now", schema: "CustomerView" }],
      errors: ["conflict"],
      handle: async ({ caller, body, params }) =>
        json(200, await guard.changeCustomer(caller, params["customerId"] ?? "", body)),
    }),
    route({
      method: "post",
      path: "/v1/customers/:customerId/keys",
      tag,
      summary: "Make a key; it is shown once",
      scopes: ["admin"],
      body: "KeyRequest",
      query: null,
      answers: [{ status: 201, description: "The key", schema: "KeyCreated" }],
      errors: ["customer_inactive"],
      handle: async ({ caller, body, params }) =>
        json(201, await guard.createKey(caller, params["customerId"] ?? "", body)),
    }),
    route({
      method: "delete",
      path: "/v1/customers/:customerId/keys/:keyId",
      tag,
      summary: "Revoke a key",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 204, description: "Revoked" }],
      errors: [],
      handle: async ({ caller, params }) => {
        await guard.revokeKey(caller, params["customerId"] ?? "", params["keyId"] ?? "");
        return { status: 204, body: { kind: "none" } };
      },
    }),
    route({
      method: "get",
      path: "/v1/customers/:customerId/category-agreements",
      tag,
      summary: "The separate agreements about categories of sensitive data",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "Those on record", schema: "CategoryAgreements" }],
      errors: [],
      handle: async ({ params }) => json(200, await guard.listCategoryAgreements(params["customerId"] ?? "")),
    }),
    route({
      method: "put",
      path: "/v1/customers/:customerId/category-agreements/:category",
      tag,
      summary: "Record a separate agreement: a finding of the category is reviewed instead of blocked",
      scopes: ["admin"],
      body: "CategoryAgreementRequest",
      query: null,
      answers: [
        { status: 200, description: "The agreement as it is now", schema: "CategoryAgreementView" },
        { status: 201, description: "The first one about this category", schema: "CategoryAgreementView" },
      ],
      errors: [],
      handle: async ({ caller, body, params }) => {
        const { created, agreement } = await guard.putCategoryAgreement(
          caller,
          params["customerId"] ?? "",
          params["category"] ?? "",
          body,
        );
        return json(created ? 201 : 200, agreement);
      },
    }),
    route({
      method: "delete",
      path: "/v1/customers/:customerId/category-agreements/:category",
      tag,
      summary: "End an agreement",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 204, description: "Ended" }],
      errors: [],
      handle: async ({ caller, params }) => {
        await guard.endCategoryAgreement(caller, params["customerId"] ?? "", params["category"] ?? "");
        return { status: 204, body: { kind: "none" } };
      },
    }),
  ];
}
