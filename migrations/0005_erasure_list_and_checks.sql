-- What look-ups say of an erased person, what the ledger's own check found, and staff who sign in elsewhere.

set local search_path = guard;

-- How many records of the ledger are left as commitments; the number itself leads to none of them.
alter table suppression add column records_kept bigint not null default 0;
-- Erasures that are not through yet, and those that the list outside the database has to learn of.
create index subscriber_erased on subscriber (erased_at) where erased_at is not null;

-- Records of a time span, without reading all that came later.
create index ledger_record_time on ledger_record (recorded_at, id);

-- What the service found when it last verified its own ledger. One row a run; the newest says how things stand.
create table ledger_check (
  id uuid primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  ok boolean not null,
  -- Size of the tree that was verified; null: there was no checkpoint to trust.
  size bigint,
  -- Kind, place and range of what is wrong; a bounded list.
  findings jsonb not null
);
alter table ledger_check enable row level security;
alter table ledger_check force row level security;
create policy service_only on ledger_check using ((select current_setting('guard.customer', true)) = '*');
create policy all_read on ledger_check for select using (true);

-- Staff who sign in through an OpenID provider are known by its name for them.
alter table staff_account add column oidc_issuer text, add column oidc_subject text,
  add constraint staff_account_oidc check ((oidc_issuer is null) = (oidc_subject is null));
create unique index staff_account_provider on staff_account (oidc_issuer, oidc_subject) where oidc_subject is not null;
drop index staff_account_printed;
create unique index staff_account_printed on staff_account ((email is null)) where email is null and oidc_subject is null;

alter table staff_event drop constraint staff_event_event_check;
alter table staff_event add constraint staff_event_event_check check (event in
  ('signed_in', 'sign_in_refused', 'signed_out', 'signed_out_everywhere', 'looked_up', 'revealed', 'exported',
   'reviewed', 'invited', 'disabled'));
