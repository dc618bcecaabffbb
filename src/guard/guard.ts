import type * as contract from "../domain/contract.gen.ts";
import type { Scope } from "../domain/vocabulary.ts";

/** Who asks. A platform key (scope admin) has no customer of its own. */
export type Caller = {
  readonly keyId: string;
  readonly customerId: string | null;
  readonly scopes: readonly Scope[];
  /** A test key decides and records everything but hands off to the sandbox only. */
  readonly mode: "live" | "test";
  readonly requestId: string;
};

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

/** `cursor` is opaque: base64url text that a use case gave out before. */
export type PageRequest = { readonly limit: number; readonly cursor: string | null };

export type Upload = {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** From Content-Length of the request, where it is known. */
  readonly bytesTotal: number | null;
};

export type SharingLogExport = {
  readonly mediaType: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
};

/**
 * What the system does: one function a use case, the same for HTTP, the middleware, the console and the command
 * line. Refusals of a recipient are values; what cannot be served is a GuardError with its code.
 * Input has passed the schemas; meaning is checked here.
 */
export type Guard = {
  // Set-up
  createCustomer(caller: Caller, input: contract.CustomerRequest): Promise<contract.CustomerView>;
  changeCustomer(
    caller: Caller,
    customerId: string,
    input: contract.CustomerPatch,
  ): Promise<contract.CustomerView>;
  createKey(caller: Caller, customerId: string, input: contract.KeyRequest): Promise<contract.KeyCreated>;
  revokeKey(caller: Caller, customerId: string, keyId: string): Promise<void>;
  listCategoryAgreements(
    customerId: string,
  ): Promise<{ readonly items: readonly contract.CategoryAgreementView[] }>;
  putCategoryAgreement(
    caller: Caller,
    customerId: string,
    category: string,
    input: contract.CategoryAgreementRequest,
  ): Promise<{ readonly created: boolean; readonly agreement: contract.CategoryAgreementView }>;
  endCategoryAgreement(caller: Caller, customerId: string, category: string): Promise<void>;
  listPlatformKeys(): Promise<contract.PlatformKeyPage>;
  createPlatformKey(input: contract.PlatformKeyRequest): Promise<contract.KeyCreated>;
  revokePlatformKey(caller: Caller, keyId: string): Promise<void>;
  /** null: unknown, expired or revoked. `secret` is the whole key. */
  authenticate(secret: string, requestId: string): Promise<Caller | null>;
  currentPolicy(): Promise<contract.PolicyView>;
  policyText(version: string): Promise<string | null>;
  publishPolicy(caller: Caller, input: contract.PolicyVersionRequest): Promise<contract.PolicyView>;
  acceptPolicy(
    caller: Caller,
    input: contract.PolicyAcceptanceRequest,
  ): Promise<contract.PolicyAcceptanceView>;
  putProcessor(
    caller: Caller,
    processorId: string,
    input: contract.ProcessorRequest,
  ): Promise<{ readonly created: boolean; readonly processor: contract.ProcessorView }>;
  listProcessors(caller: Caller, page: PageRequest): Promise<Page<contract.ProcessorView>>;
  /** One number a line or the first column; gzip is told by its first bytes. */
  replaceDoNotCall(caller: Caller, snapshotAt: Date, upload: Upload): Promise<contract.DoNotCallView>;
  doNotCall(caller: Caller): Promise<contract.DoNotCallView>;

  // Contacts and consent
  recordContacts(caller: Caller, input: contract.ContactsRequest): Promise<contract.ContactsResult>;
  startImport(
    caller: Caller,
    input: {
      readonly declaration: contract.Declaration;
      readonly mapping: contract.ImportMapping | null;
      readonly file: Upload;
    },
  ): Promise<contract.ImportCreated>;
  getImport(caller: Caller, importId: string): Promise<contract.ImportView>;
  cancelImport(caller: Caller, importId: string): Promise<contract.ImportView>;
  /** A view whenever something changed, ends with the import. */
  watchImport(caller: Caller, importId: string, signal: AbortSignal): AsyncIterable<contract.ImportView>;
  /** CSV in pieces. */
  importErrors(caller: Caller, importId: string): AsyncIterable<string>;
  recordEvidence(caller: Caller, file: Upload): Promise<contract.EvidenceView>;
  recordConsents(caller: Caller, input: contract.ConsentsRequest): Promise<contract.ConsentsResult>;
  /** Resolves `effective`, or `pending` when that cannot be guaranteed within 10 s. */
  withdraw(caller: Caller, input: contract.WithdrawalRequest): Promise<contract.WithdrawalResult>;
  getWithdrawal(caller: Caller, withdrawalId: string): Promise<contract.WithdrawalResult>;
  /** Everything that names the person goes; proofs and commitments stay. */
  eraseSubscribers(
    caller: Caller,
    input: contract.SubscriberErasureRequest,
  ): Promise<contract.SubscriberErasureResult>;
  lookUpSubscriber(caller: Caller, input: contract.SubscriberLookupRequest): Promise<contract.SubscriberView>;
  exportConsentRecords(
    caller: Caller,
    input: contract.SubscriberLookupRequest,
  ): Promise<contract.ConsentRecords>;

  // Campaigns
  previewCampaign(
    caller: Caller,
    input: contract.CampaignRequest,
    options: { readonly at: Date | null; readonly explain: boolean },
  ): Promise<contract.CampaignPreview>;
  /** Throws campaign_denied or review_needed with reasons, findings and reviewId as extensions. */
  submitCampaign(caller: Caller, input: contract.CampaignRequest): Promise<contract.CampaignCreated>;
  getCampaign(caller: Caller, campaignId: string): Promise<contract.CampaignView>;
  campaignRecipients(
    caller: Caller,
    campaignId: string,
    filter: {
      readonly verdict?: contract.Verdict;
      readonly code?: contract.ReasonCode;
      readonly delivery?: contract.DeliveryState;
    },
    page: PageRequest,
  ): Promise<Page<contract.CampaignRecipientView>>;
  /** Resolves once no hand-off can follow. */
  cancelCampaign(caller: Caller, campaignId: string): Promise<contract.CampaignView>;

  // Content and pages
  scanContent(caller: Caller, input: contract.ContentScanItem): Promise<contract.ContentScanResult>;
  previewPage(caller: Caller, input: contract.LandingPageRequest): Promise<contract.LandingPagePreview>;
  publishPage(caller: Caller, input: contract.LandingPageRequest): Promise<contract.LandingPageApproval>;

  // Reviews
  listReviews(caller: Caller, page: PageRequest): Promise<Page<contract.ReviewView>>;
  addReviewEvidence(
    caller: Caller,
    reviewId: string,
    input: contract.ReviewEvidenceRequest,
  ): Promise<contract.ReviewView>;
  decideReview(
    caller: Caller,
    reviewId: string,
    input: contract.ReviewDecisionRequest,
  ): Promise<contract.ReviewView>;

  // Sharing ledger
  searchSharingLog(
    caller: Caller,
    input: contract.SharingLogSearchRequest,
    reason: string,
  ): Promise<contract.SharingLogPage>;
  exportSharingLog(
    caller: Caller,
    input: contract.SharingLogSearchRequest,
    reason: string,
    form: { readonly mediaType: "text/csv" | "application/pdf"; readonly language: "vi" | "en" },
  ): Promise<SharingLogExport>;
  /** One record with its proof, as a file that verifies offline; recorded as a look-up before it leaves. */
  sharingLogReceipt(caller: Caller, index: bigint, reason: string): Promise<string>;
  /** C2SP tlog-proof text. */
  sharingLogProof(caller: Caller, index: bigint): Promise<string>;
  /** Signed C2SP checkpoint, null before the first was signed. */
  ledgerCheckpoint(): Promise<string | null>;
  /** The verifier key as Go's sumdb/note writes it: `<name>+<id>+<base64>`. */
  ledgerVerifierKey(): string;
  /** The path after /ledger/ ("tile/0/x001/234.p/5"); `full` tiles never change. */
  ledgerTile(path: string): Promise<{ readonly bytes: Uint8Array; readonly full: boolean } | null>;

  // Webhooks
  createWebhookEndpoint(
    caller: Caller,
    input: contract.WebhookEndpointRequest,
  ): Promise<contract.WebhookEndpointCreated>;
  listWebhookEndpoints(caller: Caller, page: PageRequest): Promise<Page<contract.WebhookEndpointView>>;
  changeWebhookEndpoint(
    caller: Caller,
    endpointId: string,
    input: contract.WebhookEndpointPatch,
  ): Promise<contract.WebhookEndpointView>;
  deleteWebhookEndpoint(caller: Caller, endpointId: string): Promise<void>;
  rotateWebhookSecret(caller: Caller, endpointId: string): Promise<contract.WebhookEndpointCreated>;
  listWebhookDeliveries(
    caller: Caller,
    endpointId: string,
    state: contract.WebhookDeliveryState | null,
    page: PageRequest,
  ): Promise<Page<contract.WebhookDeliveryView>>;
  resendWebhook(
    caller: Caller,
    endpointId: string,
    deliveryId: string,
  ): Promise<contract.WebhookDeliveryView>;

  // Inbound
  receive(
    processorId: string,
    request: {
      readonly kind: "messages" | "receipts";
      readonly method: string;
      readonly rawBody: Uint8Array;
      readonly rawQuery: string;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly secretPath: string;
      readonly remoteAddress: string;
    },
  ): Promise<{ readonly status: number; readonly contentType: string; readonly body: string }>;

  // Operations
  readiness(): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, unknown>> }>;
};
