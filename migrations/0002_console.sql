-- Staff of the console: accounts, one-time links, sessions, and what staff did. Forward only.
-- Of links and sessions the SHA-256 alone is stored: who reads this database can sign in as nobody.

set local search_path = guard;

create table staff_account (
  id uuid primary key,
  -- Lower case; null: the account that the link printed at the start belongs to.
  email text unique,
  name text not null,
  role text not null check (role in ('support', 'compliance', 'admin')),
  created_at timestamptz not null,
  disabled_at timestamptz
);
-- Two processes that start at once make one such account.
create unique index staff_account_printed on staff_account ((email is null)) where email is null;

create table staff_link (
  sha256 bytea primary key,
  staff_id uuid not null references staff_account,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index staff_link_account on staff_link (staff_id);

create table staff_session (
  sha256 bytea primary key,
  staff_id uuid not null references staff_account,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz
);
create index staff_session_account on staff_session (staff_id) where ended_at is null;

create table staff_event (
  id uuid primary key,
  at timestamptz not null,
  event text not null check (event in
    ('signed_in', 'sign_in_refused', 'signed_out', 'signed_out_everywhere', 'looked_up', 'invited', 'disabled')),
  -- null: a sign-in that belongs to no account
  staff_id uuid,
  -- Whom it was done to, where that is another account.
  subject_id uuid,
  -- Keyed digest of the network address: equal addresses can be counted, none can be read.
  address_mac bytea
);
create index staff_event_refused on staff_event (address_mac, at) where event = 'sign_in_refused';
create index staff_event_account on staff_event (staff_id, event, at);

do $$
declare
  owned text;
begin
  foreach owned in array array['staff_account', 'staff_link', 'staff_session', 'staff_event']
  loop
    execute format('alter table %I enable row level security', owned);
    execute format('alter table %I force row level security', owned);
    execute format($policy$
      create policy service_only on %I using ((select current_setting('guard.customer', true)) = '*')
      $policy$, owned);
  end loop;
end $$;
