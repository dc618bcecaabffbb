import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import axios from "axios";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createConcurrencyGate } from "./concurrency-gate.ts";
import { isLoopback } from "./loopback.ts";
import { createResettableAgent } from "./resettable-agent.ts";

export type HttpCall = {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** `not_sent`: no byte of the request can have left. `ambiguous`: it may have, and no answer was read. */
export type HttpReply =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "not_sent"; readonly code: string; readonly retryAt?: Date }
  | { readonly kind: "ambiguous"; readonly code: string };

/** Never rejects; never follows a redirect, never asks a proxy, never logs. */
export type HttpClient = { send(call: HttpCall): Promise<HttpReply>; close(): void };

const responseBytesMax = 1_048_576;

/**
 * The one way to a provider over HTTP. Each call has a hard limit from its first byte to the last of the
 * answer; at the limit its socket is reset before the caller learns of it, so that an intent closed after
 * that can no longer turn into a message.
 */
export function createHttpClient(options: {
  readonly baseUrl: URL;
  readonly timeoutMs: number;
  readonly concurrencyMax: number;
  readonly now: () => Date;
  readonly breaker?: { readonly failuresMax: number; readonly openMs: number };
}): HttpClient {
  const secure = options.baseUrl.protocol === "https:";
  if (!secure && !isLoopback(options.baseUrl.hostname)) {
    throw new TypeError("plain HTTP is for loopback only");
  }
  const sockets = createResettableAgent({ secure, socketsMax: options.concurrencyMax });
  const gate = createConcurrencyGate(options.concurrencyMax);
  const breaker = createCircuitBreaker({
    failuresMax: options.breaker?.failuresMax ?? 5,
    openMs: options.breaker?.openMs ?? 10_000,
    now: options.now,
  });
  const http = axios.create({
    maxRedirects: 0,
    proxy: false,
    httpAgent: sockets.agent,
    httpsAgent: sockets.agent,
    maxContentLength: responseBytesMax,
    maxBodyLength: Number.POSITIVE_INFINITY,
    decompress: false,
    responseType: "arraybuffer",
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });

  async function exchange(call: HttpCall): Promise<HttpReply> {
    const trace: Trace = { socket: undefined, mayHaveLeft: false, timedOut: false };
    const cancelled = new AbortController();
    const limit = setTimeout(() => {
      trace.timedOut = true;
      if (trace.socket !== undefined) sockets.cut(trace.socket);
      cancelled.abort();
    }, options.timeoutMs);
    try {
      const response = await http.request<Buffer>({
        method: call.method,
        url: call.url.href,
        headers: { "Accept-Encoding": "identity", "User-Agent": "subscriber-guard", ...call.headers },
        data: call.body,
        signal: cancelled.signal,
        transport: tracedTransport(secure, trace),
      });
      return {
        kind: "response",
        status: response.status,
        headers: plainHeaders(response.headers),
        body: Buffer.from(response.data).toString("utf8"),
      };
    } catch (err) {
      // An answer that broke off or grew too large leaves a connection that must not be used again.
      if (trace.socket !== undefined) sockets.cut(trace.socket);
      const code = trace.timedOut ? "timeout" : transportCode(err);
      if (trace.mayHaveLeft) return { kind: "ambiguous", code };
      return { kind: "not_sent", code: trace.timedOut ? "connect_timeout" : code };
    } finally {
      clearTimeout(limit);
    }
  }

  return {
    send(call) {
      return gate.run(async () => {
        if (call.url.origin !== options.baseUrl.origin) return { kind: "not_sent", code: "foreign_origin" };
        const admission = breaker.admit();
        if (!admission.admitted)
          return { kind: "not_sent", code: "circuit_open", retryAt: admission.retryAt };
        const reply = await exchange(call);
        if (reply.kind === "response" && reply.status < 502) breaker.succeeded();
        else breaker.failed();
        return reply;
      });
    },
    close() {
      sockets.destroy();
    },
  };
}

type Trace = { socket: Socket | undefined; mayHaveLeft: boolean; timedOut: boolean };

/** Node's own request, watched for the moment from which bytes may have left. */
function tracedTransport(secure: boolean, trace: Trace) {
  return {
    request(options: RequestOptions, onResponse: (res: IncomingMessage) => void): ClientRequest {
      const req = secure ? httpsRequest(options, onResponse) : httpRequest(options, onResponse);
      req.once("socket", (socket: Socket) => {
        trace.socket = socket;
        // A fresh connection writes nothing before it stands; one from the pool writes at once.
        if (req.reusedSocket || !socket.connecting) trace.mayHaveLeft = true;
        else
          socket.once(secure ? "secureConnect" : "connect", () => {
            trace.mayHaveLeft = true;
          });
      });
      return req;
    },
  };
}

const transportCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_reset",
  EPIPE: "connection_reset",
  ENOTFOUND: "dns_failure",
  EAI_AGAIN: "dns_failure",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "connect_timeout",
  ERR_BAD_RESPONSE: "unreadable_response",
};

/** From the error's code, never from its text: texts may quote addresses and bodies. */
function transportCode(err: unknown): string {
  const code = err instanceof Error && "code" in err ? String(err.code) : "";
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return "tls_failure";
  return transportCodes[code] ?? "transport_failure";
}

function plainHeaders(headers: object): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") plain[name.toLowerCase()] = value;
  }
  return plain;
}
