import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { bindBody, firstCString } from "./smpp-bodies.ts";
import { smppBindHold, smppStatusName } from "./smpp-codes.ts";
import { createPduReader, encodePdu, type Pdu, responseBit, smppCommands } from "./smpp-pdu.ts";

export type SubmitReply =
  | { readonly kind: "response"; readonly status: number; readonly messageId: string }
  | { readonly kind: "not_sent"; readonly code: string; readonly hold: boolean; readonly retryAt?: Date }
  | { readonly kind: "ambiguous"; readonly code: string };

export type SmppSession = {
  submit(body: Buffer): Promise<SubmitReply>;
  /** Binds now, without a message to send, so that messages and receipts can come in. */
  open(): void;
  close(): Promise<void>;
};

export type SmppSessionOptions = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly timeoutMs: number;
  readonly enquireMs: number;
  readonly now: () => Date;
  /** True once what arrived is durable; the SMSC is asked to keep it otherwise. */
  readonly onDeliver: (body: Buffer) => Promise<boolean>;
};

type Pending = { settle(reply: SubmitReply): void };
type Link = {
  readonly socket: Socket;
  readonly raw: Socket;
  readonly bound: Promise<BindResult>;
  readonly pending: Map<number, Pending>;
  sequence: number;
  bindSequence: number;
  usable: boolean;
  enquiries: number;
};
type BindResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly hold: boolean };

const sequenceMax = 0x7fffffff;
const reconnectMinMs = 500;
const reconnectMaxMs = 30_000;
// A refused password does not become right by asking every second, and some SMSCs lock the account.
const heldMs = 60_000;
const retryLater = 0x64;
const queueFull = 0x14;
// More than this under way at once is refused, to be sent again; pausing the line would also hold up answers.
const deliveringMax = 1_000;

/**
 * One transceiver bind that is kept up: a lost link is made again with growing pauses. A submit without an
 * answer in time resets the connection before its caller learns of it; whatever else was under way on it is
 * then just as open.
 */
export function createSmppSession(options: SmppSessionOptions): SmppSession {
  let link: Link | undefined;
  let closed = false;
  let keepUp = false;
  let failures = 0;
  let delivering = 0;
  let refusal: { readonly code: string; readonly hold: boolean; readonly untilMs: number } | undefined;
  let reconnect: NodeJS.Timeout | undefined;

  const send = (to: Link, commandId: number, status: number, sequence: number, body: Buffer): void => {
    if (to.socket.writable) to.socket.write(encodePdu({ commandId, status, sequence, body }));
  };
  const nextSequence = (of: Link): number => {
    of.sequence = of.sequence >= sequenceMax ? 1 : of.sequence + 1;
    return of.sequence;
  };

  function drop(lost: Link, code: string): void {
    if (link === lost) link = undefined;
    lost.usable = false;
    // Connecting sockets have written nothing; all others must not deliver anything any more.
    if (lost.raw.connecting || lost.raw.destroyed) lost.raw.destroy();
    else lost.raw.resetAndDestroy();
    lost.socket.destroy();
    const open = [...lost.pending.values()];
    lost.pending.clear();
    for (const one of open) one.settle({ kind: "ambiguous", code });
    scheduleReconnect();
  }

  function scheduleReconnect(): void {
    if (closed || !keepUp || reconnect !== undefined) return;
    const waitMs = Math.max(pauseMs(), (refusal?.untilMs ?? 0) - options.now().getTime());
    reconnect = setTimeout(() => {
      reconnect = undefined;
      if (!closed) void bind();
    }, waitMs);
    reconnect.unref();
  }

  const pauseMs = (): number => Math.min(reconnectMinMs * 2 ** Math.min(failures, 10), reconnectMaxMs);

  async function bind(): Promise<BindResult> {
    const nowMs = options.now().getTime();
    if (refusal !== undefined && nowMs < refusal.untilMs) return { ok: false, ...refusal };
    link ??= createLink();
    const own = link;
    const result = await own.bound;
    if (result.ok) {
      failures = 0;
      refusal = undefined;
    } else if (own.usable || link === own || refusal === undefined) {
      failures += 1;
      const pause = result.hold ? heldMs : pauseMs();
      refusal = { code: result.code, hold: result.hold, untilMs: options.now().getTime() + pause };
      drop(own, result.code);
    }
    return result;
  }

  function createLink(): Link {
    const raw = connectTcp({ host: options.host, port: options.port, keepAlive: true, noDelay: true });
    const socket = options.tls ? connectTls({ socket: raw, servername: options.host }) : raw;
    let settleBind: (result: BindResult) => void = () => undefined;
    const bound = new Promise<BindResult>((resolve) => {
      settleBind = resolve;
    });
    const made: Link = {
      socket,
      raw,
      bound,
      pending: new Map(),
      sequence: 0,
      bindSequence: 0,
      usable: false,
      enquiries: 0,
    };
    const reader = createPduReader();
    const bindLimit = setTimeout(
      () => settleBind({ ok: false, code: "bind_timeout", hold: false }),
      options.timeoutMs,
    );
    const enquiry = setInterval(() => enquire(made), options.enquireMs);
    enquiry.unref();
    socket.once(options.tls ? "secureConnect" : "connect", () => {
      made.bindSequence = nextSequence(made);
      send(made, smppCommands.bindTransceiver, 0, made.bindSequence, bindBody(options));
    });
    socket.on("data", (chunk: Buffer) => {
      const pdus = reader.push(chunk);
      if (pdus === undefined) {
        drop(made, "malformed_pdu");
        return;
      }
      for (const pdu of pdus) onPdu(made, pdu, settleBind);
    });
    const ended = (code: string) => (): void => {
      clearTimeout(bindLimit);
      clearInterval(enquiry);
      settleBind({ ok: false, code, hold: false });
      if (made.usable || made.pending.size > 0) drop(made, code);
    };
    raw.on("error", (err: Error & { code?: string }) =>
      ended(err.code === "ECONNREFUSED" ? "connection_refused" : "connection_reset")(),
    );
    if (socket !== raw) socket.on("error", ended("tls_failure"));
    socket.on("close", ended("connection_closed"));
    void bound.then((result) => {
      clearTimeout(bindLimit);
      made.usable = result.ok;
    });
    return made;
  }

  function enquire(of: Link): void {
    if (!of.usable) return;
    // Two enquiries without any sign of life: the line is dead although nobody said so.
    if (of.enquiries >= 2) {
      drop(of, "enquire_link_timeout");
      return;
    }
    of.enquiries += 1;
    send(of, smppCommands.enquireLink, 0, nextSequence(of), Buffer.alloc(0));
  }

  function onPdu(from: Link, pdu: Pdu, settleBind: (result: BindResult) => void): void {
    from.enquiries = 0;
    const isBind = pdu.commandId === smppCommands.bindTransceiver + responseBit;
    if (isBind || (pdu.commandId === smppCommands.genericNack && pdu.sequence === from.bindSequence)) {
      const code = smppStatusName(pdu.status);
      settleBind(
        pdu.status === 0 && isBind ? { ok: true } : { ok: false, code, hold: smppBindHold.includes(code) },
      );
      return;
    }
    switch (pdu.commandId) {
      case smppCommands.submitSm + responseBit:
      case smppCommands.genericNack: {
        const waiting = from.pending.get(pdu.sequence);
        from.pending.delete(pdu.sequence);
        waiting?.settle({ kind: "response", status: pdu.status, messageId: firstCString(pdu.body) });
        return;
      }
      case smppCommands.enquireLink:
      case smppCommands.unbind:
        send(from, pdu.commandId + responseBit, 0, pdu.sequence, Buffer.alloc(0));
        if (pdu.commandId === smppCommands.unbind) drop(from, "unbound");
        return;
      case smppCommands.deliverSm:
        void deliver(from, pdu);
        return;
      default:
        // Responses to what nobody waits for any more need no answer; requests that we do not know do.
        if (pdu.commandId < responseBit)
          send(from, smppCommands.genericNack, 0x03, pdu.sequence, Buffer.alloc(0));
    }
  }

  async function deliver(from: Link, pdu: Pdu): Promise<void> {
    if (delivering >= deliveringMax) {
      send(from, smppCommands.deliverSm + responseBit, queueFull, pdu.sequence, Buffer.alloc(0));
      return;
    }
    delivering += 1;
    const durable = await options.onDeliver(pdu.body).catch(() => false);
    delivering -= 1;
    const body = durable ? Buffer.alloc(1) : Buffer.alloc(0);
    send(from, smppCommands.deliverSm + responseBit, durable ? 0 : retryLater, pdu.sequence, body);
  }

  return {
    async submit(body) {
      if (closed) return { kind: "not_sent", code: "closed", hold: false };
      const result = await bind();
      const own = link;
      if (!result.ok || own === undefined || !own.usable) {
        const retryAt = refusal === undefined ? {} : { retryAt: new Date(refusal.untilMs) };
        return {
          kind: "not_sent",
          code: result.ok ? "connection_closed" : result.code,
          hold: !result.ok && result.hold,
          ...retryAt,
        };
      }
      return new Promise<SubmitReply>((resolve) => {
        const limit = setTimeout(() => drop(own, "timeout"), options.timeoutMs);
        const sequence = nextSequence(own);
        own.pending.set(sequence, {
          settle(reply) {
            clearTimeout(limit);
            resolve(reply);
          },
        });
        send(own, smppCommands.submitSm, 0, sequence, body);
      });
    },
    open() {
      keepUp = true;
      void bind();
    },
    async close() {
      closed = true;
      clearTimeout(reconnect);
      const own = link;
      if (own === undefined) return;
      link = undefined;
      if (own.usable) {
        send(own, smppCommands.unbind, 0, nextSequence(own), Buffer.alloc(0));
        await new Promise<void>((resolve) => {
          const limit = setTimeout(resolve, 1_000);
          own.socket.once("close", () => {
            clearTimeout(limit);
            resolve();
          });
          own.socket.end();
        });
      }
      drop(own, "closed");
    },
  };
}
