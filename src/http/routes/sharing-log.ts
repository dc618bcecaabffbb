import { GuardError } from "../../domain/guard-error.ts";
import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import { lookupReason } from "../lookup-reason.ts";
import { type Route, route } from "../route.ts";

const forms = ["application/json", "text/csv", "application/pdf"] as const;

/** Who was told what, and the proof of it. */
export function sharingLogRoutes(guard: Guard): readonly Route[] {
  const tag = "Sharing ledger";
  return [
    route({
      method: "post",
      path: "/v1/sharing-log/search",
      tag,
      summary: "Search the sharing log; the look-up itself is recorded first",
      scopes: ["ledger"],
      body: "SharingLogSearchRequest",
      query: null,
      headers: {
        "X-Lookup-Reason": { required: true, description: "Why you look: 8 to 500 characters." },
      },
      answers: [{ status: 200, description: "Newest first", schema: "SharingLogPage", mediaTypes: forms }],
      errors: ["lookup_reason_missing", "number_invalid", "not_acceptable"],
      handle: async ({ caller, body, language, request }) => {
        const reason = lookupReason(request.get("X-Lookup-Reason"));
        const mediaType = forms.find((form) => form === request.accepts([...forms]));
        if (mediaType === undefined) throw new GuardError("not_acceptable", "no form that could be made");
        if (mediaType === "application/json") {
          return json(200, await guard.searchSharingLog(caller, body, reason));
        }
        const made = await guard.exportSharingLog(caller, body, reason, { mediaType, language });
        return {
          status: 200,
          headers: {
            "Content-Disposition": `attachment; filename="${made.fileName.replace(/[^A-Za-z0-9._-]/g, "_")}"`,
            "Content-Language": language,
          },
          body: { kind: "bytes", mediaType: made.mediaType, bytes: made.bytes },
        };
      },
    }),
    route({
      method: "get",
      path: "/v1/sharing-log/:index/proof",
      tag,
      summary: "The proof that a record stands in the log (C2SP tlog-proof)",
      scopes: ["ledger"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The proof", mediaTypes: ["text/plain"] }],
      errors: [],
      handle: async ({ caller, params }) => {
        const bytes = await guard.sharingLogProof(caller, indexOf(params));
        return { status: 200, body: { kind: "bytes", mediaType: "text/plain; charset=utf-8", bytes } };
      },
    }),
    route({
      method: "get",
      path: "/v1/sharing-log/:index/receipt",
      tag,
      summary: "One record with its proof, to be verified offline; taking it is recorded first",
      scopes: ["ledger"],
      body: null,
      query: null,
      headers: {
        "X-Lookup-Reason": { required: true, description: "Why you look: 8 to 500 characters." },
      },
      answers: [{ status: 200, description: "The receipt", mediaTypes: ["application/json"] }],
      errors: ["lookup_reason_missing"],
      handle: async ({ caller, params, request }) => {
        const reason = lookupReason(request.get("X-Lookup-Reason"));
        const index = indexOf(params);
        const bytes = await guard.sharingLogReceipt(caller, index, reason);
        return {
          status: 200,
          headers: { "Content-Disposition": `attachment; filename="receipt-${index}.json"` },
          body: { kind: "bytes", mediaType: "application/json; charset=utf-8", bytes },
        };
      },
    }),
  ];
}

function indexOf(params: Readonly<Record<string, string>>): bigint {
  const index = params["index"] ?? "";
  if (!/^(0|[1-9]\d{0,17})$/.test(index)) throw new GuardError("not_found", "no such index");
  return BigInt(index);
}
