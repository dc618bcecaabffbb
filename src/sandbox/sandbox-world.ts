import type { ReceivedCall, SandboxProvider } from "./call-records.ts";

/** What a simulator gets of the world around it. */
export type SandboxWorld = {
  now(): Date;
  record(call: Omit<ReceivedCall, "at">): void;
  /** Dropped when the sandbox stops; never keeps the process alive. */
  later(afterMs: number, work: () => void): void;
  /** Calls the service back; addresses beyond loopback are left alone. */
  callBack(request: CallBack): void;
  readonly callbacks: CallbackAddresses;
  readonly slowMs: number;
  readonly lateMs: number;
};

export type CallBack = {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** `{baseUrl}/receipts/{secret}` and `{baseUrl}/messages/{secret}` are called, as on the service's side. */
export type CallbackAddress = { readonly baseUrl: string; readonly secret: string };
export type CallbackAddresses = Partial<Record<SandboxProvider, CallbackAddress>>;

export type SimulatedRequest = {
  readonly method: string;
  /** Below the provider's own prefix, without the leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type SimulatedAnswer =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs?: number;
    }
  | { readonly kind: "never" }
  | { readonly kind: "reset" };

export type Simulator = (request: SimulatedRequest) => SimulatedAnswer;

export function json(body: unknown, status = 200): SimulatedAnswer {
  return { kind: "reply", status, body: JSON.stringify(body) };
}
