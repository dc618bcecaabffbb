import type { PageQuery } from "../domain/contract.gen.ts";
import type { PageRequest } from "../guard/guard.ts";

/** The page that query parameters ask for: 50 items unless said otherwise. */
export function pageOf(query: PageQuery): PageRequest {
  return { limit: query.limit ?? 50, cursor: query.cursor ?? null };
}
