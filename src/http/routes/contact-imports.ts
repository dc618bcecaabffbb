import type { ImportView } from "../../domain/contract.gen.ts";
import { declarationFaults } from "../../domain/declaration.ts";
import { GuardError } from "../../domain/guard-error.ts";
import type { Language } from "../../domain/language.ts";
import type { Guard } from "../../guard/guard.ts";
import type { Parser, Validators } from "../../schema/validate.ts";
import { json } from "../answer.ts";
import { readMultipart } from "../multipart.ts";
import { refuseDeclaration } from "../refuse-declaration.ts";
import { type Route, route } from "../route.ts";

const fileBytesMax = 2 * 1024 ** 3;

/** Files of contacts, worked on while they arrive. */
export function contactImportRoutes(guard: Guard, validators: Validators): readonly Route[] {
  const tag = "Contacts and consent";
  const parseDeclaration = validators.parser("Declaration");
  const parseMapping = validators.parser("ImportMapping");
  return [
    route({
      method: "post",
      path: "/v1/contact-imports",
      tag,
      summary: "Import a file of contacts: CSV, TSV, NDJSON or XLSX",
      scopes: ["contacts"],
      body: null,
      rawBody: {
        mediaTypes: ["multipart/form-data"],
        parts: {
          declaration: { schema: "Declaration", required: true },
          mapping: { schema: "ImportMapping", required: false },
          file: { required: true },
        },
      },
      query: null,
      answers: [{ status: 202, description: "Started; Location says where to ask", schema: "ImportCreated" }],
      errors: [
        "evidence_missing",
        "basis_not_valid_for_purpose",
        "consent_scope_incomplete",
        "consent_in_future",
        "consent_before_notice",
        "policy_not_accepted",
        "customer_inactive",
        "file_unreadable",
        "body_too_large",
        "unsupported_media_type",
      ],
      handle: async ({ caller, request, language }) => {
        const form = await readMultipart(request, { fileBytesMax, required: ["declaration"] });
        const declaration = part(form.fields, "declaration", parseDeclaration, language);
        if (declaration === null) throw new GuardError("invalid_request", "no declaration");
        refuseDeclaration(declarationFaults(declaration, language), "/declaration");
        const mapping = part(form.fields, "mapping", parseMapping, language);
        const created = await guard.startImport(caller, { declaration, mapping, file: form.file });
        return json(202, created, { Location: `/v1/contact-imports/${created.id}` });
      },
    }),
    route({
      method: "get",
      path: "/v1/contact-imports/:importId",
      tag,
      summary: "How far an import is",
      scopes: ["contacts"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The import", schema: "ImportView" }],
      errors: [],
      handle: async ({ caller, params }) =>
        json(200, await guard.getImport(caller, params["importId"] ?? "")),
    }),
    route({
      method: "get",
      path: "/v1/contact-imports/:importId/events",
      tag,
      summary: "The same as server-sent events, until the import ends",
      scopes: ["contacts"],
      body: null,
      query: null,
      answers: [
        {
          status: 200,
          description: "One ImportView an event",
          schema: "ImportView",
          mediaTypes: ["text/event-stream"],
        },
      ],
      errors: [],
      handle: ({ caller, params, gone }) =>
        Promise.resolve({
          status: 200,
          // Proxies would otherwise hold events back until there is enough of them.
          headers: { "X-Accel-Buffering": "no" },
          body: {
            kind: "stream",
            mediaType: "text/event-stream; charset=utf-8",
            chunks: events(guard.watchImport(caller, params["importId"] ?? "", gone)),
          },
        }),
    }),
    route({
      method: "get",
      path: "/v1/contact-imports/:importId/errors",
      tag,
      summary: "The rejected and quarantined rows with code and fix",
      scopes: ["contacts"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "CSV", mediaTypes: ["text/csv"] }],
      errors: [],
      handle: ({ caller, params }) =>
        Promise.resolve({
          status: 200,
          headers: { "Content-Disposition": 'attachment; filename="import-errors.csv"' },
          body: {
            kind: "stream",
            mediaType: "text/csv; charset=utf-8",
            chunks: guard.importErrors(caller, params["importId"] ?? ""),
          },
        }),
    }),
    route({
      method: "post",
      path: "/v1/contact-imports/:importId/cancel",
      tag,
      summary: "Stop an import; what it has recorded stays",
      scopes: ["contacts"],
      body: null,
      query: null,
      answers: [{ status: 200, description: "The import", schema: "ImportView" }],
      errors: ["conflict"],
      handle: async ({ caller, params }) =>
        json(200, await guard.cancelImport(caller, params["importId"] ?? "")),
    }),
  ];
}

async function* events(views: AsyncIterable<ImportView>): AsyncGenerator<string> {
  for await (const view of views) yield `event: import\ndata: ${JSON.stringify(view)}\n\n`;
}

/** A part that holds JSON; null where it was not sent. */
function part<T>(
  fields: ReadonlyMap<string, string>,
  name: string,
  parse: Parser<T>,
  language: Language,
): T | null {
  const text = fields.get(name);
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GuardError("malformed_json", `the part ${name} is not JSON`, { cause });
  }
  try {
    return parse(value, language);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    const errors = error.errors.map((fault) => ({ ...fault, pointer: `/${name}${fault.pointer}` }));
    throw new GuardError(error.code, error.message, { errors });
  }
}
