import { GuardError } from "../domain/guard-error.ts";
import type { StaffEvent, StaffRole, StaffRow } from "./ports/staff-records.ts";
import type { Tx } from "./ports/store.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

/** The link that a start prints is used at once; an invitation travels by other means first. */
export const printedLinkMs = 15 * 60_000;
export const invitationMs = 72 * 3_600_000;
const staffMax = 1_000;
const eventsShown = 100;

/** 32 random bytes; what is stored of it is the SHA-256. */
export function newToken(world: World): string {
  return world.entropy.bytes(32).toString("base64url");
}

/**
 * A one-time token for the first administrator, so that an installation can be entered without any other set-up.
 * `always` is for the embedded default; otherwise null once anybody has signed in.
 */
export async function firstSignInToken(world: World, always: boolean): Promise<string | null> {
  const token = newToken(world);
  const now = world.clock.now();
  return world.store.transaction("*", async (tx) => {
    if (!always && (await tx.staff.hasSessions())) return null;
    await tx.staff.insert({
      id: world.entropy.id(now),
      email: null,
      name: "Administrator",
      role: "admin",
      createdAt: now,
      disabledAt: null,
    });
    const account = await tx.staff.byEmail(null);
    if (account === null || account.disabledAt !== null) return null;
    await tx.staff.insertLink({
      sha256: world.sha256(token),
      staffId: account.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + printedLinkMs),
    });
    return token;
  });
}

export type Invitation = { readonly email: string; readonly name: string; readonly role: string };

const addressPattern = /^[^\s@<>"']{1,64}@[^\s@<>"']{1,190}$/;

/**
 * A new account, or a new link for the account of that address; resolves to the one-time token. Rejects with
 * `invalid_request` for an unreadable address, name or role, `conflict` for another role than the account has.
 */
export async function inviteStaff(world: World, actorId: string, input: Invitation): Promise<string> {
  const email = input.email.trim().toLowerCase();
  const name = input.name.trim();
  const role = readRole(input.role);
  if (!addressPattern.test(email) || name === "" || name.length > 120 || role === null) {
    throw new GuardError("invalid_request", "an invitation needs an address, a name and a role");
  }
  const token = newToken(world);
  const now = world.clock.now();
  return world.store.transaction("*", async (tx) => {
    const known = await tx.staff.byEmail(email);
    if (known === null && (await tx.staff.list(staffMax)).length >= staffMax) {
      throw new GuardError("conflict", "there are as many accounts as there may be");
    }
    if (known !== null && (known.role !== role || known.disabledAt !== null)) {
      throw new GuardError("conflict", "the account has another role or is disabled");
    }
    const id = known?.id ?? world.entropy.id(now);
    if (known === null) {
      await tx.staff.insert({ id, email, name, role, createdAt: now, disabledAt: null });
    }
    await tx.staff.insertLink({
      sha256: world.sha256(token),
      staffId: id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + invitationMs),
    });
    await recordEvent(world, tx, "invited", actorId, { subjectId: id });
    return token;
  });
}

/** Nobody disables the own account: the last administrator cannot be lost by a slip. */
export async function disableStaff(world: World, actorId: string, staffId: string): Promise<void> {
  requireUuid(staffId);
  if (actorId === staffId) throw new GuardError("conflict", "one's own account cannot be disabled");
  await world.store.transaction("*", async (tx) => {
    if (!(await tx.staff.disable(staffId, world.clock.now()))) {
      throw new GuardError("not_found", "no such account");
    }
    await recordEvent(world, tx, "disabled", actorId, { subjectId: staffId });
  });
}

export type StaffLogLine = {
  readonly at: Date;
  readonly event: StaffEvent;
  readonly name: string | null;
};

/** All accounts, and what staff did last. */
export async function staffBook(
  world: World,
): Promise<{ readonly accounts: readonly StaffRow[]; readonly log: readonly StaffLogLine[] }> {
  return world.store.transaction("*", async (tx) => ({
    accounts: await tx.staff.list(staffMax),
    log: await tx.staff.events(eventsShown),
  }));
}

export async function recordEvent(
  world: World,
  tx: Tx,
  event: StaffEvent,
  staffId: string | null,
  more: { readonly subjectId?: string; readonly addressMac?: Buffer } = {},
): Promise<void> {
  const now = world.clock.now();
  await tx.staff.addEvent({
    id: world.entropy.id(now),
    at: now,
    event,
    staffId,
    subjectId: more.subjectId ?? null,
    addressMac: more.addressMac ?? null,
  });
}

function readRole(role: string): StaffRole | null {
  return role === "support" || role === "compliance" || role === "admin" ? role : null;
}
