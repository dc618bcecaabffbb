/** Where Redis is: one server, a Cluster, or whichever server a group of Sentinels names as the master. */
export type RedisAddress = {
  readonly kind: "single" | "cluster" | "sentinel";
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  /** Of Sentinel: the master's name, and how to sign in to the Sentinels themselves. */
  readonly masterName: string | null;
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
};

const form = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;

/**
 * Reads REDIS_URL:
 * - `redis://[user:password@]host[:port][/database]` or `rediss://…` (TLS);
 * - several of these, comma-separated: nodes of one Cluster;
 * - `redis+sentinel://[user:password@]host[:port],host[:port],…/master[/database][?sentinelUsername=…&sentinelPassword=…]`,
 *   or `rediss+sentinel://…`: Sentinels, and the name of the master that they watch.
 * null: it cannot be read.
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  const whole = form.exec(text.trim());
  if (whole?.[2] !== undefined) return sentinelAddress(whole);
  const parts = text.split(",").map((part) => form.exec(part.trim()));
  const [first] = parts;
  if (first === null || first === undefined) return null;
  const nodes = parts.flatMap((part) =>
    part === null || part[2] !== undefined ? [] : nodesOf(part[4], 6379),
  );
  if (nodes.length !== parts.length) return null;
  const database = databaseOf(first[5]);
  const credentials = credentialsOf(first[3]);
  if (database === null || credentials === null) return null;
  return {
    kind: parts.length === 1 ? "single" : "cluster",
    nodes,
    tls: first[1] === "rediss",
    ...credentials,
    database,
    masterName: null,
    sentinelUsername: null,
    sentinelPassword: null,
  };
}

function sentinelAddress(whole: RegExpExecArray): RedisAddress | null {
  const [, protocol, , userInfo, hosts, path, query] = whole;
  const given = hosts?.split(",") ?? [];
  const nodes = nodesOf(hosts, 26379);
  const [masterName = "", database, ...more] = (path ?? "").split("/");
  const credentials = credentialsOf(userInfo);
  const index = databaseOf(database);
  const known = /^[\w.-]{1,100}$/.test(masterName);
  if (nodes.length !== given.length || !known || more.length > 0 || credentials === null || index === null)
    return null;
  const params = new URLSearchParams(query ?? "");
  return {
    kind: "sentinel",
    nodes,
    tls: protocol === "rediss",
    ...credentials,
    database: index,
    masterName,
    sentinelUsername: params.get("sentinelUsername"),
    sentinelPassword: params.get("sentinelPassword"),
  };
}

function nodesOf(
  hosts: string | undefined,
  port: number,
): { readonly host: string; readonly port: number }[] {
  return (hosts ?? "").split(",").flatMap((written) => {
    const host = written.trim();
    if (host === "" || !URL.canParse(`redis://${host}`)) return [];
    const url = new URL(`redis://${host}`);
    // An address of version 6 stands in brackets in a URL, and without them everywhere else.
    return [{ host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || port) }];
  });
}

function databaseOf(path: string | undefined): number | null {
  if (path === undefined || path === "") return 0;
  return /^\d{1,4}$/.test(path) ? Number(path) : null;
}

function credentialsOf(
  userInfo: string | undefined,
): { readonly username: string | null; readonly password: string | null } | null {
  if (userInfo === undefined || userInfo === "") return { username: null, password: null };
  const colon = userInfo.indexOf(":");
  const parts = colon === -1 ? ["", userInfo] : [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
  try {
    const [username = "", password = ""] = parts.map(decodeURIComponent);
    return { username: username === "" ? null : username, password: password === "" ? null : password };
  } catch {
    return null;
  }
}
