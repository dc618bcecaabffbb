import { GuardError } from "../domain/guard-error.ts";
import type { StaffRole, StaffRow } from "./ports/staff-records.ts";
import type { Tx } from "./ports/store.ts";
import { newToken, recordEvent } from "./staff.ts";
import type { World } from "./world.ts";

/** A session ends after so long without a request of its person, and in any case after the longer time. */
export const sessionIdleMs = 8 * 3_600_000;
export const sessionLongestMs = 7 * 24 * 3_600_000;
/** So many refused attempts of one address within the window close the door for that address. */
export const refusedMax = 10;
export const refusedWindowMs = 15 * 60_000;
const seenEveryMs = 60_000;
const keepMs = 400 * 24 * 3_600_000;

export type SignedIn = { readonly token: string; readonly staff: StaffRow };

/**
 * Uses a one-time link up and begins a session. Rejects with `rate_limited` while the address is locked out,
 * `unauthenticated` for a link that is unknown, used or expired.
 */
export function signInByLink(world: World, link: string, address: string): Promise<SignedIn> {
  return signIn(world, address, "a sign-in link that is not valid", (tx, now) =>
    tx.staff.useLink(world.sha256(link), now),
  );
}

/**
 * Begins a session for somebody whom the configured provider vouches for, in the role that it gives now; identity
 * null: what came back was not from the provider. Rejects as `signInByLink` does; no role is no access.
 */
export function signInByProvider(
  world: World,
  identity: {
    readonly issuer: string;
    readonly subject: string;
    readonly name: string;
    readonly role: StaffRole | null;
  } | null,
  address: string,
): Promise<SignedIn> {
  return signIn(world, address, "the provider gives no access", async (tx, now) => {
    const { role } = identity ?? { role: null };
    if (identity === null || role === null) return null;
    const { name } = identity;
    return tx.staff.provided(identity, { id: world.entropy.id(now), name, role, createdAt: now });
  });
}

/** A session under a fresh token, so that no token from before the sign-in is worth anything. */
async function signIn(
  world: World,
  address: string,
  refusal: string,
  find: (tx: Tx, now: Date) => Promise<StaffRow | null>,
): Promise<SignedIn> {
  const addressMac = world.vault.tokenMac(`console sign-in ${address}`);
  const now = world.clock.now();
  const token = newToken(world);
  const outcome = await world.store.transaction("*", async (tx) => {
    // Attempts of one address stand in line, or many at once would all be counted as the tenth.
    await tx.exclusive(`console sign-in ${addressMac.toString("hex")}`);
    const since = new Date(now.getTime() - refusedWindowMs);
    if ((await tx.staff.refusedSince(addressMac, since)) >= refusedMax) return "locked_out";
    const staff = await find(tx, now);
    if (staff === null || staff.disabledAt !== null) {
      await recordEvent(world, tx, "sign_in_refused", staff?.id ?? null, { addressMac });
      return "refused";
    }
    await tx.staff.insertSession(world.sha256(token), staff.id, now);
    await recordEvent(world, tx, "signed_in", staff.id, { addressMac });
    await tx.staff.forget(new Date(now.getTime() - keepMs));
    return staff;
  });
  // Thrown outside: a refusal has to stay recorded.
  if (outcome === "locked_out") {
    throw new GuardError("rate_limited", "too many refused sign-ins from one address", {
      retryAfterS: refusedWindowMs / 1_000,
    });
  }
  if (outcome === "refused") throw new GuardError("unauthenticated", refusal);
  return { token, staff: outcome };
}

/** Who a session token stands for; null: unknown, ended or expired. `keepAlive`: a person has asked, not a timer. */
export async function sessionOf(world: World, token: string, keepAlive: boolean): Promise<StaffRow | null> {
  const sha256 = world.sha256(token);
  return world.store.transaction("*", async (tx) => {
    const session = await tx.staff.session(sha256);
    if (session === null) return null;
    const now = world.clock.now();
    const idleMs = now.getTime() - session.seenAt.getTime();
    if (idleMs > sessionIdleMs || now.getTime() - session.startedAt.getTime() > sessionLongestMs) {
      await tx.staff.endSession(sha256, now);
      return null;
    }
    if (keepAlive && idleMs > seenEveryMs) await tx.staff.seen(sha256, now);
    return session.staff;
  });
}

/** Ends this session, or all sessions of its account. */
export async function signOut(
  world: World,
  staff: Pick<StaffRow, "id">,
  token: string,
  everywhere: boolean,
): Promise<void> {
  const now = world.clock.now();
  await world.store.transaction("*", async (tx) => {
    if (everywhere) await tx.staff.endSessions(staff.id, now);
    else await tx.staff.endSession(world.sha256(token), now);
    await recordEvent(world, tx, everywhere ? "signed_out_everywhere" : "signed_out", staff.id);
  });
}
