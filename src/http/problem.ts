import type { Problem } from "../domain/contract.gen.ts";
import { errorMessages } from "../domain/error-messages.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import type { Answer } from "./answer.ts";

export type ProblemContext = {
  readonly language: Language;
  readonly requestId: string;
  readonly publicUrl: string;
};

/** Extensions that the contract knows; anything else a GuardError carries stays inside. */
const extensionNames = ["reasons", "findings", "reviewId"] as const;

/** RFC 9457: any failure as the document a caller may see. What failed inside is never part of it. */
export function problemAnswer(error: unknown, context: ProblemContext): Answer {
  const known = asGuardError(error);
  const { title, detail } = errorMessages[known.code];
  const problem: Problem = {
    type: `${context.publicUrl}/docs/errors/${known.code}`,
    title: title[context.language],
    status: known.status,
    detail: detail[context.language],
    code: known.code,
    retriable: known.retriable,
    requestId: context.requestId,
  };
  if (known.errors.length > 0) problem.errors = known.errors.slice(0, 1000);
  const extensions = extensionNames
    .filter((name) => known.extensions[name] !== undefined)
    .map((name): [string, unknown] => [name, known.extensions[name]]);
  return {
    status: known.status,
    headers: headersOf(known, context.language),
    body: { kind: "json", value: { ...problem, ...Object.fromEntries(extensions) } },
  };
}

function headersOf(error: GuardError, language: Language): Record<string, string> {
  const headers: Record<string, string> = {
    "Content-Type": "application/problem+json; charset=utf-8",
    "Content-Language": language,
  };
  const retryAfterS = error.retryAfterS ?? retryAfterDefaultS[error.code];
  if (retryAfterS !== undefined) headers["Retry-After"] = String(Math.max(0, Math.ceil(retryAfterS)));
  // RFC 6750 section 3: a refused key is told which scheme is expected.
  if (error.code === "unauthenticated") headers["WWW-Authenticate"] = "Bearer";
  return headers;
}

const retryAfterDefaultS: Partial<Record<GuardError["code"], number>> = {
  idempotency_in_progress: 1,
  ledger_unavailable: 5,
  limiter_unavailable: 5,
  rate_limited: 60,
};

/** The failures of the parsers by their `type`, and everything else as `internal_error` with its cause. */
export function asGuardError(error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  const type = property(error, "type");
  const code = typeof type === "string" ? codeOfParserError[type] : undefined;
  if (code !== undefined) return new GuardError(code, `body parser: ${String(type)}`, { cause: error });
  if (error instanceof URIError || property(error, "status") === 400) {
    return new GuardError("invalid_request", "the request cannot be decoded", { cause: error });
  }
  return new GuardError("internal_error", "an unexpected failure", { cause: error });
}

const codeOfParserError: Readonly<Record<string, GuardError["code"]>> = {
  "entity.parse.failed": "malformed_json",
  "entity.too.large": "body_too_large",
  "encoding.unsupported": "unsupported_media_type",
  "charset.unsupported": "unsupported_media_type",
  "request.size.invalid": "invalid_request",
  "request.aborted": "invalid_request",
};

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
