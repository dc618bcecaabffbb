export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is not JSON. */
  readonly json: unknown;
};

export type ApiCall = {
  readonly key?: string;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string | FormData | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ApiClient = (method: string, path: string, call?: ApiCall) => Promise<ApiAnswer>;

/** Requests as an application makes them. Never repeats one by itself. */
export function apiClient(base: string): ApiClient {
  return async (method, path, call = {}) => {
    const { key, body, raw, headers } = call;
    const answer = await fetch(base + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined ? { body: JSON.stringify(body) } : {}),
      ...(raw === undefined
        ? {}
        : { body: typeof raw === "object" && Buffer.isBuffer(raw) ? new Uint8Array(raw) : raw }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  };
}

/** A member of a JSON value, by its path; undefined where there is none. */
export function pick(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** A member that must be a text. */
export function textAt(json: unknown, ...path: readonly (string | number)[]): string {
  const value = pick(json, ...path);
  if (typeof value !== "string") throw new Error(`no text at ${path.join(".")} of ${JSON.stringify(json)}`);
  return value;
}

/** A member that must be a list. */
export function listAt(json: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = pick(json, ...path);
  if (!Array.isArray(value)) throw new Error(`no list at ${path.join(".")} of ${JSON.stringify(json)}`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
