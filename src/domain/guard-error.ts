/**
 * The closed list of error codes that a caller may see, with their HTTP status and whether the same
 * request may succeed later. Retriability is a property of the code, not of the status.
 * docs/errors has a page for each; a test keeps both complete.
 */
export const errorCodes = {
  unauthenticated: { status: 401, retriable: false },
  scope_missing: { status: 403, retriable: false },
  policy_not_accepted: { status: 403, retriable: false },
  customer_inactive: { status: 403, retriable: false },
  not_found: { status: 404, retriable: false },
  method_not_allowed: { status: 405, retriable: false },
  malformed_json: { status: 400, retriable: false },
  invalid_request: { status: 400, retriable: false },
  evidence_missing: { status: 400, retriable: false },
  basis_not_valid_for_purpose: { status: 400, retriable: false },
  consent_scope_incomplete: { status: 400, retriable: false },
  consent_in_future: { status: 400, retriable: false },
  consent_before_notice: { status: 400, retriable: false },
  number_invalid: { status: 400, retriable: false },
  idempotency_key_missing: { status: 400, retriable: false },
  lookup_reason_missing: { status: 400, retriable: false },
  file_unreadable: { status: 400, retriable: false },
  not_acceptable: { status: 406, retriable: false },
  idempotency_in_progress: { status: 409, retriable: true },
  review_needed: { status: 409, retriable: false },
  not_overrulable: { status: 409, retriable: false },
  conflict: { status: 409, retriable: false },
  body_too_large: { status: 413, retriable: false },
  unsupported_media_type: { status: 415, retriable: false },
  campaign_denied: { status: 422, retriable: false },
  page_denied: { status: 422, retriable: false },
  idempotency_key_reused: { status: 422, retriable: false },
  notice_required: { status: 422, retriable: false },
  second_approver_required: { status: 422, retriable: false },
  rate_limited: { status: 429, retriable: true },
  internal_error: { status: 500, retriable: true },
  limiter_unavailable: { status: 503, retriable: true },
  ledger_unavailable: { status: 503, retriable: true },
} as const satisfies Record<string, { status: number; retriable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/** One fault in what was sent: a JSON pointer to it and a code of its own. */
export type Fault = { readonly pointer: string; readonly code: string; readonly message: string };

/**
 * What should not happen, or a request that cannot be served. `message` is for the operator and holds
 * no personal data; what the caller reads comes from the code.
 */
export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly code: ErrorCode;
  readonly errors: readonly Fault[];
  /** Members that the problem document carries besides the standard ones (reasons, findings, reviewId). */
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly retryAfterS: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly errors?: readonly Fault[];
      readonly extensions?: Readonly<Record<string, unknown>>;
      readonly retryAfterS?: number;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.extensions = options.extensions ?? {};
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get retriable(): boolean {
    return errorCodes[this.code].retriable;
  }
}
