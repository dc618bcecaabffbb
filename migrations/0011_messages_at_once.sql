-- What decisions about a million recipients need: a foreign key that asks once for each row was a third of what storing a
-- message cost. Asked once for each statement, and asked more: message and campaign must belong to one customer.
-- Campaigns are never deleted.

set local search_path = guard;

alter table message drop constraint message_campaign_id_fkey;

create function refuse_stray_messages() returns trigger language plpgsql as $$
begin
  if exists (
    select from (select distinct campaign_id, customer_id from added) a
    where not exists (
      select from guard.campaign c where c.id = a.campaign_id and c.customer_id = a.customer_id)) then
    raise exception 'a message belongs to no campaign of its customer' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;

create trigger message_has_campaign after insert on message
  referencing new table as added for each statement execute function refuse_stray_messages();
