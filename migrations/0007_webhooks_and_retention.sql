-- Outgoing webhooks, and what retention needs to know. Forward only.

set local search_path = guard;

create table webhook_endpoint (
  id uuid primary key,
  customer_id uuid not null references customer,
  url text not null,
  events text[] not null,
  -- Sealed under the customer's key; shown once.
  secret_cipher bytea not null,
  -- The secret before a rotation signs beside the new one until then.
  previous_secret_cipher bytea,
  previous_until timestamptz,
  status text not null check (status in ('active', 'disabled')),
  -- Since when nothing has arrived; null: the last attempt did, or there was none.
  failing_since timestamptz,
  created_at timestamptz not null
);
create index webhook_endpoint_customer on webhook_endpoint (customer_id, id desc);

-- What happened, once for all endpoints of a customer. The body holds ids and codes only.
create table webhook_event (
  id uuid primary key,
  customer_id uuid not null references customer,
  type text not null,
  body jsonb not null,
  occurred_at timestamptz not null
);
create index webhook_event_age on webhook_event (occurred_at);

create table webhook_delivery (
  id uuid primary key,
  customer_id uuid not null,
  endpoint_id uuid not null references webhook_endpoint on delete cascade,
  event_id uuid not null references webhook_event on delete cascade,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  -- What the last attempt came to: an HTTP status, or a code where there was no answer.
  last_code text,
  attempted_at timestamptz,
  -- null: no further attempt is planned
  next_at timestamptz,
  created_at timestamptz not null
);
create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, id desc);
create index webhook_delivery_event on webhook_delivery (event_id);

-- Done rows are looked for by age.
create index outbox_done on outbox (done_at) where done_at is not null;
-- What was decided of each recipient is kept for a time; pruned_at: that time is over and the rows are gone.
alter table campaign add column pruned_at timestamptz;
create index campaign_prunable on campaign (completed_at) where completed_at is not null and pruned_at is null;

-- Keys that must outlive a rotation of the root key: what they have made stands in tables and with others.
create table platform_secret (
  name text primary key,
  cipher bytea not null
);

do $$
declare
  owned text;
begin
  foreach owned in array array['webhook_endpoint', 'webhook_event', 'webhook_delivery']
  loop
    execute format('alter table %I enable row level security', owned);
    execute format('alter table %I force row level security', owned);
    execute format($policy$
      create policy customer_only on %I using (
        (select current_setting('guard.customer', true)) = '*'
        or customer_id = (select nullif(nullif(current_setting('guard.customer', true), '*'), '')::uuid))
      $policy$, owned);
  end loop;
end $$;
alter table platform_secret enable row level security;
alter table platform_secret force row level security;
create policy service_only on platform_secret using ((select current_setting('guard.customer', true)) = '*');
