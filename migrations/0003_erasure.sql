-- What erasing a person needs, and the index by which customers of one legal entity find one another.

set local search_path = guard;

-- Numbers that were erased and must not be written to again unless their owner consents anew. Hashed under a key of
-- its own: it is joined with nothing else. Kept because an erasure must outlive the data that it erased.
create table suppression (
  customer_id uuid not null references customer,
  number_index bytea not null,
  erased_at timestamptz not null,
  primary key (customer_id, number_index)
);
alter table suppression enable row level security;
alter table suppression force row level security;
create policy customer_only on suppression using (
  (select current_setting('guard.customer', true)) = '*'
  or customer_id = (select nullif(nullif(current_setting('guard.customer', true), '*'), '')::uuid));

create index message_subscriber on message (subscriber_id) where subscriber_id is not null;
create index customer_legal on customer (legal_key);
