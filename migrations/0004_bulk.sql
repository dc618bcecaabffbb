-- What imports need at a million rows.
--
-- Foreign keys of the tables that a contact import fills. A foreign key asks once for each row, which was two thirds
-- of what a merge cost; these ask once for each statement, and ask more: parent and child must belong to one customer.
-- Parents are never deleted but by hand: an erasure empties a subscriber's row and keeps it.

set local search_path = guard;

-- Runs that were begun since the last committed step: a file that kills its worker each time must not do so for ever.
alter table import add column attempts smallint not null default 0;

alter table subscriber drop constraint subscriber_customer_id_fkey;
alter table permission drop constraint permission_subscriber_id_fkey;
alter table import_contact drop constraint import_contact_import_id_fkey;

-- Each added row is looked up by its key, one probe a row (offset 0 keeps the planner from joining otherwise): a plan
-- made while the tables were small would else be kept while they grow by the million.
create function refuse_orphans() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if tg_table_name = 'subscriber' then
    if not exists (
      select from (select distinct customer_id from added) a
      where not exists (select from guard.customer c where c.id = a.customer_id)) then return null; end if;
  elsif tg_table_name = 'permission' then
    if not exists (
      select from added a left join lateral (
        select s.customer_id from guard.subscriber s where s.id = a.subscriber_id offset 0) s on true
      where s.customer_id is distinct from a.customer_id) then return null; end if;
  elsif not exists (
      select from (select distinct import_id, customer_id from added) a
      where not exists (
        select from guard.import i where i.id = a.import_id and i.customer_id = a.customer_id)) then
    return null;
  end if;
  raise exception 'a row of % belongs to nothing', tg_table_name using errcode = 'foreign_key_violation';
end $$;

create trigger subscriber_has_customer after insert on subscriber
  referencing new table as added for each statement execute function refuse_orphans();
create trigger permission_has_subscriber after insert on permission
  referencing new table as added for each statement execute function refuse_orphans();
create trigger import_contact_has_import after insert on import_contact
  referencing new table as added for each statement execute function refuse_orphans();

create function forget_import_contacts() returns trigger language plpgsql as $$
begin
  delete from guard.import_contact where import_id in (select id from gone);
  return null;
end $$;
create trigger import_forgets_contacts after delete on import
  referencing old table as gone for each statement execute function forget_import_contacts();
