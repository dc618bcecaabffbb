import { type ErrorCode, errorCodes } from "../domain/guard-error.ts";
import { bundleSchemas, readSchemaFiles, type SchemaNode, titleOf } from "../schema/schema-files.ts";
import type { PublicRoute } from "./public-route.ts";
import { type AnswerSpec, parametersOf, type Route, type Title } from "./route.ts";

const components = "#/components/schemas/";

/** The OpenAPI 3.1 document of these routes, from the schemas that the validators use. */
export function openApiDocument(
  routes: readonly Route[],
  publicRoutes: readonly PublicRoute[],
  server: string,
): SchemaNode {
  const schemas = bundleSchemas(readSchemaFiles(), components);
  const paths: Record<string, Record<string, unknown>> = {};
  const add = (path: string, method: string, operation: unknown): void => {
    const key = openApiPath(path);
    paths[key] = { ...paths[key], [method]: operation };
  };
  for (const route of publicRoutes) add(route.path, route.method, publicOperation(route));
  for (const route of routes) add(route.path, route.method, keyedOperation(route, schemas));
  for (const kind of ["messages", "receipts"] as const) {
    for (const method of ["get", "post"])
      add(`/v1/inbound/:processorId/${kind}`, method, inboundOperation(kind));
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "subscriber-guard",
      version: "1",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: "Lets a message or a page through only with a lawful basis, proven consent and a record.",
    },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([title, schema]) => [title, withMapping(schema, schemas)]),
      ),
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "sg_live_… or sg_test_…" } },
    },
  };
}

/** Express "/a/:b/*c" as OpenAPI "/a/{b}/{c}". */
export function openApiPath(path: string): string {
  return path.replace(/[:*]([A-Za-z]+)/g, "{$1}");
}

function keyedOperation(route: Route, schemas: Readonly<Record<string, SchemaNode>>): object {
  const always: readonly ErrorCode[] = [
    "unauthenticated",
    "scope_missing",
    "invalid_request",
    "rate_limited",
    "internal_error",
    "ledger_unavailable",
  ];
  const errors: ErrorCode[] = [...always, ...route.errors];
  if (route.body !== null) errors.push("malformed_json", "body_too_large", "unsupported_media_type");
  if (route.method === "post") {
    errors.push("idempotency_key_missing", "idempotency_in_progress", "idempotency_key_reused");
  }
  if (route.path.includes(":")) errors.push("not_found");
  return {
    operationId: operationId(route.method, route.path),
    tags: [route.tag],
    summary: route.summary,
    description: `Scopes: ${route.scopes === "any" ? "any key" : route.scopes.join(" or ")}.`,
    parameters: [
      ...parametersOf(route.path).map(pathParameter),
      ...queryParameters(route.query === null ? {} : (schemas[route.query] ?? {})),
      ...headerParameters(route),
    ],
    ...requestBody(route),
    responses: { ...answers(route.answers), ...problems(errors) },
  };
}

function publicOperation(route: PublicRoute): object {
  return {
    operationId: operationId(route.method, route.path),
    tags: [route.tag],
    summary: route.summary,
    security: [],
    parameters: parametersOf(route.path.replace("*", ":")).map((name) => ({
      ...pathParameter(name),
      schema: { type: "string" },
    })),
    responses: answers(route.answers),
  };
}

function inboundOperation(kind: string): object {
  return {
    tags: ["Inbound"],
    summary: `A provider's ${kind}, in its own form and with its own signature`,
    security: [],
    parameters: [pathParameter("processorId")],
    responses: { "200": { description: "Recorded" }, ...problems(["unauthenticated", "body_too_large"]) },
  };
}

function requestBody(route: Route): object {
  if (route.body !== null) {
    return { requestBody: { required: true, content: { "application/json": { schema: ref(route.body) } } } };
  }
  const raw = route.rawBody;
  if (raw === undefined) return {};
  const parts = Object.entries(raw.parts ?? {});
  const schema =
    parts.length === 0
      ? { type: "string", format: "binary" }
      : {
          type: "object",
          properties: Object.fromEntries(
            parts.map(([name, part]) => [
              name,
              part.schema === undefined ? { type: "string", format: "binary" } : ref(part.schema),
            ]),
          ),
          required: parts.filter(([, part]) => part.required).map(([name]) => name),
        };
  const content = Object.fromEntries(raw.mediaTypes.map((mediaType) => [mediaType, { schema }]));
  return { requestBody: { required: true, content } };
}

function answers(specs: readonly AnswerSpec[]): Record<string, unknown> {
  const byStatus = groupBy(specs, (spec) => String(spec.status));
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => {
      const described = { description: same.map((spec) => spec.description).join(" / ") };
      const content = contentOf(same);
      return [status, content === null ? described : { ...described, content }];
    }),
  );
}

function contentOf(specs: readonly AnswerSpec[]): Record<string, unknown> | null {
  const titles = specs.flatMap((spec) => (spec.schema === undefined ? [] : [spec.schema]));
  const mediaTypes = new Set(
    specs.flatMap((spec) => spec.mediaTypes ?? (titles.length > 0 ? ["application/json"] : [])),
  );
  if (mediaTypes.size === 0) return null;
  const [first, ...others] = titles;
  const schema =
    first === undefined
      ? { type: "string" }
      : others.length === 0
        ? ref(first)
        : { oneOf: titles.map((title) => ref(title)) };
  return Object.fromEntries(
    [...mediaTypes].map((type) => [
      type,
      { schema: type === "application/json" ? schema : { type: "string" } },
    ]),
  );
}

function problems(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = groupBy([...new Set(codes)], (code) => String(errorCodes[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.join(", "),
        content: { "application/problem+json": { schema: ref("Problem") } },
      },
    ]),
  );
}

function pathParameter(name: string): object {
  return { name, in: "path", required: true, schema: ref("Id") };
}

function queryParameters(schema: SchemaNode): object[] {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, unknown>>;
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: property,
  }));
}

function headerParameters(route: Route): object[] {
  const own = Object.entries(route.headers ?? {}).map(([name, header]) => ({
    name,
    in: "header",
    required: header.required,
    description: header.description,
    schema: { type: "string" },
  }));
  if (route.method !== "post") return own;
  const idempotency = {
    name: "Idempotency-Key",
    in: "header",
    required: route.idempotency === "required",
    description: "1 to 255 printable characters; the same key and body get the first answer for 24 hours.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  };
  return [...own, idempotency];
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "v1");
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function ref(title: Title): { readonly $ref: string } {
  return { $ref: components + title };
}

// OpenAPI reads an unmapped discriminator value as the name of a schema; ours are the values of the field.
function withMapping(schema: SchemaNode, schemas: Readonly<Record<string, SchemaNode>>): SchemaNode {
  const discriminator = schema["discriminator"] as { readonly propertyName: string } | undefined;
  if (discriminator === undefined) return schema;
  const branches = schema["oneOf"] as readonly { readonly $ref: string }[];
  const mapping = branches.map(({ $ref }): [string, string] => {
    const properties = schemas[titleOf($ref)]?.["properties"] as
      | Readonly<Record<string, SchemaNode>>
      | undefined;
    return [String(properties?.[discriminator.propertyName]?.["const"]), $ref];
  });
  return { ...schema, discriminator: { ...discriminator, mapping: Object.fromEntries(mapping) } };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
