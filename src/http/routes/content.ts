import type { ContentScanItem } from "../../domain/contract.gen.ts";
import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { type Route, route } from "../route.ts";

/** The content guard as a question. */
export function contentRoutes(guard: Guard): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/v1/content/scan",
      tag: "Content and landing pages",
      summary: "Scan a text, a page or fields, or up to 1,000 of them",
      scopes: ["campaigns", "pages"],
      body: "ContentScanRequest",
      query: null,
      answers: [
        { status: 200, description: "The result", schema: "ContentScanResult" },
        { status: 200, description: "For items: results in order", schema: "ContentScanBatchResult" },
      ],
      errors: [],
      unmetered: true,
      handle: async ({ caller, body }) => {
        const { items, ...single } = body;
        if (items === undefined) return json(200, await guard.scanContent(caller, single));
        // One after the other: a batch must not crowd out other callers.
        const defaults: ContentScanItem = single;
        const results = [];
        for (const item of items) results.push(await guard.scanContent(caller, { ...defaults, ...item }));
        return json(200, { results });
      },
    }),
  ];
}
