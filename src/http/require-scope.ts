import { GuardError } from "../domain/guard-error.ts";
import type { Scope } from "../domain/vocabulary.ts";
import type { Caller } from "../guard/guard.ts";

/** Passes a caller with any of the scopes; "any" passes every key. Throws `scope_missing`. */
export function requireScope(caller: Caller, scopes: readonly Scope[] | "any"): void {
  if (scopes === "any" || scopes.some((scope) => caller.scopes.includes(scope))) return;
  throw new GuardError("scope_missing", `needs one of ${scopes.join(", ")}`);
}
