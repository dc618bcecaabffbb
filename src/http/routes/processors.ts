import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { pageOf } from "../page.ts";
import { type Route, route } from "../route.ts";

/** The register of processors that data may be handed to. */
export function processorRoutes(guard: Guard): readonly Route[] {
  const tag = "Set-up";
  return [
    route({
      method: "put",
      path: "/v1/processors/:processorId",
      tag,
      summary: "Register or change a processor; secrets are write-only",
      scopes: ["admin"],
      body: "ProcessorRequest",
      query: null,
      answers: [
        { status: 200, description: "Changed", schema: "ProcessorView" },
        { status: 201, description: "Registered", schema: "ProcessorView" },
      ],
      errors: ["conflict"],
      handle: async ({ caller, body, params }) => {
        const put = await guard.putProcessor(caller, params["processorId"] ?? "", body);
        return json(put.created ? 201 : 200, put.processor);
      },
    }),
    route({
      method: "get",
      path: "/v1/processors",
      tag,
      summary: "The registered processors",
      scopes: ["admin"],
      body: null,
      query: "PageQuery",
      answers: [{ status: 200, description: "One page", schema: "ProcessorPage" }],
      errors: [],
      handle: async ({ caller, query }) => json(200, await guard.listProcessors(caller, pageOf(query))),
    }),
  ];
}
