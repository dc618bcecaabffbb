import { Agent, request } from "node:http";
import type { CallBack } from "./sandbox-world.ts";

/** Sends the simulators' callbacks to loopback addresses, a few times if the service does not take them. */
export type CallbackSender = {
  send(callback: CallBack): void;
  later(afterMs: number, work: () => void): void;
  stop(): void;
};

const attemptsMax = 5;
const retryMs = 250;
const timeoutMs = 5_000;
// Beyond this many waiting callbacks the service is not taking them; receipts may be lost on real wires too.
const waitingMax = 50_000;

export function createCallbackSender(): CallbackSender {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: 4_000 });
  const timers = new Set<NodeJS.Timeout>();
  let waiting = 0;
  let stopped = false;

  const later = (afterMs: number, work: () => void): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, afterMs);
    timer.unref();
    timers.add(timer);
  };

  const attempt = (callback: CallBack, url: URL, attemptsLeft: number): void => {
    let settled = false;
    const settle = (taken: boolean): void => {
      if (settled) return;
      settled = true;
      if (taken || attemptsLeft <= 1 || stopped) waiting -= 1;
      else later(retryMs, () => attempt(callback, url, attemptsLeft - 1));
    };
    const req = request(url, {
      method: callback.method,
      headers: { ...callback.headers },
      agent,
      timeout: timeoutMs,
    });
    req.on("response", (res) => {
      res.resume();
      const status = res.statusCode ?? 0;
      // 4xx is an answer: asking again will not change it.
      res.on("close", () => settle(status >= 200 && status < 500));
    });
    req.on("timeout", () => req.destroy());
    req.on("error", () => settle(false));
    req.on("socket", (socket) => socket.unref());
    req.end(callback.body);
  };

  return {
    later,
    send(callback) {
      if (stopped || waiting >= waitingMax || !URL.canParse(callback.url)) return;
      const url = new URL(callback.url);
      if (url.protocol !== "http:" || !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return;
      waiting += 1;
      attempt(callback, url, attemptsMax);
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      agent.destroy();
    },
  };
}
