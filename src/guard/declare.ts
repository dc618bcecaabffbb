import type { ConsentDetails, Declaration } from "../domain/contract.gen.ts";
import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { canonicalText } from "../ledger/canonical.ts";
import { noticeDigest } from "./cited-notice.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { readNoticeToken } from "./notice-token.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

export type Declared = {
  readonly basis: Declaration["basis"];
  readonly purposes: readonly Purpose[];
  readonly channels: readonly Channel[];
  readonly consent?: ConsentDetails;
};

/** Stores the distinct declarations of a chunk, and the notices of those that are new. The answer maps a declaration to its row. */
export async function declare(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  declarations: readonly Declared[],
): Promise<(declaration: Declared) => string> {
  const now = world.clock.now();
  const digestOf = new Map<Declared, string>();
  const rows = new Map<
    string,
    { readonly id: string; readonly digest: Buffer; readonly body: StoredDeclaration }
  >();
  for (const declaration of new Set(declarations)) {
    const { digest, body } = declarationDigest(world, declaration);
    digestOf.set(declaration, digest.toString("hex"));
    rows.set(digest.toString("hex"), { id: world.entropy.id(now), digest, body });
  }
  const stored = new Map(
    (await tx.subscribers.declare(customer.row.id, [...rows.values()], now)).map((row) => [
      row.digest.toString("hex"),
      row.id,
    ]),
  );
  const fresh = [...rows].filter(([hex, row]) => stored.get(hex) === row.id).map(([, row]) => row.body);
  await seeNotices(world, tx, customer.row.id, fresh, now);
  return (declaration) => {
    const id = stored.get(digestOf.get(declaration) ?? "");
    if (id === undefined) throw new Error("a declaration was not stored");
    return id;
  };
}

/** A declaration as it is stored: equal ones are one row. */
function declarationDigest(
  world: World,
  declaration: Declared,
): { readonly digest: Buffer; readonly body: StoredDeclaration } {
  const body = {
    basis: declaration.basis,
    ...(declaration.consent === undefined ? {} : { consent: declaration.consent }),
  };
  return { digest: world.sha256(canonicalText(body)), body };
}

type StoredDeclaration = Pick<Declared, "basis" | "consent">;

/**
 * Keeps which notice was cited, and when first: by its version, else by the approved page of its token, else by the
 * digest of its text. A version keeps the text it was first seen with.
 */
async function seeNotices(
  world: World,
  tx: Tx,
  customerId: string,
  declarations: readonly StoredDeclaration[],
  now: Date,
): Promise<void> {
  const seen = new Set<string>();
  for (const { consent } of declarations) {
    if (consent === undefined) continue;
    const text = consent.noticeText ?? "";
    const token = consent.noticeToken === undefined ? null : readNoticeToken(world, consent.noticeToken);
    const digest = text === "" ? (token?.textDigest ?? "") : noticeDigest(world, text);
    const version = consent.noticeVersion ?? (token === null ? digest : `page:${token.approvalId}`);
    if (version === "" || seen.has(`${version} ${digest}`)) continue;
    seen.add(`${version} ${digest}`);
    await tx.subscribers.seeNotice(
      customerId,
      version,
      digest,
      text,
      token?.issuedAt ?? now,
      token?.issuedAt,
    );
  }
}
