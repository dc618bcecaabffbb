import { lookup } from "node:dns/promises";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { WebhookCall, WebhookReply, WebhookSender } from "../guard/ports/webhook-sender.ts";
import { createAddressPolicy } from "./public-address.ts";
import { signWebhook } from "./sign-webhook.ts";

export type WebhookSenderOptions = {
  /** Plain HTTP and this machine's own addresses: for the sandbox and for tests only. */
  readonly loopback: boolean;
  /** From the first look at the name to the last byte of the answer; 15 s unless told. */
  readonly timeoutMs?: number;
  /** Every address of a name; the system's resolver unless told. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
};

/** An answer tells by its status; what it says besides is read no further than this and thrown away. */
const answerBytesMax = 65_536;

/**
 * Requests to URLs of customers' choosing. A name is resolved once, every one of its addresses must be allowed, and
 * the connection goes to the address that was looked at: a name that answers differently the second time gains
 * nothing. Redirects are answers like any other, proxies are not asked, connections are not kept.
 */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const policy = createAddressPolicy(options);
  const resolve = options.resolve ?? resolveAll;
  const timeoutMs = options.timeoutMs ?? 15_000;

  const faultOf = (text: string): string | null => {
    if (!URL.canParse(text)) return "not a URL";
    const url = new URL(text);
    const host = bareHost(url);
    const own = options.loopback && (host === "localhost" || (isIP(host) !== 0 && policy.allows(host)));
    if (url.protocol !== "https:" && !(url.protocol === "http:" && own)) return "only https";
    if (url.username !== "" || url.password !== "") return "no user name or password";
    if (isIP(host) !== 0 && !policy.allows(host)) return "not an address of the public Internet";
    if (!options.loopback && /(^|\.)(localhost|local|internal)$/.test(host))
      return "not a name of the public Internet";
    return null;
  };

  return {
    faultOf,
    async send(call) {
      if (faultOf(call.url) !== null) return refused("address_refused");
      const url = new URL(call.url);
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const addresses = await within(limit, addressesOf(url, resolve));
        const [address] = addresses;
        if (address === undefined) return refused("dns_failure");
        if (!addresses.every((each) => policy.allows(each))) return refused("address_refused");
        return await exchange(url, address, call, limit);
      } catch (err) {
        return refused(limit.aborted ? "timeout" : failureCode(err));
      }
    },
  };
}

function refused(code: string): WebhookReply {
  return { delivered: false, gone: false, code };
}

/** Without the brackets of IPv6 and the root's dot, in lower case. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

async function resolveAll(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
}

function addressesOf(
  url: URL,
  resolve: (hostname: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const host = bareHost(url);
  return isIP(host) === 0 ? resolve(host) : Promise.resolve([host]);
}

function within<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error("too late"));
    limit.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => limit.removeEventListener("abort", onAbort));
  });
}

function exchange(url: URL, address: string, call: WebhookCall, limit: AbortSignal): Promise<WebhookReply> {
  const body = Buffer.from(call.body);
  const pinned: LookupFunction = (_hostname, lookupOptions, done) => {
    const family = isIP(address);
    if (lookupOptions.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request: ClientRequest = start(url, {
      method: "POST",
      agent: false,
      lookup: pinned,
      signal: limit,
      headers: {
        "Content-Type": "application/json",
        "Content-Length": body.length,
        "User-Agent": "subscriber-guard",
        ...signWebhook(call),
      },
    });
    request.once("error", reject);
    request.once("response", (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      const reply = {
        delivered: status >= 200 && status < 300,
        gone: status === 410,
        code: String(status),
      };
      let bytes = 0;
      // Its status has been said; an endless answer must not hold the worker.
      response.on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (bytes <= answerBytesMax) return;
        resolve(reply);
        response.destroy();
      });
      response.once("end", () => resolve(reply));
      response.once("error", reject);
    });
    request.end(body);
  });
}

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_reset",
  EPIPE: "connection_reset",
  ENOTFOUND: "dns_failure",
  EAI_AGAIN: "dns_failure",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
};

/** From the error's code, never from its text: texts quote addresses. */
function failureCode(err: unknown): string {
  const code = err instanceof Error && "code" in err ? String(err.code) : "";
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return "tls_failure";
  return codes[code] ?? "transport_failure";
}
