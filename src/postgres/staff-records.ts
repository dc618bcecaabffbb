import type { SessionRow, StaffEventRow, StaffRecords, StaffRow } from "../guard/ports/staff-records.ts";
import type { Sql } from "./sql.ts";

const columns = `a.id, a.email, a.name, a.role, a.created_at as "createdAt", a.disabled_at as "disabledAt"`;
const eventColumns = `e.id, e.at, e.event, e.staff_id as "staffId", e.subject_id as "subjectId",
  e.address_mac as "addressMac"`;

type Session = StaffRow & { readonly seenAt: Date; readonly startedAt: Date };

export function staffRecords(sql: Sql): StaffRecords {
  const endSessions = async (staffId: string, now: Date): Promise<number> => {
    const rows = await sql(
      "update staff_session set ended_at = $2 where staff_id = $1 and ended_at is null returning 1",
      [staffId, now],
    );
    return rows.length;
  };
  const spendLinks = (staffId: string, now: Date): Promise<object[]> =>
    sql("update staff_link set used_at = $2 where staff_id = $1 and used_at is null", [staffId, now]);
  return {
    endSessions,
    async insert(row) {
      const rows = await sql(
        `insert into staff_account (id, email, name, role, created_at, disabled_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning 1`,
        [row.id, row.email, row.name, row.role, row.createdAt, row.disabledAt],
      );
      return rows.length > 0;
    },
    async get(id) {
      const [row] = await sql<StaffRow>(`select ${columns} from staff_account a where id = $1`, [id]);
      return row ?? null;
    },
    async byEmail(email) {
      const [row] = await sql<StaffRow>(
        `select ${columns} from staff_account a where email is not distinct from $1 and oidc_subject is null`,
        [email],
      );
      return row ?? null;
    },
    async provided({ issuer, subject }, row) {
      const [found] = await sql<StaffRow>(
        `insert into staff_account as a (id, name, role, created_at, oidc_issuer, oidc_subject)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (oidc_issuer, oidc_subject) where oidc_subject is not null
         do update set name = excluded.name, role = excluded.role
         returning ${columns}`,
        [row.id, row.name, row.role, row.createdAt, issuer, subject],
      );
      if (found === undefined) throw new Error("an account was not stored");
      return found;
    },
    list: (limit) => sql<StaffRow>(`select ${columns} from staff_account a order by id limit $1`, [limit]),
    async disable(id, now) {
      const rows = await sql(
        "update staff_account set disabled_at = $2 where id = $1 and disabled_at is null returning 1",
        [id, now],
      );
      if (rows.length === 0) return false;
      await endSessions(id, now);
      await spendLinks(id, now);
      return true;
    },
    async insertLink(row) {
      await spendLinks(row.staffId, row.createdAt);
      await sql("insert into staff_link (sha256, staff_id, created_at, expires_at) values ($1, $2, $3, $4)", [
        row.sha256,
        row.staffId,
        row.createdAt,
        row.expiresAt,
      ]);
    },
    async useLink(sha256, now) {
      const [row] = await sql<StaffRow>(
        `update staff_link l set used_at = $2 from staff_account a
         where l.sha256 = $1 and l.used_at is null and l.expires_at > $2 and a.id = l.staff_id
           and a.disabled_at is null
         returning ${columns}`,
        [sha256, now],
      );
      return row ?? null;
    },
    async insertSession(sha256, staffId, now) {
      await sql("insert into staff_session (sha256, staff_id, started_at, seen_at) values ($1, $2, $3, $3)", [
        sha256,
        staffId,
        now,
      ]);
    },
    async session(sha256) {
      const [row] = await sql<Session>(
        `select ${columns}, s.seen_at as "seenAt", s.started_at as "startedAt"
         from staff_session s join staff_account a on a.id = s.staff_id
         where s.sha256 = $1 and s.ended_at is null and a.disabled_at is null`,
        [sha256],
      );
      return row === undefined ? null : sessionRow(row);
    },
    async seen(sha256, now) {
      await sql("update staff_session set seen_at = $2 where sha256 = $1 and seen_at < $2", [sha256, now]);
    },
    async endSession(sha256, now) {
      await sql("update staff_session set ended_at = $2 where sha256 = $1 and ended_at is null", [
        sha256,
        now,
      ]);
    },
    async hasSessions() {
      return (await sql("select 1 from staff_session limit 1")).length > 0;
    },
    async addEvent(row) {
      await sql(
        `insert into staff_event (id, at, event, staff_id, subject_id, address_mac)
         values ($1, $2, $3, $4, $5, $6)`,
        [row.id, row.at, row.event, row.staffId, row.subjectId, row.addressMac],
      );
    },
    async refusedSince(addressMac, since) {
      const [row] = await sql<{ count: bigint }>(
        "select count(*) from staff_event where event = 'sign_in_refused' and address_mac = $1 and at > $2",
        [addressMac, since],
      );
      return Number(row?.count ?? 0n);
    },
    async countSince(staffId, event, since) {
      const [row] = await sql<{ count: bigint }>(
        "select count(*) from staff_event where staff_id = $1 and event = $2 and at > $3",
        [staffId, event, since],
      );
      return Number(row?.count ?? 0n);
    },
    events: (limit) =>
      sql<StaffEventRow & { readonly name: string | null }>(
        `select ${eventColumns}, a.name from staff_event e left join staff_account a on a.id = e.staff_id
         order by e.id desc limit $1`,
        [limit],
      ),
    async forget(before) {
      await sql("delete from staff_event where at < $1", [before]);
      await sql("delete from staff_session where ended_at < $1 or seen_at < $1", [before]);
      await sql("delete from staff_link where used_at < $1 or expires_at < $1", [before]);
    },
  };
}

function sessionRow({ seenAt, startedAt, ...staff }: Session): SessionRow {
  return { staff, seenAt, startedAt };
}
