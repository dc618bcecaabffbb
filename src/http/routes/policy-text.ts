import { GuardError } from "../../domain/guard-error.ts";
import type { Guard } from "../../guard/guard.ts";
import type { PublicRoute } from "../public-route.ts";

/** The text of each policy version, for whoever has to accept it or was protected by it. */
export function policyTextRoutes(guard: Guard): readonly PublicRoute[] {
  return [
    {
      method: "get",
      path: "/docs/policy/:version",
      tag: "Documentation",
      summary: "The text of a policy version",
      answers: [{ status: 200, description: "The text", mediaTypes: ["text/plain"] }],
      handle: async (req) => {
        const version = String(req.params["version"]);
        const text = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/.test(version)
          ? await guard.policyText(version)
          : null;
        if (text === null) throw new GuardError("not_found", "no such version");
        return { status: 200, body: { kind: "bytes", mediaType: "text/plain; charset=utf-8", bytes: text } };
      },
    },
  ];
}
