import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** The platform's own keys: made, listed and revoked by whoever holds one. */
export function platformKeyRoutes(guard: Guard): readonly Route[] {
  const tag = "Set-up";
  return [
    route({
      method: "get",
      path: "/v1/platform-keys",
      tag,
      summary: "The platform's valid keys, without their texts",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The keys", schema: "PlatformKeyPage" }],
      errors: [],
      handle: async () => json(200, await guard.listPlatformKeys()),
    }),
    route({
      method: "post",
      path: "/v1/platform-keys",
      tag,
      summary: "Make a key of the platform; it is shown once",
      scopes: ["admin"],
      body: "PlatformKeyRequest",
      query: null,
      answers: [{ status: 201, description: "The key", schema: "KeyCreated" }],
      errors: [],
      handle: async ({ body }) => json(201, await guard.createPlatformKey(body)),
    }),
    route({
      method: "delete",
      path: "/v1/platform-keys/:keyId",
      tag,
      summary: "Revoke a key of the platform",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 204, description: "Revoked" }],
      errors: ["conflict"],
      handle: async ({ caller, params }) => {
        await guard.revokePlatformKey(caller, params["keyId"] ?? "");
        return { status: 204, body: { kind: "none" } };
      },
    }),
  ];
}
