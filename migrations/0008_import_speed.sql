-- What imports need to be several times as quick, and how old a notice is.
--
-- A contact that an import has added says so itself, so that import_contact holds only those that were known before:
-- one table and one index less for each new contact. Ids are ordered by time, and an import remembers between which
-- two its own lie.

set local search_path = guard;

alter table subscriber add column import_id uuid;
alter table import add column first_contact uuid, add column last_contact uuid;

-- When the page that bears the notice was approved; null: the notice was only ever cited by its name or text.
alter table notice add column issued_at timestamptz;

-- Sealed bytes do not compress: trying costs time and gains nothing.
alter table import_chunk alter column cipher set storage external;
alter table subscriber alter column profile_cipher set storage external;

-- As before, but for the import that a new subscriber names: it must be one of the same customer.
create or replace function refuse_orphans() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if tg_table_name = 'subscriber' then
    if not exists (
      select from (select distinct customer_id, import_id from added) a
      where not exists (select from guard.customer c where c.id = a.customer_id)
        or (a.import_id is not null and not exists (
          select from guard.import i where i.id = a.import_id and i.customer_id = a.customer_id)))
      then return null; end if;
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
