import type { Request } from "express";
import type { ContractTypes } from "../domain/contract.gen.ts";
import type { ErrorCode } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import type { Scope } from "../domain/vocabulary.ts";
import type { Caller } from "../guard/guard.ts";
import type { Answer } from "./answer.ts";

/** The title of a schema. */
export type Title = keyof ContractTypes;
type Typed<T extends Title | null> = T extends Title ? ContractTypes[T] : null;

/** One form of a successful answer, as the documentation shows it. */
export type AnswerSpec = {
  readonly status: number;
  readonly description: string;
  readonly schema?: Title;
  /** Where it is not JSON, or not only. */
  readonly mediaTypes?: readonly string[];
};

/** A body that is not one JSON document; the route reads the request itself. */
export type RawBodySpec = {
  readonly mediaTypes: readonly string[];
  /** For multipart: its parts by name. */
  readonly parts?: Readonly<Record<string, { readonly schema?: Title; readonly required: boolean }>>;
};

export type RouteInput<Body extends Title | null, Query extends Title | null> = {
  readonly caller: Caller;
  readonly body: Typed<Body>;
  readonly query: Typed<Query>;
  /** Every segment has the form of an Id. */
  readonly params: Readonly<Record<string, string>>;
  readonly language: Language;
  readonly request: Request;
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
};

/** One operation: what is mounted, and what /openapi.json says about it. */
export type Route<Body extends Title | null = Title | null, Query extends Title | null = Title | null> = {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Express form, parameters as ":name". */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Any of these; "any" takes every valid key. */
  readonly scopes: readonly Scope[] | "any";
  readonly body: Body;
  readonly rawBody?: RawBodySpec;
  readonly query: Query;
  readonly headers?: Readonly<Record<string, { readonly required: boolean; readonly description: string }>>;
  readonly answers: readonly AnswerSpec[];
  /** Besides those that every route may answer. */
  readonly errors: readonly ErrorCode[];
  /** Unset on a POST: accepted. */
  readonly idempotency?: "required";
  /** Questions without side effect are not counted. */
  readonly unmetered?: true;
  /** Taken even when the limiter cannot count: what stops or prevents sending. */
  readonly openWithoutLimiter?: true;
  // A method, so that a route of known titles is also a route of any.
  handle(input: RouteInput<Body, Query>): Promise<Answer>;
};

/** Keeps the titles of a route, so that its handler sees the types they stand for. */
export function route<const Body extends Title | null, const Query extends Title | null>(
  spec: Route<Body, Query>,
): Route<Body, Query> {
  return spec;
}

/** Path parameters of an Express path, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] ?? "");
}
