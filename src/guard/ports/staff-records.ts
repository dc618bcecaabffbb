/** What staff may do: each role adds to the one before it. */
export const staffRoles = ["support", "compliance", "admin"] as const;
export type StaffRole = (typeof staffRoles)[number];

export type StaffRow = {
  readonly id: string;
  /** Lower case; null: the account of the link that is printed at the start. */
  readonly email: string | null;
  readonly name: string;
  readonly role: StaffRole;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
};

export type StaffEvent =
  | "signed_in"
  | "sign_in_refused"
  | "signed_out"
  | "signed_out_everywhere"
  | "looked_up"
  | "revealed"
  | "exported"
  | "reviewed"
  | "invited"
  | "disabled";

export type StaffEventRow = {
  readonly id: string;
  readonly at: Date;
  readonly event: StaffEvent;
  readonly staffId: string | null;
  readonly subjectId: string | null;
  /** Keyed digest of the network address. */
  readonly addressMac: Buffer | null;
};

export type SessionRow = { readonly staff: StaffRow; readonly seenAt: Date; readonly startedAt: Date };

export type StaffRecords = {
  /** false: the address (or the printed account) is taken. */
  insert(row: StaffRow): Promise<boolean>;
  get(id: string): Promise<StaffRow | null>;
  /** The account of that address; null asks for the printed one. */
  byEmail(email: string | null): Promise<StaffRow | null>;
  /** The account of somebody at an OpenID provider, made or brought up to what the provider says now. */
  provided(
    identity: { readonly issuer: string; readonly subject: string },
    row: Pick<StaffRow, "id" | "name" | "role" | "createdAt">,
  ): Promise<StaffRow>;
  list(limit: number): Promise<readonly StaffRow[]>;
  /** Ends its sessions and links with it; false: no such account, or it is disabled already. */
  disable(id: string, now: Date): Promise<boolean>;
  /** A new link ends the account's older ones. */
  insertLink(row: {
    readonly sha256: Uint8Array;
    readonly staffId: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Uses the link up; null: unknown, expired, used, or of a disabled account. */
  useLink(sha256: Uint8Array, now: Date): Promise<StaffRow | null>;
  insertSession(sha256: Uint8Array, staffId: string, now: Date): Promise<void>;
  /** A session that has not ended, of an account that is not disabled. */
  session(sha256: Uint8Array): Promise<SessionRow | null>;
  seen(sha256: Uint8Array, now: Date): Promise<void>;
  endSession(sha256: Uint8Array, now: Date): Promise<void>;
  endSessions(staffId: string, now: Date): Promise<number>;
  /** Whether anybody has ever signed in. */
  hasSessions(): Promise<boolean>;
  addEvent(row: StaffEventRow): Promise<void>;
  refusedSince(addressMac: Uint8Array, since: Date): Promise<number>;
  countSince(staffId: string, event: StaffEvent, since: Date): Promise<number>;
  /** Newest first. */
  events(limit: number): Promise<readonly (StaffEventRow & { readonly name: string | null })[]>;
  /** Drops events, ended sessions and used links that are older. */
  forget(before: Date): Promise<void>;
};
