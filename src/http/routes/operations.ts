import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import { GuardError } from "../../domain/guard-error.ts";
import type { Guard } from "../../guard/guard.ts";
import { json } from "../answer.ts";
import type { PublicRoute } from "../public-route.ts";

export type Metrics = {
  /** Everything measured, in the Prometheus text form, with its media type. */
  readonly read: () => Promise<{ readonly mediaType: string; readonly text: string }>;
  /** Lets scrapers in from elsewhere; null: loopback only. */
  readonly token: string | null;
};

/** Probes and measurements. */
export function operationsRoutes(guard: Guard, metrics: Metrics): readonly PublicRoute[] {
  const tag = "Operations";
  return [
    {
      method: "get",
      path: "/healthz",
      tag,
      summary: "The process is up",
      answers: [{ status: 200, description: "Up" }],
      unlimited: true,
      handle: () => Promise.resolve(json(200, { status: "ok" })),
    },
    {
      method: "get",
      path: "/readyz",
      tag,
      summary: "Store, queue and ledger can record",
      answers: [
        { status: 200, description: "Ready" },
        { status: 503, description: "Not ready" },
      ],
      unlimited: true,
      handle: async () => {
        const readiness = await guard.readiness();
        return json(readiness.ready ? 200 : 503, readiness);
      },
    },
    {
      method: "get",
      path: "/metrics",
      tag,
      summary: "Prometheus metrics, with their own token or from loopback",
      answers: [{ status: 200, description: "Metrics", mediaTypes: ["text/plain"] }],
      unlimited: true,
      handle: async (req) => {
        if (!mayRead(req, metrics.token)) throw new GuardError("unauthenticated", "metrics are not public");
        const { mediaType, text } = await metrics.read();
        return { status: 200, body: { kind: "bytes", mediaType, bytes: text } };
      },
    },
  ];
}

function mayRead(req: Request, token: string | null): boolean {
  const given = /^Bearer (\S+)$/i.exec(req.get("Authorization") ?? "")?.[1];
  if (token !== null && given !== undefined && same(given, token)) return true;
  // Behind a proxy on this machine every request comes from loopback.
  const forwarded = req.headers["x-forwarded-for"] !== undefined || req.headers.forwarded !== undefined;
  return !forwarded && isLoopback(req.socket.remoteAddress ?? "");
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
