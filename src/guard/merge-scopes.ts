import type { Declared } from "./declare.ts";
import { groupBy } from "./group-by.ts";

/** Contacts that speak of the same channels and purposes on the same basis. */
export type Scope = Pick<Declared, "basis" | "channels" | "purposes"> & {
  readonly positions: readonly number[];
};

/** Rows of one file nearly always share one declaration, or few. */
export function scopesOf(declarations: readonly Declared[], positions: readonly number[]): readonly Scope[] {
  const named = new Map<Declared, string>();
  const nameAt = (position: number): string => {
    const declared = declarationAt(declarations, position);
    let name = named.get(declared);
    if (name === undefined) {
      name = `${declared.basis} ${declared.channels.join()} ${declared.purposes.join()}`;
      named.set(declared, name);
    }
    return name;
  };
  return [...groupBy(positions, nameAt).values()].map((group) => {
    const { basis, channels, purposes } = declarationAt(declarations, group[0] ?? 0);
    return { basis, channels: [...new Set(channels)], purposes: [...new Set(purposes)], positions: group };
  });
}

function declarationAt(declarations: readonly Declared[], position: number): Declared {
  const declared = declarations[position];
  if (declared === undefined) throw new Error("a contact has no declaration");
  return declared;
}
