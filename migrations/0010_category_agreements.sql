-- Separate agreements by which a customer may have a category of sensitive data looked at instead of refused outright.

set local search_path = guard;

-- A change supersedes the row before it and adds one: decisions about another moment read what was on record then.
create table category_agreement (
  customer_id uuid not null references customer,
  category text not null,
  -- The document that the platform holds.
  reference text not null,
  valid_from timestamptz not null,
  -- null: until it is withdrawn
  valid_until timestamptz,
  recorded_at timestamptz not null,
  superseded_at timestamptz,
  primary key (customer_id, category, recorded_at)
);

alter table category_agreement enable row level security;
alter table category_agreement force row level security;
create policy customer_only on category_agreement using (
  (select current_setting('guard.customer', true)) = '*'
  or customer_id = (select nullif(nullif(current_setting('guard.customer', true), '*'), '')::uuid));
