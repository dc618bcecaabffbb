import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { inflateUpload } from "../inflate-upload.ts";
import { limitedBody } from "../limited-body.ts";
import { type Route, route } from "../route.ts";

const listBytesMax = 512 * 1024 * 1024;

/** The national do-not-call list. */
export function doNotCallRoutes(guard: Guard): readonly Route[] {
  const tag = "Set-up";
  return [
    route({
      method: "put",
      path: "/v1/do-not-call",
      tag,
      summary: "Replace the list: one number a line, as CSV or gzip",
      scopes: ["admin"],
      body: null,
      rawBody: { mediaTypes: ["text/csv", "application/gzip"] },
      query: "DoNotCallQuery",
      answers: [{ status: 202, description: "Taken", schema: "DoNotCallView" }],
      errors: ["file_unreadable", "body_too_large", "unsupported_media_type"],
      handle: async ({ caller, query, request }) =>
        json(
          202,
          await guard.replaceDoNotCall(
            caller,
            new Date(query.snapshotAt),
            inflateUpload(limitedBody(request, listBytesMax), listBytesMax),
          ),
        ),
    }),
    route({
      method: "get",
      path: "/v1/do-not-call",
      tag,
      summary: "How old the list is and how many numbers it holds",
      scopes: ["admin"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The list's state", schema: "DoNotCallView" }],
      errors: [],
      handle: async ({ caller }) => json(200, await guard.doNotCall(caller)),
    }),
  ];
}
