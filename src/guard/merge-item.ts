import type { RowFault } from "../domain/contract.gen.ts";
import type { AssessedContact } from "./assess-contact.ts";
import type { Declared } from "./declare.ts";

export type MergeItem = { readonly contact: AssessedContact; readonly declaration: Declared };

export type MergeResult = {
  readonly status: "accepted" | "updated" | "duplicate" | "quarantined";
  readonly subscriberId: string;
  readonly codes: readonly RowFault[];
};
