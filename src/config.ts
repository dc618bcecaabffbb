import type { OpenIdSettings } from "./console/openid.ts";
import { type StaffRole, staffRoles } from "./guard/ports/staff-records.ts";
import { parseSignerKey, type SignerKey } from "./ledger/note-key.ts";
import { parseRedisAddress } from "./queue/redis-address.ts";

/** Everything that the environment may say, checked once. `null`: the embedded default makes its own. */
export type Config = {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly dataDir: string;
  readonly role: "all" | "api" | "worker";
  readonly adminApiKey: string | null;
  readonly encryptionKey: Uint8Array | null;
  /** Keys before a rotation: they open what the current one has not sealed anew yet. */
  readonly previousEncryptionKeys: readonly Uint8Array[];
  readonly ledgerKey: SignerKey | null;
  readonly ledgerOrigin: string;
  readonly publicUrl: string;
  readonly sandbox: boolean;
  /** The service's clock starts here and runs on. */
  readonly sandboxClock: Date | null;
  readonly logLevel: string;
  readonly metricsToken: string | null;
  readonly trustProxy: number;
  readonly rateLimitPerMinute: number | null;
  /** How long what was decided of each recipient is kept after its campaign has ended. */
  readonly retentionDays: number;
  /** Where staff of the console sign in; null: by one-time links alone. */
  readonly openId: OpenIdSettings | null;
  /** How often the service verifies its own ledger; 0: never. */
  readonly ledgerCheckMinutes: number;
  /** "send": by OTLP, as the OTEL_* variables say; "application": to the provider that the application has. */
  readonly traces: "off" | "send" | "application";
};

type Environment = Readonly<Record<string, string | undefined>>;

/** One message that names every fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/** Reads the settings of docs/guide/operator.md; throws a ConfigError that names every wrong or missing one. */
export function readConfig(env: Environment): Config {
  const faults: string[] = [];
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    return value === undefined || value === "" ? null : value;
  };
  const oneOf = <T extends string>(name: string, allowed: readonly T[], unset: T): T => {
    const value = text(name);
    if (value === null) return unset;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) faults.push(`${name} must be one of ${allowed.join(", ")}`);
    return found ?? unset;
  };
  const integer = (name: string, min: number, max: number, unset: number): number => {
    const value = text(name);
    if (value === null) return unset;
    const number = /^\d{1,7}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    faults.push(`${name} must be a whole number from ${min} to ${max}`);
    return unset;
  };

  const host = text("HOST") ?? "127.0.0.1";
  const port = integer("PORT", 0, 65_535, 8080);
  const databaseUrl = address("DATABASE_URL", text("DATABASE_URL"), ["postgres:", "postgresql:"], faults);
  const redisUrl = redisAddresses(text("REDIS_URL"), faults);
  const sandboxDefault = databaseUrl === null ? "1" : "0";
  const sandbox = oneOf("SANDBOX", ["0", "1"], sandboxDefault) === "1";
  const role = oneOf("ROLE", ["all", "api", "worker"], "all");
  if (role !== "all" && databaseUrl === null)
    faults.push("ROLE=worker needs DATABASE_URL: the embedded store serves one process");

  const adminApiKey = text("ADMIN_API_KEY");
  if (adminApiKey !== null && !/^[\x21-\x7e]{32,512}$/.test(adminApiKey)) {
    faults.push("ADMIN_API_KEY must have 32 or more printable characters without spaces");
  }
  const encryptionKey = readKey("ENCRYPTION_KEY", text("ENCRYPTION_KEY"), faults);
  const previousEncryptionKeys = (text("ENCRYPTION_KEY_PREVIOUS")?.split(",") ?? []).flatMap(
    (value) => readKey("ENCRYPTION_KEY_PREVIOUS", value.trim(), faults) ?? [],
  );
  const ledgerKeyText = text("LEDGER_KEY");
  const ledgerKey = ledgerKeyText === null ? null : parseSignerKey(ledgerKeyText);
  if (ledgerKeyText !== null && ledgerKey === null) {
    faults.push("LEDGER_KEY must be a note signer key (PRIVATE+KEY+<name>+<id>+<base64>)");
  }
  if (databaseUrl !== null) {
    if (text("ENCRYPTION_KEY") === null) {
      faults.push("ENCRYPTION_KEY is needed with DATABASE_URL: 32 bytes in base64 (openssl rand -base64 32)");
    }
    if (ledgerKeyText === null) {
      faults.push("LEDGER_KEY is needed with DATABASE_URL (npx subscriber-guard keys ledger)");
    }
  }
  const clockText = text("SANDBOX_CLOCK");
  const sandboxClock = clockText === null ? null : readInstant(clockText, faults);
  if (clockText !== null && !sandbox) faults.push("SANDBOX_CLOCK is refused unless SANDBOX is on");
  const publicUrl = text("PUBLIC_URL") ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(publicUrl)) faults.push("PUBLIC_URL must be an http or https address");
  const ledgerOrigin = text("LEDGER_ORIGIN") ?? "subscriber-guard.local/ledger";
  if (/[\s+]/u.test(ledgerOrigin)) faults.push("LEDGER_ORIGIN must hold no space and no plus sign");
  const logLevel = oneOf("LOG_LEVEL", logLevels, "info");

  const config: Config = {
    host,
    port,
    databaseUrl,
    redisUrl,
    dataDir: text("DATA_DIR") ?? ".data",
    role,
    adminApiKey,
    encryptionKey,
    previousEncryptionKeys,
    ledgerKey,
    ledgerOrigin,
    publicUrl: publicUrl.replace(/\/+$/, ""),
    sandbox,
    sandboxClock,
    logLevel,
    metricsToken: text("METRICS_TOKEN"),
    retentionDays: integer("RETENTION_DAYS", 30, 36_500, 730),
    trustProxy: integer("TRUST_PROXY", 0, 10, 0),
    openId: readOpenId(text, faults),
    ledgerCheckMinutes: integer("LEDGER_CHECK_MINUTES", 0, 10_080, 60),
    traces: readTraces(text, faults),
    rateLimitPerMinute:
      text("RATE_LIMIT_PER_MINUTE") === null ? null : integer("RATE_LIMIT_PER_MINUTE", 1, 1_000_000, 6_000),
  };
  if (faults.length > 0) {
    throw new ConfigError(
      `The settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
  }
  return Object.freeze(config);
}

function address(
  name: string,
  value: string | null,
  protocols: readonly string[],
  faults: string[],
): string | null {
  if (value === null) return null;
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    faults.push(`${name} must be an address of the form ${protocols[0] ?? ""}//…`);
  }
  return value;
}

/** One server, nodes of a Cluster, or Sentinels (queue/redis-address.ts). */
function redisAddresses(value: string | null, faults: string[]): string | null {
  if (value !== null && parseRedisAddress(value) === null) {
    faults.push(
      "REDIS_URL must be redis://…, several of these, or redis+sentinel://host:port,host:port/master",
    );
  }
  return value;
}

function readKey(name: string, value: string | null, faults: string[]): Uint8Array | null {
  if (value === null) return null;
  const bytes = Buffer.from(value, "base64");
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(value) && bytes.length === 32) return bytes;
  faults.push(`${name} must be 32 bytes in base64 (openssl rand -base64 32)`);
  return null;
}

/** OIDC_ROLES: "admin=…,compliance=…,support=…", a role again for each further value of the claim. */
function readOpenId(text: (name: string) => string | null, faults: string[]): OpenIdSettings | null {
  const issuer = text("OIDC_ISSUER");
  const clientId = text("OIDC_CLIENT_ID");
  const clientSecret = text("OIDC_CLIENT_SECRET");
  const pairs = text("OIDC_ROLES");
  const roleClaim = text("OIDC_ROLE_CLAIM");
  if (issuer === null) {
    if ([clientId, clientSecret, pairs, roleClaim].some((value) => value !== null)) {
      faults.push("OIDC_ISSUER is needed with the other settings of OIDC");
    }
    return null;
  }
  if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(issuer) || !URL.canParse(issuer)) {
    faults.push("OIDC_ISSUER must be an https address");
  }
  if (clientId === null || clientSecret === null) {
    faults.push("OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed with OIDC_ISSUER");
  }
  const roles: Record<StaffRole, string[]> = { support: [], compliance: [], admin: [] };
  for (const pair of pairs?.split(",") ?? []) {
    const [name, value] = pair.split("=", 2).map((part) => part.trim());
    const role = staffRoles.find((known) => known === name);
    if (role === undefined || value === undefined || value === "") {
      faults.push("OIDC_ROLES must be pairs such as admin=guard-admins,support=guard-support");
      break;
    }
    roles[role].push(value);
  }
  if (Object.values(roles).every((values) => values.length === 0)) {
    faults.push("OIDC_ROLES is needed with OIDC_ISSUER: which value of the claim gives which role");
  }
  return {
    issuer,
    clientId: clientId ?? "",
    clientSecret: clientSecret ?? "",
    roleClaim: roleClaim ?? "roles",
    roles,
  };
}

/** On as soon as an address is given, like every program that knows OpenTelemetry's variables. */
function readTraces(text: (name: string) => string | null, faults: string[]): Config["traces"] {
  const endpoints = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
  const given = endpoints.filter((name) => text(name) !== null);
  const exporter = text("OTEL_TRACES_EXPORTER") ?? (given.length > 0 ? "otlp" : "none");
  if (text("OTEL_SDK_DISABLED")?.toLowerCase() === "true" || exporter === "none") return "off";
  if (exporter !== "otlp") faults.push("OTEL_TRACES_EXPORTER must be otlp or none");
  for (const name of given) address(name, text(name), ["http:", "https:"], faults);
  const protocol = text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? text("OTEL_EXPORTER_OTLP_PROTOCOL");
  if (protocol !== null && protocol !== "http/json")
    faults.push("OTEL_EXPORTER_OTLP_PROTOCOL must be http/json, the one that is spoken here");
  return "send";
}

function readInstant(value: string, faults: string[]): Date | null {
  const instant = new Date(value);
  if (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(value) &&
    !Number.isNaN(instant.getTime())
  ) {
    return instant;
  }
  faults.push("SANDBOX_CLOCK must be a moment as in RFC 3339, such as 2026-11-24T23:30:00+07:00");
  return null;
}
