-- The record of subscriber-guard. Forward only; never edited after release.
-- Every moment is written by the service's clock, never by the server's: the service may run on another clock.
-- Row-level security is forced on each table that belongs to a customer: the transaction names its customer in
-- guard.customer; '*' is the service itself (workers, sequencer, platform administration).

create schema if not exists guard;
set local search_path = guard;

create type channel as enum ('sms', 'zns', 'viber', 'page');
create type purpose as enum ('advertising', 'customer_care', 'transaction', 'registration', 'survey');
create type basis as enum
  ('consent', 'contract', 'legal_obligation', 'vital_interest', 'public_task', 'legitimate_interest');
create type verdict as enum ('allow', 'hold', 'review', 'deny');

-- ── Customers, keys, policy ────────────────────────────────────────────────────────────────────────────────

create table customer (
  id uuid primary key,
  name text not null,
  legal_name text not null,
  country text not null,
  tax_code text,
  -- The advertiser in law: caps count per legal entity, whatever it calls itself.
  legal_key text not null,
  status text not null check (status in ('active', 'closed')),
  is_platform boolean not null default false,
  -- The customer's data key, wrapped by the root key.
  key_wrapped bytea not null,
  created_at timestamptz not null,
  closed_at timestamptz
);

create table customer_sender (
  customer_id uuid not null references customer,
  channel channel not null,
  sender text not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  primary key (customer_id, channel, sender, valid_from)
);

create table api_key (
  id uuid primary key,
  -- null: a platform key
  customer_id uuid references customer,
  sha256 bytea not null unique,
  scopes text[] not null,
  mode text not null check (mode in ('live', 'test')),
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

create table policy_version (
  version text primary key,
  text text not null,
  digest text not null,
  material boolean not null,
  published_at timestamptz not null
);

create table policy_acceptance (
  customer_id uuid not null references customer,
  version text not null references policy_version,
  accepted_by text not null,
  accepted_at timestamptz not null,
  primary key (customer_id, version)
);

-- ── Processors: each change is a new version, the old ones answer questions about the past ─────────────────

create table processor_version (
  processor_id text not null,
  version integer not null,
  body jsonb not null,
  -- Connector secrets, sealed under the root key; write-only at the boundary.
  secrets_cipher bytea,
  valid_from timestamptz not null,
  valid_until timestamptz,
  primary key (processor_id, version)
);
create unique index processor_current on processor_version (processor_id) where valid_until is null;

-- Rotating secrets (single-use refresh tokens): one row a processor, locked while it is renewed.
create table processor_token (
  processor_id text primary key,
  cipher bytea not null,
  saved_at timestamptz not null
);

-- ── National do-not-call list: a snapshot becomes visible all at once ──────────────────────────────────────

create table do_not_call_snapshot (
  id uuid primary key,
  snapshot_at timestamptz not null,
  loaded_at timestamptz not null,
  numbers bigint not null,
  -- false while its numbers are being copied
  complete boolean not null
);
create table do_not_call_number (
  snapshot_id uuid not null,
  number_index bytea not null,
  primary key (snapshot_id, number_index)
);

-- ── Subscribers and what they permit ───────────────────────────────────────────────────────────────────────

create table subscriber (
  id uuid primary key,
  customer_id uuid not null references customer,
  -- Blind index of the number under the customer's index key; two customers with one number share nothing.
  phone_index bytea not null,
  -- The subscriber's key is derived from the customer's key and this salt: deleting the salt erases.
  salt bytea,
  -- Sealed: phone, name, birthDate, guardian, attributes.
  profile_cipher bytea,
  -- Keyed digest of the upload that was merged last: the same again need not be opened. null: nothing can be told.
  profile_digest bytea,
  -- false: only a refusal or a look-up is known of this number, no contact was uploaded.
  known boolean not null,
  country text,
  -- The 18th birthday, kept only while it lies ahead at upload.
  adult_at date,
  guardian_consented boolean not null default false,
  restricted_at timestamptz,
  objected_at timestamptz,
  erased_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (customer_id, phone_index)
);
create index subscriber_page on subscriber (customer_id, id);

create table declaration (
  id uuid primary key,
  customer_id uuid not null references customer,
  digest bytea not null,
  body jsonb not null,
  recorded_at timestamptz not null,
  unique (customer_id, digest)
);

-- Temporal and append-only but for closing a row: a change closes the current row (until) and adds one with the
-- next revision. The epoch rises only when the state changes (granted to withdrawn and back): an approval is bound
-- to it, so renewing a grant keeps approvals and granting again after a withdrawal revives none.
-- Lock order: subscriber row first, by id.
create table permission (
  subscriber_id uuid not null references subscriber,
  channel channel not null,
  purpose purpose not null,
  revision integer not null,
  epoch integer not null,
  customer_id uuid not null,
  granted boolean not null,
  basis basis not null,
  declaration_id uuid not null,
  collected_at timestamptz,
  since timestamptz not null,
  until timestamptz,
  primary key (subscriber_id, channel, purpose, revision)
);

create table notice (
  customer_id uuid not null references customer,
  version text not null,
  digest text not null,
  text text not null,
  first_seen_at timestamptz not null,
  primary key (customer_id, version)
);

create table evidence_file (
  id uuid primary key,
  customer_id uuid not null references customer,
  sha256 bytea not null,
  bytes bigint not null,
  media_type text not null,
  content_cipher bytea not null,
  created_at timestamptz not null,
  unique (customer_id, sha256)
);

-- A refusal is a record of its own and outranks any grant; only a later statement of the person lifts it.
create table refusal (
  id uuid primary key,
  customer_id uuid not null references customer,
  subscriber_id uuid not null references subscriber,
  -- null: all
  channels channel[],
  purposes purpose[],
  refused_by text not null check (refused_by in ('subject', 'processor')),
  source text not null,
  received_at timestamptz not null,
  recorded_at timestamptz not null,
  text_cipher bytea,
  lifted_at timestamptz
);
create index refusal_subscriber on refusal (subscriber_id);

create table withdrawal (
  id uuid primary key,
  customer_id uuid not null references customer,
  subscriber_id uuid not null references subscriber,
  channels channel[],
  purposes purpose[],
  recorded_at timestamptz not null,
  effective_at timestamptz
);
create index withdrawal_pending on withdrawal (recorded_at) where effective_at is null;

-- ── Imports ────────────────────────────────────────────────────────────────────────────────────────────────

create table import (
  id uuid primary key,
  customer_id uuid not null references customer,
  status text not null check (status in ('running', 'completed', 'failed', 'cancelled')),
  failure_code text,
  declaration jsonb not null,
  mapping jsonb,
  file_sha256 bytea,
  bytes_read bigint not null default 0,
  bytes_total bigint,
  -- Rises with each committed step; a second worker on the same import finds that it has moved on.
  rows_done bigint not null default 0,
  -- The names of the file's columns, sealed: a file without a header has a contact in their place.
  header_cipher bytea,
  counts jsonb not null default '{}',
  reasons jsonb not null default '{}',
  cancel_requested boolean not null default false,
  started_at timestamptz not null,
  finished_at timestamptz
);
create index import_customer on import (customer_id, id desc);
create index import_file on import (customer_id, file_sha256);
create index import_running on import (id) where status = 'running';

-- The uploaded bytes, sealed in pieces, kept until the import has ended.
create table import_chunk (
  import_id uuid not null references import on delete cascade,
  customer_id uuid not null,
  position integer not null,
  cipher bytea not null,
  primary key (import_id, position)
);

create table import_contact (
  import_id uuid not null references import on delete cascade,
  customer_id uuid not null,
  subscriber_id uuid not null,
  primary key (import_id, subscriber_id)
);

create table import_error (
  import_id uuid not null references import on delete cascade,
  customer_id uuid not null,
  row_number bigint not null,
  code text not null,
  -- The original cells, sealed; a sensitive value is not among them.
  cells_cipher bytea not null,
  primary key (import_id, row_number, code)
);

-- ── Campaigns, messages, hand-offs ─────────────────────────────────────────────────────────────────────────

create table campaign (
  id uuid primary key,
  customer_id uuid not null references customer,
  name text not null,
  channel channel not null,
  purpose purpose not null,
  processor_id text not null,
  sender text not null,
  -- Sealed: content, fallback. Contents may name people.
  body_cipher bytea not null,
  recipients jsonb not null,
  mode text not null check (mode in ('live', 'test')),
  status text not null check (status in ('deciding', 'held', 'review', 'sending', 'completed', 'cancelled')),
  send_at timestamptz,
  policy_digest text not null,
  -- verdict, counts, reasons, findings, message as answered at submission
  decision jsonb not null,
  created_at timestamptz not null,
  -- The stop flag: read after the intents are committed and before the provider is called.
  stopped_at timestamptz,
  completed_at timestamptz
);
create index campaign_customer on campaign (customer_id, id desc);

create table message (
  id uuid primary key,
  customer_id uuid not null,
  campaign_id uuid not null references campaign,
  position integer not null,
  -- null: no such contact
  subscriber_id uuid,
  correlation_id text,
  phone_masked text not null,
  channel channel not null,
  processor_id text not null,
  -- 0: the campaign's own channel; n: its n-th fallback
  step smallint not null default 0,
  verdict verdict not null,
  code text,
  rule text,
  decided_by text not null,
  can_be_overruled boolean not null,
  not_before timestamptz,
  -- waiting: allowed, in a batch · held: until not_before · review · open: an intent is open · the rest is final
  state text not null check (state in
    ('refused', 'review', 'held', 'waiting', 'open', 'handed_off', 'failed', 'suppressed', 'unknown', 'cancelled')),
  -- The provider's receipt, after handed_off.
  receipt text check (receipt in ('delivered', 'failed')),
  approved_epoch integer,
  batch_id uuid,
  -- Sealed: the recipient's own data for placeholders.
  data_cipher bytea,
  attempts smallint not null default 0
);
create index message_campaign on message (campaign_id, position, step);
create index message_batch on message (batch_id) where state in ('waiting', 'held');
-- Is the campaign done? Without it each batch would read all messages that went before.
create index message_undone on message (campaign_id) where state in ('review', 'held', 'waiting', 'open');

create table holder (
  id uuid primary key,
  host text not null,
  boot_id text not null,
  pid integer not null,
  pid_started text not null,
  started_at timestamptz not null,
  ended_at timestamptz
);

-- One hand-off to a provider. Committed as `open` before the provider is called; closed exactly once.
create table intent (
  id uuid primary key,
  customer_id uuid not null,
  message_id uuid not null references message,
  campaign_id uuid not null,
  subscriber_id uuid not null,
  processor_id text not null,
  channel channel not null,
  purpose purpose not null,
  sender text not null,
  tag smallint,
  epoch integer not null,
  holder uuid not null,
  provider_key text not null,
  state text not null check (state in ('open', 'sent', 'rejected', 'suppressed', 'unknown')),
  action text,
  code text,
  provider_reference text,
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- How often the provider was asked what became of it; those asked least come first.
  lookups integer not null default 0
);
create unique index intent_one_open on intent (message_id) where state = 'open';
-- The open ones are few: questions by holder and campaign read this index too.
create index intent_open_subscriber on intent (subscriber_id) where state = 'open';
create index intent_subscriber on intent (subscriber_id, opened_at desc);
create index intent_registration on intent (subscriber_id) where purpose = 'registration';
create index intent_unknown on intent (lookups, id) where state = 'unknown';
create index intent_reference on intent (processor_id, provider_reference) where provider_reference is not null;
create index intent_key on intent (processor_id, provider_key);

-- What the queue must be told. BullMQ carries ids and may be emptied at any time; this table says what is due.
create table outbox (
  id uuid primary key,
  customer_id uuid not null,
  name text not null,
  data jsonb not null,
  lane text not null default '',
  due_at timestamptz not null,
  created_at timestamptz not null,
  enqueued_at timestamptz,
  done_at timestamptz
);
create index outbox_untold on outbox (id) where enqueued_at is null and done_at is null;
create index outbox_undone on outbox (id) where done_at is null;

-- ── Reviews ────────────────────────────────────────────────────────────────────────────────────────────────

create table review (
  id uuid primary key,
  customer_id uuid not null references customer,
  kind text not null check (kind in ('campaign', 'landing_page', 'recipient')),
  subject_id uuid not null,
  -- The verdict as it was given; a release stands beside it in review_decision.
  code text not null,
  decided_by text not null,
  can_be_overruled boolean not null,
  reasons jsonb not null,
  findings jsonb not null,
  opened_at timestamptz not null,
  status text not null check (status in ('open', 'released', 'upheld'))
);
create index review_customer on review (customer_id, id desc);
create index review_subject on review (subject_id);

create table review_evidence (
  id uuid primary key,
  review_id uuid not null references review,
  customer_id uuid not null,
  body jsonb not null,
  added_at timestamptz not null
);
create index review_evidence_review on review_evidence (review_id);

create table review_decision (
  id uuid primary key,
  review_id uuid not null unique references review,
  customer_id uuid not null,
  release boolean not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null
);

-- ── Landing pages ──────────────────────────────────────────────────────────────────────────────────────────

create table page_approval (
  id uuid primary key,
  customer_id uuid not null references customer,
  page_id text not null,
  url text not null,
  processor_id text not null,
  advertiser text not null,
  purposes purpose[] not null,
  digest text not null,
  html bytea not null,
  notice jsonb not null,
  findings jsonb not null default '[]',
  mode text not null check (mode in ('live', 'test')),
  state text not null check (state in ('review', 'waiting', 'open', 'handed_off', 'failed', 'unknown', 'refused')),
  holder uuid,
  batch_id uuid,
  attempts smallint not null default 0,
  created_at timestamptz not null,
  closed_at timestamptz
);
create index page_approval_customer on page_approval (customer_id, id desc);
create index page_approval_batch on page_approval (batch_id) where state = 'waiting';
create index page_approval_open on page_approval (holder) where state = 'open';

-- ── Idempotency ────────────────────────────────────────────────────────────────────────────────────────────

create table idempotency (
  owner_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  -- Whoever runs the request now; one that was taken over can no longer complete it.
  attempt uuid not null,
  attempted_at timestamptz not null,
  -- null while the first request is still running
  status integer,
  response_cipher bytea,
  created_at timestamptz not null,
  primary key (owner_id, key)
);
create index idempotency_created on idempotency (created_at);

-- ── The sharing ledger ─────────────────────────────────────────────────────────────────────────────────────

-- A record and, apart from it, the commitment that stands in the tree. opening and body_cipher can be erased;
-- the leaf stays and every proof with it.
create table ledger_record (
  id bigint generated always as identity primary key,
  kind text not null,
  customer_id uuid not null,
  subscriber_id uuid,
  processor_id text,
  campaign_id uuid,
  recorded_at timestamptz not null,
  opening bytea,
  body_cipher bytea,
  leaf bytea not null
);
create index ledger_record_subscriber on ledger_record (subscriber_id, id desc) where subscriber_id is not null;
create index ledger_record_campaign on ledger_record (campaign_id, id desc) where campaign_id is not null;
create index ledger_record_processor on ledger_record (processor_id, id desc) where processor_id is not null;
create index ledger_record_customer on ledger_record (customer_id, id desc);

-- Committed but not yet in the tree. Written by each act, emptied by the sequencer alone.
create table ledger_pending (
  record_id bigint primary key,
  leaf bytea not null
);

-- Single writer: the sequencer that holds the lock. Append-only.
create table ledger_leaf (
  index bigint primary key,
  record_id bigint not null unique,
  leaf bytea not null
);
create table ledger_tile (
  level smallint not null,
  n bigint not null,
  width smallint not null,
  data bytea not null,
  primary key (level, n)
);
create table ledger_checkpoint (
  size bigint primary key,
  root bytea not null,
  note text not null,
  signed_at timestamptz not null
);

create function refuse_change() returns trigger language plpgsql as
$$ begin raise exception 'append-only table %', tg_table_name using errcode = 'restrict_violation'; end $$;
create trigger ledger_leaf_append_only before update or delete or truncate on ledger_leaf
  for each statement execute function refuse_change();
create trigger ledger_checkpoint_append_only before update or delete or truncate on ledger_checkpoint
  for each statement execute function refuse_change();

-- ── Tenancy ────────────────────────────────────────────────────────────────────────────────────────────────

-- What belongs to a customer: seen and changed by that customer and by the service.
do $$
declare
  owned text;
  owner_column text;
begin
  foreach owned in array array[
    'customer', 'customer_sender', 'api_key', 'policy_acceptance', 'subscriber', 'declaration', 'permission', 'notice',
    'evidence_file', 'refusal', 'withdrawal', 'import', 'import_chunk', 'import_contact', 'import_error', 'campaign',
    'message', 'intent', 'outbox', 'review', 'review_evidence', 'review_decision', 'page_approval', 'idempotency',
    'ledger_record']
  loop
    owner_column := case owned when 'customer' then 'id' when 'idempotency' then 'owner_id' else 'customer_id' end;
    execute format('alter table %I enable row level security', owned);
    execute format('alter table %I force row level security', owned);
    execute format($policy$
      create policy customer_only on %I using (
        (select current_setting('guard.customer', true)) = '*'
        or %I = (select nullif(nullif(current_setting('guard.customer', true), '*'), '')::uuid))
      $policy$, owned, owner_column);
  end loop;
end $$;

-- What belongs to the platform: customers may read what they are told of it, only the service changes it.
do $$
declare
  shared text;
begin
  foreach shared in array array[
    'policy_version', 'processor_version', 'do_not_call_snapshot', 'do_not_call_number', 'ledger_leaf', 'ledger_tile',
    'ledger_checkpoint', 'processor_token', 'holder', 'ledger_pending']
  loop
    execute format('alter table %I enable row level security', shared);
    execute format('alter table %I force row level security', shared);
    execute format($policy$
      create policy service_only on %I using ((select current_setting('guard.customer', true)) = '*')
      $policy$, shared);
    if shared not in ('processor_token', 'holder', 'ledger_pending') then
      execute format('create policy all_read on %I for select using (true)', shared);
    end if;
  end loop;
end $$;
-- Each act adds its record to the waiting ones; it need not see those of others.
create policy all_add on ledger_pending for insert with check (true);
