// Generated from schemas/ by scripts/generate-types.ts. Do not edit.

export type Scalar = string | number | boolean | null;
export type Basis =
  "consent" | "contract" | "legal_obligation" | "vital_interest" | "public_task" | "legitimate_interest";
export type CampaignContent = SmsContent | ViberContent | ZnsContent;
/**
 * An http or https address.
 */
export type WebUrl = string;
/**
 * An identifier given by the service, or by an administrator for a processor.
 */
export type Id = string;
export type ReasonCode =
  | "number_invalid"
  | "customer_inactive"
  | "policy_not_accepted"
  | "processor_unknown"
  | "processor_contract_expired"
  | "processor_purpose_not_allowed"
  | "processor_field_not_allowed"
  | "transfer_dossier_missing"
  | "third_party_marketing"
  | "contact_unknown"
  | "restricted"
  | "erased"
  | "objected"
  | "minor_without_guardian"
  | "basis_missing"
  | "basis_not_valid_for_purpose"
  | "consent_missing"
  | "consent_withdrawn"
  | "consent_not_for_channel"
  | "consent_not_for_purpose"
  | "consent_scope_incomplete"
  | "evidence_missing"
  | "opted_out"
  | "do_not_call"
  | "do_not_call_stale"
  | "sensitive_content"
  | "card_number"
  | "national_id"
  | "child_data"
  | "forbidden_content"
  | "advertising_undeclared"
  | "label_missing"
  | "opt_out_text_missing"
  | "sender_not_registered"
  | "frequency_cap"
  | "quiet_hours"
  | "registration_already_sent"
  | "message_too_long"
  | "campaign_cancelled";
export type Verdict = "allow" | "hold" | "review" | "deny";
export type Category =
  | "health"
  | "biometric_genetic"
  | "religion"
  | "politics"
  | "ethnicity"
  | "union"
  | "sex_life"
  | "criminal"
  | "national_id"
  | "card"
  | "credential"
  | "financial_history"
  | "location"
  | "child";
export type Severity = "block" | "review" | "notice";
/**
 * The caller's own reference; returned unchanged, never interpreted.
 */
export type CorrelationId = string;
/**
 * Such as "+84 90 *** ** 21".
 */
export type MaskedPhone = string;
export type DecidedBy = "subject" | "law" | "policy" | "processor" | "customer" | "machine";
/**
 * RFC 3339 with a zone.
 */
export type DateTime = string;
export type DeliveryState = "queued" | "handedOff" | "delivered" | "failed" | "suppressed" | "unknown";
/**
 * Opaque; from nextCursor of the page before.
 */
export type Cursor = string;
export type CampaignRequest = SmsCampaign | ViberCampaign | ZnsCampaign;
export type Purpose = "advertising" | "customer_care" | "transaction" | "registration" | "survey";
/**
 * Any common Vietnamese or E.164 form.
 */
export type PhoneInput = string;
export type FallbackStep = SmsFallback | ViberFallback | ZnsFallback;
export type CampaignStatus = "deciding" | "held" | "sending" | "completed" | "cancelled";
export type Channel = "sms" | "zns" | "viber" | "page";
/**
 * RFC 3339, or a full date where the hour does not matter.
 */
export type DateOrTime = string;
export type ConnectorSettings =
  | EsmsConnector
  | SmppConnector
  | KannelConnector
  | ZnsConnector
  | ViberConnector
  | InfobipConnector
  | PageWebhookConnector;
/**
 * Plain http only to loopback.
 */
export type ConnectorUrl = string;
/**
 * An id that the provider prints as a number; as text where it is longer than 53 bits.
 */
export type ProviderNumber = string | number;
export type ConsentMethod =
  | "web_form"
  | "paper_form"
  | "sms_reply"
  | "recorded_call"
  | "email"
  | "app_setting"
  | "registration_message_reply";
/**
 * SHA-256 in hexadecimal.
 */
export type Sha256 = string;
export type Uri = string;
export type RowCode =
  | "phone_missing"
  | "row_malformed"
  | "consent_in_future"
  | "consent_before_notice"
  | "birth_date_invalid"
  | "sensitive_field"
  | "opted_out_kept"
  | "number_invalid"
  | "customer_inactive"
  | "policy_not_accepted"
  | "processor_unknown"
  | "processor_contract_expired"
  | "processor_purpose_not_allowed"
  | "processor_field_not_allowed"
  | "transfer_dossier_missing"
  | "third_party_marketing"
  | "contact_unknown"
  | "restricted"
  | "erased"
  | "objected"
  | "minor_without_guardian"
  | "basis_missing"
  | "basis_not_valid_for_purpose"
  | "consent_missing"
  | "consent_withdrawn"
  | "consent_not_for_channel"
  | "consent_not_for_purpose"
  | "consent_scope_incomplete"
  | "evidence_missing"
  | "opted_out"
  | "do_not_call"
  | "do_not_call_stale"
  | "sensitive_content"
  | "card_number"
  | "national_id"
  | "child_data"
  | "forbidden_content"
  | "advertising_undeclared"
  | "label_missing"
  | "opt_out_text_missing"
  | "sender_not_registered"
  | "frequency_cap"
  | "quiet_hours"
  | "registration_already_sent"
  | "message_too_long"
  | "campaign_cancelled";
/**
 * ISO 3166-1 alpha-2.
 */
export type Country = string;
export type Digest = string;
export type Scope = "contacts" | "consents" | "campaigns" | "pages" | "ledger" | "admin";
export type KeyMode = "live" | "test";
export type SharingLogKind =
  "hand_off" | "outcome" | "disclosure" | "publication" | "lookup" | "withdrawal" | "erasure";
export type WebhookEvent =
  | "consent.changed"
  | "campaign.decided"
  | "message.refused"
  | "sharing.recorded"
  | "review.opened"
  | "integrity.failed";
export type WebhookDeliveryState = "pending" | "delivered" | "failed";
export type WebhookStatus = "active" | "disabled";

/**
 * Every schema by its title: what the validator's answer is typed with.
 */
export interface ContractTypes {
  Attributes: Attributes;
  Basis: Basis;
  Bilingual: Bilingual;
  CampaignContent: CampaignContent;
  CampaignCreated: CampaignCreated;
  CampaignDecision: CampaignDecision;
  CampaignPreview: CampaignPreview;
  CampaignRecipientPage: CampaignRecipientPage;
  CampaignRecipientView: CampaignRecipientView;
  CampaignRequest: CampaignRequest;
  CampaignStatus: CampaignStatus;
  CampaignView: CampaignView;
  Category: Category;
  CategoryAgreementRequest: CategoryAgreementRequest;
  CategoryAgreementView: CategoryAgreementView;
  CategoryAgreements: CategoryAgreements;
  Channel: Channel;
  ConnectorSettings: ConnectorSettings;
  ConnectorUrl: ConnectorUrl;
  ConnectorView: ConnectorView;
  ConsentCounts: ConsentCounts;
  ConsentDetails: ConsentDetails;
  ConsentFrequency: ConsentFrequency;
  ConsentItem: ConsentItem;
  ConsentMethod: ConsentMethod;
  ConsentRecord: ConsentRecord;
  ConsentRecordEvent: ConsentRecordEvent;
  ConsentRecords: ConsentRecords;
  ConsentRowResult: ConsentRowResult;
  ConsentsRequest: ConsentsRequest;
  ConsentsResult: ConsentsResult;
  ContactCounts: ContactCounts;
  ContactInput: ContactInput;
  ContactRowResult: ContactRowResult;
  ContactsRequest: ContactsRequest;
  ContactsResult: ContactsResult;
  ContentScanBatchResult: ContentScanBatchResult;
  ContentScanItem: ContentScanItem;
  ContentScanRequest: ContentScanRequest;
  ContentScanResult: ContentScanResult;
  CorrelationId: CorrelationId;
  Country: Country;
  Cursor: Cursor;
  CustomerPatch: CustomerPatch;
  CustomerRequest: CustomerRequest;
  CustomerView: CustomerView;
  DateOrTime: DateOrTime;
  DateTime: DateTime;
  DecidedBy: DecidedBy;
  Declaration: Declaration;
  DeliveryCounts: DeliveryCounts;
  DeliveryState: DeliveryState;
  Digest: Digest;
  DisclosureRequest: DisclosureRequest;
  DoNotCallQuery: DoNotCallQuery;
  DoNotCallView: DoNotCallView;
  ErasedSubscriber: ErasedSubscriber;
  EsmsConnector: EsmsConnector;
  Evidence: Evidence;
  EvidenceView: EvidenceView;
  FallbackStep: FallbackStep;
  Finding: Finding;
  Guardian: Guardian;
  Id: Id;
  ImportCreated: ImportCreated;
  ImportMapping: ImportMapping;
  ImportReason: ImportReason;
  ImportView: ImportView;
  InfobipConnector: InfobipConnector;
  KannelConnector: KannelConnector;
  KeyCreated: KeyCreated;
  KeyMode: KeyMode;
  KeyRequest: KeyRequest;
  LandingPageApproval: LandingPageApproval;
  LandingPagePreview: LandingPagePreview;
  LandingPageRequest: LandingPageRequest;
  LastHandOff: LastHandOff;
  MaskedPhone: MaskedPhone;
  MessageSize: MessageSize;
  NoQuery: NoQuery;
  PageQuery: PageQuery;
  PageWebhookConnector: PageWebhookConnector;
  Permission: Permission;
  PhoneInput: PhoneInput;
  PlaceholderData: PlaceholderData;
  PlatformKeyPage: PlatformKeyPage;
  PlatformKeyRequest: PlatformKeyRequest;
  PlatformKeyView: PlatformKeyView;
  PolicyAcceptanceRequest: PolicyAcceptanceRequest;
  PolicyAcceptanceView: PolicyAcceptanceView;
  PolicyVersionRequest: PolicyVersionRequest;
  PolicyView: PolicyView;
  PreviewQuery: PreviewQuery;
  Problem: Problem;
  ProblemFault: ProblemFault;
  ProcessorContract: ProcessorContract;
  ProcessorPage: ProcessorPage;
  ProcessorReference: ProcessorReference;
  ProcessorRequest: ProcessorRequest;
  ProcessorView: ProcessorView;
  ProviderNumber: ProviderNumber;
  Purpose: Purpose;
  Reason: Reason;
  ReasonCode: ReasonCode;
  RecipientDecision: RecipientDecision;
  RecipientInput: RecipientInput;
  RecipientQuery: RecipientQuery;
  Recipients: Recipients;
  Refusal: Refusal;
  Restriction: Restriction;
  ReviewDecisionRequest: ReviewDecisionRequest;
  ReviewDecisionView: ReviewDecisionView;
  ReviewEvidenceRequest: ReviewEvidenceRequest;
  ReviewPage: ReviewPage;
  ReviewView: ReviewView;
  RowCode: RowCode;
  RowFault: RowFault;
  RuleExplanation: RuleExplanation;
  Scalar: Scalar;
  Scope: Scope;
  Sender: Sender;
  Severity: Severity;
  Sha256: Sha256;
  SharingLogItem: SharingLogItem;
  SharingLogKind: SharingLogKind;
  SharingLogPage: SharingLogPage;
  SharingLogSearchRequest: SharingLogSearchRequest;
  SmppConnector: SmppConnector;
  SmsCampaign: SmsCampaign;
  SmsContent: SmsContent;
  SmsFallback: SmsFallback;
  SubjectRightRequest: SubjectRightRequest;
  SubjectRightView: SubjectRightView;
  SubscriberErasure: SubscriberErasure;
  SubscriberErasureRequest: SubscriberErasureRequest;
  SubscriberErasureResult: SubscriberErasureResult;
  SubscriberLookupRequest: SubscriberLookupRequest;
  SubscriberReference: SubscriberReference;
  SubscriberView: SubscriberView;
  TransferDossier: TransferDossier;
  Uri: Uri;
  Verdict: Verdict;
  VerdictCounts: VerdictCounts;
  ViberCampaign: ViberCampaign;
  ViberConnector: ViberConnector;
  ViberContent: ViberContent;
  ViberFallback: ViberFallback;
  WebUrl: WebUrl;
  WebhookDeliveryPage: WebhookDeliveryPage;
  WebhookDeliveryQuery: WebhookDeliveryQuery;
  WebhookDeliveryState: WebhookDeliveryState;
  WebhookDeliveryView: WebhookDeliveryView;
  WebhookEndpointCreated: WebhookEndpointCreated;
  WebhookEndpointPage: WebhookEndpointPage;
  WebhookEndpointPatch: WebhookEndpointPatch;
  WebhookEndpointRequest: WebhookEndpointRequest;
  WebhookEndpointView: WebhookEndpointView;
  WebhookEvent: WebhookEvent;
  WebhookStatus: WebhookStatus;
  WithdrawalRequest: WithdrawalRequest;
  WithdrawalResult: WithdrawalResult;
  ZnsCampaign: ZnsCampaign;
  ZnsConnector: ZnsConnector;
  ZnsContent: ZnsContent;
  ZnsFallback: ZnsFallback;
}
export interface Attributes {
  [k: string]: Scalar;
}
export interface Bilingual {
  vi: string;
  en: string;
}
export interface SmsContent {
  text: string;
}
export interface ViberContent {
  text: string;
  imageUrl?: WebUrl;
  buttonText?: string;
  buttonUrl?: WebUrl;
}
export interface ZnsContent {
  templateId: string | number;
  tag: 1 | 2 | 3;
  templateText: string;
  data: PlaceholderData;
}
/**
 * What {{name}} placeholders take.
 */
export interface PlaceholderData {
  [k: string]: Scalar;
}
/**
 * decision is null while more than 10,000 recipients are being decided.
 */
export interface CampaignCreated {
  id: Id;
  status: "deciding" | "sending" | "held";
  decision: CampaignDecision | null;
}
export interface CampaignDecision {
  verdict: "allow" | "partial" | "hold" | "review" | "deny";
  counts: VerdictCounts;
  reasons: readonly Reason[];
  findings: readonly Finding[];
  message: MessageSize;
}
export interface VerdictCounts {
  allow: number;
  hold: number;
  review: number;
  deny: number;
}
export interface Reason {
  code: ReasonCode;
  verdict: Verdict;
  count: number;
}
export interface Finding {
  rule: string;
  category: Category | null;
  severity: Severity;
  field: string;
  /**
   * [start, end) in UTF-16 code units of the text as given.
   *
   * @minItems 2
   * @maxItems 2
   */
  span: readonly [number, number];
  selector?: string;
  line?: number;
  column?: number;
  messages: Bilingual;
  fix: Bilingual;
  citation: string;
}
/**
 * The longest message of the campaign after placeholders are filled.
 */
export interface MessageSize {
  parts: number;
  encoding: "GSM-7" | "UCS-2" | "UTF-8";
  characters: number;
}
/**
 * The first 1,000 recipients. rules (of the campaign as a whole) only with explain=true.
 */
export interface CampaignPreview {
  verdict: "allow" | "partial" | "hold" | "review" | "deny";
  counts: VerdictCounts;
  reasons: readonly Reason[];
  findings: readonly Finding[];
  message: MessageSize;
  recipients: readonly RecipientDecision[];
  rules?: readonly RuleExplanation[];
}
/**
 * code is null where the verdict is allow. rules only with explain=true.
 */
export interface RecipientDecision {
  index: number;
  correlationId?: CorrelationId;
  phone: MaskedPhone;
  verdict: Verdict;
  code: ReasonCode | null;
  rule: string | null;
  decidedBy: DecidedBy;
  canBeOverruled: boolean;
  notBefore?: DateTime;
  remedy: readonly Bilingual[];
  citation: string | null;
  rules?: readonly RuleExplanation[];
}
/**
 * One rule, its outcome and the facts it read, without personal data.
 */
export interface RuleExplanation {
  rule: string;
  outcome: "pass" | "not_applicable" | "hold" | "review" | "deny";
  code: ReasonCode | null;
  citation: string;
  facts: {
    [k: string]: Scalar;
  };
}
export interface CampaignRecipientPage {
  items: readonly CampaignRecipientView[];
  nextCursor: Cursor | null;
}
/**
 * delivery is null where no message was made.
 */
export interface CampaignRecipientView {
  index: number;
  correlationId?: CorrelationId;
  phone: MaskedPhone;
  verdict: Verdict;
  code: ReasonCode | null;
  rule: string | null;
  decidedBy: DecidedBy;
  canBeOverruled: boolean;
  notBefore?: DateTime;
  remedy: readonly Bilingual[];
  citation: string | null;
  delivery: DeliveryState | null;
}
export interface SmsCampaign {
  name: string;
  channel: "sms";
  purpose: Purpose;
  processor: Id;
  sender: string;
  content: SmsContent;
  recipients: Recipients;
  sendAt?: DateTime;
  fallback?: readonly FallbackStep[];
}
/**
 * Exactly one of the three.
 */
export interface Recipients {
  list?: readonly RecipientInput[];
  importId?: Id;
  all?: true;
}
export interface RecipientInput {
  phone: PhoneInput;
  data?: PlaceholderData;
  correlationId?: CorrelationId;
}
export interface SmsFallback {
  channel: "sms";
  processor: Id;
  sender: string;
  content: SmsContent;
}
export interface ViberFallback {
  channel: "viber";
  processor: Id;
  sender: string;
  content: ViberContent;
}
export interface ZnsFallback {
  channel: "zns";
  processor: Id;
  sender: string;
  content: ZnsContent;
}
export interface ViberCampaign {
  name: string;
  channel: "viber";
  purpose: Purpose;
  processor: Id;
  sender: string;
  content: ViberContent;
  recipients: Recipients;
  sendAt?: DateTime;
  fallback?: readonly FallbackStep[];
}
export interface ZnsCampaign {
  name: string;
  channel: "zns";
  purpose: Purpose;
  processor: Id;
  sender: string;
  content: ZnsContent;
  recipients: Recipients;
  sendAt?: DateTime;
  fallback?: readonly FallbackStep[];
}
export interface CampaignView {
  id: Id;
  name: string;
  channel: Channel;
  purpose: Purpose;
  processor: Id;
  createdAt: DateTime;
  sendAt?: DateTime;
  status: CampaignStatus;
  decision: CampaignDecision | null;
  delivery: DeliveryCounts;
}
export interface DeliveryCounts {
  queued: number;
  handedOff: number;
  delivered: number;
  failed: number;
  suppressed: number;
  unknown: number;
}
export interface CategoryAgreementRequest {
  /**
   * The document of the separate agreement, as the platform files it.
   */
  reference: string;
  validFrom: DateOrTime;
  validUntil?: DateOrTime;
}
/**
 * With it, and a processor whose fields name the category, a finding of it is looked at by a person instead of refused.
 */
export interface CategoryAgreementView {
  category: Category;
  reference: string;
  validFrom: DateTime;
  validUntil?: DateTime;
  recordedAt: DateTime;
}
export interface CategoryAgreements {
  items: readonly CategoryAgreementView[];
}
export interface EsmsConnector {
  kind: "esms";
  url?: ConnectorUrl;
  apiKey: string;
  secretKey: string;
}
export interface SmppConnector {
  kind: "smpp";
  host: string;
  port: number;
  systemId: string;
  password: string;
  systemType?: string;
  tls?: boolean;
}
export interface KannelConnector {
  kind: "kannel";
  url: ConnectorUrl;
  username: string;
  password: string;
  smsc?: string;
}
export interface ZnsConnector {
  kind: "zns";
  url?: ConnectorUrl;
  oauthUrl?: ConnectorUrl;
  appId: ProviderNumber;
  appSecret: string;
  oaId: ProviderNumber;
  oaSecret: string;
  refreshToken: string;
}
export interface ViberConnector {
  kind: "viber";
  url?: ConnectorUrl;
  serviceId: ProviderNumber;
}
export interface InfobipConnector {
  kind: "infobip";
  url: ConnectorUrl;
  apiKey: string;
}
export interface PageWebhookConnector {
  kind: "page-webhook";
  url: ConnectorUrl;
  secret: string;
}
/**
 * The settings without their secrets.
 */
export interface ConnectorView {
  kind: "esms" | "smpp" | "kannel" | "zns" | "viber" | "infobip" | "page-webhook";
  url?: string;
  oauthUrl?: string;
  host?: string;
  port?: number;
  systemId?: string;
  systemType?: string;
  tls?: boolean;
  username?: string;
  smsc?: string;
  appId?: ProviderNumber;
  oaId?: ProviderNumber;
  serviceId?: ProviderNumber;
}
export interface ConsentCounts {
  total: number;
  accepted: number;
  duplicate: number;
  rejected: number;
}
/**
 * What must be shown for a consent. Completeness is checked by meaning, with codes of its own (evidence_missing, consent_scope_incomplete).
 */
export interface ConsentDetails {
  method?: ConsentMethod;
  collectedAt?: DateTime;
  noticeVersion?: string;
  noticeText?: string;
  noticeToken?: string;
  contentClass?: string;
  frequency?: ConsentFrequency;
  source?: string;
  evidence?: readonly Evidence[];
}
export interface ConsentFrequency {
  max: number;
  per: "day" | "week" | "month";
}
/**
 * A pointer to the proof of a consent: a digest, an address or an uploaded file.
 */
export interface Evidence {
  kind: "file" | "url" | "call_recording" | "sms" | "form_submission";
  sha256?: Sha256;
  uri?: Uri;
  fileId?: Id;
}
export interface ConsentItem {
  phone: PhoneInput;
  channel: Channel;
  purpose: Purpose;
  status: "granted" | "withdrawn";
  method?: ConsentMethod;
  collectedAt?: DateTime;
  noticeVersion?: string;
  noticeText?: string;
  noticeToken?: string;
  contentClass?: string;
  frequency?: ConsentFrequency;
  source?: string;
  evidence?: readonly Evidence[];
  correlationId?: CorrelationId;
}
/**
 * One channel and purpose, with the field names of ISO/IEC TS 27560. It holds no number and no name of the person.
 */
export interface ConsentRecord {
  schema_version: "ISO/IEC TS 27560:2023";
  record_id: string;
  pii_principal_id: Id;
  pii_processing: {
    /**
     * The declaration that holds the notice as it was shown; null: none was cited.
     */
    privacy_notice: string | null;
    purposes: {
      purpose: Purpose;
      lawful_basis: Basis;
      services: readonly Channel[];
      collection_method: string | null;
      /**
       * When the person agreed, as declared (RFC 3339).
       */
      collection_time: string | null;
    }[];
    jurisdictions: readonly string[];
  };
  party_identification: {
    party_id: Id;
    party_name: string;
    party_role: "pii_controller";
  }[];
  events: readonly ConsentRecordEvent[];
}
export interface ConsentRecordEvent {
  event_time: DateTime;
  event_type: "consent_given" | "consent_withdrawn";
  event_state: "given" | "withdrawn";
  /**
   * Until when this state stood (RFC 3339), or `until_withdrawn`.
   */
  validity_duration: string;
  /**
   * Who acted: the principal.
   */
  entity_id: string;
  evidence: readonly string[];
}
export interface ConsentRecords {
  items: readonly ConsentRecord[];
}
export interface ConsentRowResult {
  index: number;
  correlationId?: CorrelationId;
  status: "accepted" | "duplicate" | "rejected";
  codes: readonly RowFault[];
}
export interface RowFault {
  code: RowCode;
  field: string | null;
  fix: Bilingual;
}
export interface ConsentsRequest {
  items: readonly ConsentItem[];
}
/**
 * One result an item, in the order sent.
 */
export interface ConsentsResult {
  counts: ConsentCounts;
  results: readonly ConsentRowResult[];
}
export interface ContactCounts {
  total: number;
  accepted: number;
  updated: number;
  duplicate: number;
  rejected: number;
  quarantined: number;
}
/**
 * One contact. A value that cannot be read gets a row code, not a refusal of the whole request.
 */
export interface ContactInput {
  phone?: PhoneInput;
  name?: string;
  birthDate?: string;
  country?: string;
  consentedAt?: string;
  guardian?: Guardian;
  attributes?: Attributes;
  correlationId?: CorrelationId;
}
/**
 * Who agreed for a child under 16.
 */
export interface Guardian {
  name: string;
  phone: PhoneInput;
  consentedAt: string;
  evidence: readonly Evidence[];
}
export interface ContactRowResult {
  index: number;
  correlationId?: CorrelationId;
  status: "accepted" | "updated" | "duplicate" | "rejected" | "quarantined";
  contactId?: Id;
  codes: readonly RowFault[];
}
export interface ContactsRequest {
  declaration: Declaration;
  contacts: readonly ContactInput[];
}
/**
 * The legal basis under which contacts were collected.
 */
export interface Declaration {
  basis: Basis;
  purposes: readonly Purpose[];
  channels: readonly Channel[];
  consent?: ConsentDetails;
}
/**
 * One result a contact, in the order sent.
 */
export interface ContactsResult {
  counts: ContactCounts;
  results: readonly ContactRowResult[];
}
/**
 * In the order sent.
 */
export interface ContentScanBatchResult {
  results: readonly ContentScanResult[];
}
export interface ContentScanResult {
  verdict: "pass" | "review" | "block";
  language: string;
  findings: readonly Finding[];
}
/**
 * Exactly one of text, html and fields.
 */
export interface ContentScanItem {
  text?: string;
  html?: string;
  fields?: {
    [k: string]: Scalar;
  };
  channel?: Channel;
  language?: string;
}
/**
 * One text, page or set of fields, or a list of them.
 */
export interface ContentScanRequest {
  text?: string;
  html?: string;
  fields?: {
    [k: string]: Scalar;
  };
  channel?: Channel;
  language?: string;
  items?: readonly ContentScanItem[];
}
export interface CustomerPatch {
  senders?: readonly Sender[];
  status?: "closed";
}
export interface Sender {
  channel: Channel;
  id: string;
}
export interface CustomerRequest {
  name: string;
  legalName: string;
  country: Country;
  taxCode?: string;
  senders?: readonly Sender[];
}
export interface CustomerView {
  id: Id;
  name: string;
  legalName: string;
  country: Country;
  taxCode?: string;
  senders: readonly Sender[];
  status: "active" | "closed";
  createdAt: DateTime;
}
export interface DisclosureRequest {
  ground: "court_order" | "authority_request" | "life_safety" | "fraud_investigation" | "business_transfer";
  legalReference: string;
  recipient: string;
  phones: readonly PhoneInput[];
  fields: readonly string[];
  approvedBy: readonly string[];
  noticeSentAt?: DateTime;
}
export interface DoNotCallQuery {
  snapshotAt: DateTime;
}
/**
 * snapshotAt is null until a list was uploaded.
 */
export interface DoNotCallView {
  snapshotAt: DateTime | null;
  numbers: number;
  stale: boolean;
}
/**
 * What a look-up says of an erased person: so many records are kept as commitments.
 */
export interface ErasedSubscriber {
  customer: Id;
  erasedAt: DateTime;
  recordsKept: number;
}
export interface EvidenceView {
  fileId: Id;
  sha256: Sha256;
  bytes: number;
}
export interface ImportCreated {
  id: Id;
  status: "running" | "completed" | "failed";
}
/**
 * Column of the file to field of the contact.
 */
export interface ImportMapping {
  [k: string]: string;
}
export interface ImportReason {
  code: RowCode;
  count: number;
}
export interface ImportView {
  id: Id;
  status: "running" | "completed" | "failed";
  bytes: {
    read: number;
    total: number | null;
  };
  counts: ContactCounts;
  reasons: readonly ImportReason[];
  startedAt: DateTime;
  finishedAt: DateTime | null;
}
/**
 * The key is shown once.
 */
export interface KeyCreated {
  id: Id;
  key: string;
  scopes: readonly Scope[];
  mode: KeyMode;
  createdAt: DateTime;
  expiresAt?: DateTime;
}
export interface KeyRequest {
  scopes: readonly Scope[];
  mode: KeyMode;
  expiresAt?: DateTime;
}
/**
 * Only the bytes with this digest may go live. noticeToken is null where the page asks for no consent.
 */
export interface LandingPageApproval {
  approvalId: Id;
  digest: Digest;
  noticeToken: string | null;
  findings: readonly Finding[];
}
export interface LandingPagePreview {
  verdict: Verdict;
  digest: Digest;
  reasons: readonly Reason[];
  findings: readonly Finding[];
}
export interface LandingPageRequest {
  pageId: Id;
  url: WebUrl;
  html: string;
  processor: Id;
  purposes?: readonly Purpose[];
  advertiser: string;
}
export interface LastHandOff {
  index: number;
  recordedAt: DateTime;
  processor: ProcessorReference;
  channel: Channel;
  purpose: Purpose;
  campaignId: Id | null;
  outcome: string | null;
}
export interface ProcessorReference {
  id: Id;
  name: string;
  country: Country;
}
export interface NoQuery {}
export interface PageQuery {
  limit?: number;
  cursor?: Cursor;
}
export interface Permission {
  channel: Channel;
  purpose: Purpose;
  state: "granted" | "withdrawn";
  basis: Basis;
  since: DateTime;
  evidenceIds: readonly Id[];
}
export interface PlatformKeyPage {
  items: readonly PlatformKeyView[];
}
export interface PlatformKeyView {
  id: Id;
  scopes: readonly Scope[];
  createdAt: DateTime;
  expiresAt?: DateTime;
}
export interface PlatformKeyRequest {
  expiresAt?: DateTime;
}
export interface PolicyAcceptanceRequest {
  version: string;
  acceptedBy: string;
}
export interface PolicyAcceptanceView {
  version: string;
  acceptedBy: string;
  acceptedAt: DateTime;
}
export interface PolicyVersionRequest {
  version: string;
  text: string;
  material: boolean;
}
export interface PolicyView {
  version: string;
  publishedAt: DateTime;
  digest: string;
  url: string;
}
export interface PreviewQuery {
  at?: DateTime;
  explain?: boolean;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  retriable: boolean;
  requestId: string;
  errors?: readonly ProblemFault[];
  reasons?: readonly Reason[];
  findings?: readonly Finding[];
  reviewId?: Id;
}
export interface ProblemFault {
  pointer: string;
  code: string;
  message: string;
}
export interface ProcessorContract {
  reference: string;
  validFrom: DateOrTime;
  validUntil: DateOrTime;
}
export interface ProcessorPage {
  items: readonly ProcessorView[];
  nextCursor: Cursor | null;
}
export interface ProcessorView {
  id: Id;
  name: string;
  legalName: string;
  country: Country;
  channel: Channel;
  connector: ConnectorView;
  contract: ProcessorContract;
  purposes: readonly Purpose[];
  fields: readonly string[];
  subprocessors: readonly string[];
  transferDossier?: TransferDossier;
  updatedAt: DateTime;
}
/**
 * Law 91/2025 Art. 20(2): filed within 60 days of the first transfer abroad.
 */
export interface TransferDossier {
  firstTransferAt: DateOrTime;
  filedAt?: DateOrTime;
}
export interface ProcessorRequest {
  name: string;
  legalName: string;
  country: Country;
  channel: Channel;
  connector: ConnectorSettings;
  contract: ProcessorContract;
  purposes: readonly Purpose[];
  fields: readonly string[];
  subprocessors?: readonly string[];
  transferDossier?: TransferDossier;
}
export interface RecipientQuery {
  limit?: number;
  cursor?: Cursor;
  verdict?: Verdict;
  code?: ReasonCode;
  delivery?: DeliveryState;
}
/**
 * null stands for every channel or purpose.
 */
export interface Refusal {
  channel: Channel | null;
  purpose: Purpose | null;
  since: DateTime;
  source: string;
}
export interface Restriction {
  kind: "restricted" | "objected" | "erased" | "do_not_call";
  since: DateTime;
}
export interface ReviewDecisionRequest {
  release: boolean;
  reason: string;
}
export interface ReviewDecisionView {
  release: boolean;
  reason: string;
  decidedAt: DateTime;
}
export interface ReviewEvidenceRequest {
  evidence: readonly Evidence[];
}
export interface ReviewPage {
  items: readonly ReviewView[];
  nextCursor: Cursor | null;
}
/**
 * The verdict is never rewritten; a release stands beside it.
 */
export interface ReviewView {
  id: Id;
  /**
   * What is to be looked at.
   */
  subject: {
    kind: "campaign" | "landing_page" | "recipient";
    id: Id;
  };
  code: ReasonCode;
  decidedBy: DecidedBy;
  canBeOverruled: boolean;
  findings: readonly Finding[];
  status: "open" | "released" | "upheld";
  openedAt: DateTime;
  evidence: readonly Evidence[];
  decision: ReviewDecisionView | null;
}
export interface SharingLogItem {
  index: number;
  kind: SharingLogKind;
  recordedAt: DateTime;
  customer: Id;
  subscriber: SubscriberReference | null;
  processor: ProcessorReference | null;
  channel: Channel | null;
  purpose: Purpose | null;
  basis: Basis | null;
  consentId: Id | null;
  evidenceIds: readonly Id[];
  fields: readonly string[];
  campaignId: Id | null;
  decisionId: Id | null;
  policyDigest: string | null;
  outcome?: string;
  providerReference?: string;
  proof: string;
}
/**
 * phone is null once the subscriber was erased.
 */
export interface SubscriberReference {
  id: Id;
  phone: MaskedPhone | null;
}
/**
 * Newest first.
 */
export interface SharingLogPage {
  /**
   * Only there when the person who was asked for was erased at a customer.
   */
  erased?: readonly ErasedSubscriber[];
  items: readonly SharingLogItem[];
  nextCursor: Cursor | null;
}
/**
 * At most one of phone and subscriberId.
 */
export interface SharingLogSearchRequest {
  phone?: PhoneInput;
  subscriberId?: Id;
  campaignId?: Id;
  processorId?: Id;
  from?: DateTime;
  to?: DateTime;
  kind?: SharingLogKind;
  limit?: number;
  cursor?: Cursor;
}
export interface SubjectRightRequest {
  phone: PhoneInput;
  right: "access" | "rectify" | "erase" | "restrict" | "object" | "portability";
  receivedAt: DateTime;
  details?: string;
}
export interface SubjectRightView {
  id: Id;
  acknowledgeBy: DateTime;
  completeBy: DateTime;
}
/**
 * pending: nothing goes out or is shown any more; a hand-off under way is waited for. subscriberId is absent where the person was erased before.
 */
export interface SubscriberErasure {
  customer: Id;
  subscriberId?: Id;
  status: "erased" | "pending";
  erasedAt: DateTime;
  recordsKept: number;
}
/**
 * Exactly one of phone and subscriberId; without customerId at every customer.
 */
export interface SubscriberErasureRequest {
  phone?: PhoneInput;
  subscriberId?: Id;
  customerId?: Id;
}
export interface SubscriberErasureResult {
  erasures: readonly SubscriberErasure[];
}
export interface SubscriberLookupRequest {
  phone: PhoneInput;
}
export interface SubscriberView {
  subscriberId: Id;
  permissions: readonly Permission[];
  refusals: readonly Refusal[];
  restrictions: readonly Restriction[];
  lastHandOffs: readonly LastHandOff[];
}
export interface WebhookDeliveryPage {
  items: readonly WebhookDeliveryView[];
  nextCursor: string | null;
}
export interface WebhookDeliveryView {
  id: Id;
  eventId: Id;
  type: WebhookEvent;
  state: WebhookDeliveryState;
  attempts: number;
  lastCode?: string;
  attemptedAt?: DateTime;
  nextAt?: DateTime;
  createdAt: DateTime;
}
export interface WebhookDeliveryQuery {
  limit?: number;
  cursor?: Cursor;
  state?: WebhookDeliveryState;
}
/**
 * The secret is shown once.
 */
export interface WebhookEndpointCreated {
  id: Id;
  url: string;
  events: readonly WebhookEvent[];
  status: WebhookStatus;
  failingSince?: DateTime;
  createdAt: DateTime;
  secret: string;
}
export interface WebhookEndpointPage {
  items: readonly WebhookEndpointView[];
  nextCursor: string | null;
}
export interface WebhookEndpointView {
  id: Id;
  url: string;
  events: readonly WebhookEvent[];
  status: WebhookStatus;
  failingSince?: DateTime;
  createdAt: DateTime;
}
export interface WebhookEndpointPatch {
  url?: string;
  events?: readonly WebhookEvent[];
  status?: WebhookStatus;
}
export interface WebhookEndpointRequest {
  url: string;
  events: readonly WebhookEvent[];
}
/**
 * Channels or purposes left out mean all of them.
 */
export interface WithdrawalRequest {
  phone: PhoneInput;
  channels?: readonly Channel[];
  purposes?: readonly Purpose[];
  source: string;
  receivedAt?: DateTime;
  text?: string;
}
/**
 * effective: no hand-off can follow. pending: none begins, one may still be under way.
 */
export interface WithdrawalResult {
  id: Id;
  recordedAt: DateTime;
  status: "effective" | "pending";
  effectiveAt?: DateTime;
}
