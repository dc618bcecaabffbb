/** Why the embedded server could not be used. Each code asks something different of whoever started it. */
export type EmbeddedPostgresErrorCode =
  | "already_running"
  | "wrong_version"
  | "platform_unsupported"
  | "no_identity"
  | "start_failed";

/** The message is for the operator: what happened, and what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: EmbeddedPostgresErrorCode;
  /** The process that holds the data directory, when the code is `already_running`. */
  readonly ownerPid: number | undefined;

  constructor(
    code: EmbeddedPostgresErrorCode,
    message: string,
    options: { cause?: unknown; ownerPid?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.ownerPid = options.ownerPid;
  }
}
