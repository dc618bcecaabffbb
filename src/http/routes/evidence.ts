import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { readMultipart } from "../multipart.ts";
import { type Route, route } from "../route.ts";

const fileBytesMax = 50 * 1024 * 1024;

/** Proofs of consent as files. */
export function evidenceRoutes(guard: Guard): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/v1/evidence",
      tag: "Contacts and consent",
      summary: "Upload a proof of consent",
      scopes: ["contacts", "consents"],
      body: null,
      rawBody: { mediaTypes: ["multipart/form-data"], parts: { file: { required: true } } },
      query: null,
      answers: [{ status: 201, description: "How to cite it", schema: "EvidenceView" }],
      errors: ["body_too_large", "unsupported_media_type"],
      handle: async ({ caller, request }) => {
        const form = await readMultipart(request, { fileBytesMax, required: [] });
        return json(201, await guard.recordEvidence(caller, form.file));
      },
    }),
  ];
}
