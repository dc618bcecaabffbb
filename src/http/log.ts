import { type DestinationStream, type LoggerOptions, pino } from "pino";

/** The part of pino that the service calls. Diagnostics only: the ledger is the record. */
export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** A pino logger that cannot be made to print secrets, addresses of requests or anything like a phone number. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    redact: {
      paths: ["authorization", "*.authorization", "*.*.authorization", "cookie", "*.cookie", "*.*.cookie"],
      censor: "[redacted]",
    },
    formatters: { log: (fields) => withoutPersonalData(fields, 0) as Record<string, unknown> },
    serializers: { err: serializeError, error: serializeError },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((arg) => (typeof arg === "string" ? mask(arg) : arg)) as typeof args);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const depthMax = 6;

// Causes are kept: "what failed" without "why" makes nobody any wiser.
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return withoutPersonalData(error, 0);
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    message: mask(error.message),
    ...(typeof code === "string" ? { code } : {}),
    stack: mask(error.stack ?? ""),
    ...(error.cause !== undefined && depth < depthMax
      ? { cause: serializeError(error.cause, depth + 1) }
      : {}),
  };
}

function withoutPersonalData(value: unknown, depth: number): unknown {
  if (typeof value === "string") return mask(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || depth > depthMax) return value;
  if (value instanceof Error) return serializeError(value);
  if (Array.isArray(value)) return value.map((item) => withoutPersonalData(item, depth + 1));
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    withoutPersonalData(item, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Runs of 9 to 15 digits with the separators people use, unless part of a longer word such as a digest. */
function mask(text: string): string {
  return text.replace(/(?<![0-9A-Za-z.:-])\+?\d(?:[ .()-]?\d){8,14}(?![0-9A-Za-z:-])/g, "[number]");
}
