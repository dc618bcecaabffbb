import type { Request } from "express";
import type { Answer } from "./answer.ts";
import type { AnswerSpec } from "./route.ts";

/** An operation that needs no key. */
export type PublicRoute = {
  readonly method: "get";
  /** Express form. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly answers: readonly AnswerSpec[];
  /** Probes and scrapers are never told to come back later. */
  readonly unlimited?: true;
  readonly handle: (req: Request) => Promise<Answer>;
};
