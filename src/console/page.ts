import type { Request, Response } from "express";
import type { Language } from "../domain/language.ts";
import type { Caller } from "../guard/guard.ts";
import type { StaffRow } from "../guard/ports/staff-records.ts";
import type { World } from "../guard/world.ts";
import type { OpenIdProvider } from "./openid.ts";

/** A request as a page sees it. What comes from the browser is hostile until a use case has checked it. */
export type Visit = {
  readonly world: World;
  readonly req: Request;
  readonly res: Response;
  readonly language: Language;
  /** Where staff sign in besides links; null: not configured. */
  readonly provider: OpenIdProvider | null;
  /** Members of a form; only texts. */
  readonly form: Readonly<Record<string, string>>;
  query(name: string): string | null;
  parameter(name: string): string;
};

/** A visit of somebody who is signed in and whose role has access. */
export type StaffVisit = Visit & {
  readonly staff: StaffRow;
  readonly token: string;
  /** How use cases know the person: the key id is the account's, and no customer's data is reached by scope. */
  readonly caller: Caller;
};

export type Reply =
  | { readonly view: string; readonly data?: object; readonly status?: number }
  | { readonly redirect: string }
  | { readonly json: object }
  | {
      readonly file: {
        readonly mediaType: string;
        readonly bytes: Buffer;
        /** To be saved under that name. */
        readonly fileName?: string;
      };
    };

export type Handler<V> = (visit: V) => Promise<Reply> | Reply;

const cursorPattern = /^[A-Za-z0-9_-]{1,200}$/;

/** The page of a list that the query asks for. */
export function pageAsked(
  visit: Visit,
  limit: number,
): { readonly limit: number; readonly cursor: string | null } {
  const cursor = visit.query("cursor");
  return { limit, cursor: cursor !== null && cursorPattern.test(cursor) ? cursor : null };
}
