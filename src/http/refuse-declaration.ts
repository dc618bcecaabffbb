import type { DeclarationFault } from "../domain/declaration.ts";
import { GuardError } from "../domain/guard-error.ts";

/** Refuses with the code of the first fault and names all; passes where there is none. */
export function refuseDeclaration(faults: readonly DeclarationFault[], under: string): void {
  const first = faults[0];
  if (first === undefined) return;
  throw new GuardError(first.code, "the declaration is incomplete", {
    errors: faults.map((fault) => ({ ...fault, pointer: under + fault.pointer })),
  });
}
