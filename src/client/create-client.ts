import type * as contract from "../domain/contract.gen.ts";

/** What the service refused, with the problem document that it answered. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: contract.Problem;

  constructor(problem: contract.Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

export type ClientOptions = {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Language of titles and details. */
  readonly language?: "vi" | "en";
  readonly timeoutMs?: number;
};

/** A typed client of the HTTP contract. Every call rejects with a ProblemError where the service refuses. */
export type Client = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const send = async (
    method: string,
    path: string,
    init: {
      readonly json?: unknown;
      readonly form?: FormData;
      readonly headers?: Record<string, string>;
    } = {},
  ): Promise<Response> => {
    const response = await fetch(`${options.baseUrl}${path}`, {
      method,
      redirect: "error",
      signal: AbortSignal.timeout(options.timeoutMs ?? 120_000),
      headers: {
        Authorization: `Bearer ${options.apiKey}`,
        "Accept-Language": options.language ?? "en",
        ...(init.json === undefined ? {} : { "Content-Type": "application/json" }),
        ...init.headers,
      },
      ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
      ...(init.form === undefined ? {} : { body: init.form }),
    });
    if (!response.ok) throw new ProblemError((await response.json()) as contract.Problem);
    return response;
  };
  const json = async <T>(...args: Parameters<typeof send>): Promise<T> =>
    (await send(...args)).json() as Promise<T>;
  const id = encodeURIComponent;

  return {
    createCustomer: (input: contract.CustomerRequest) =>
      json<contract.CustomerView>("POST", "/v1/customers", { json: input }),
    createKey: (customerId: string, input: contract.KeyRequest) =>
      json<contract.KeyCreated>("POST", `/v1/customers/${id(customerId)}/keys`, { json: input }),
    policy: () => json<contract.PolicyView>("GET", "/v1/policy"),
    acceptPolicy: (input: contract.PolicyAcceptanceRequest) =>
      json<contract.PolicyAcceptanceView>("POST", "/v1/policy-acceptances", { json: input }),
    recordContacts: (input: contract.ContactsRequest) =>
      json<contract.ContactsResult>("POST", "/v1/contacts", { json: input }),
    recordConsents: (input: contract.ConsentsRequest) =>
      json<contract.ConsentsResult>("POST", "/v1/consents", { json: input }),
    startImport: (
      declaration: contract.Declaration,
      file: Blob,
      fileName: string,
      mapping?: contract.ImportMapping,
    ) => {
      const form = new FormData();
      form.set("declaration", JSON.stringify(declaration));
      if (mapping !== undefined) form.set("mapping", JSON.stringify(mapping));
      form.set("file", file, fileName);
      return json<contract.ImportCreated>("POST", "/v1/contact-imports", { form });
    },
    getImport: (importId: string) => json<contract.ImportView>("GET", `/v1/contact-imports/${id(importId)}`),
    importErrors: async (importId: string) =>
      (await send("GET", `/v1/contact-imports/${id(importId)}/errors`)).text(),
    withdraw: (input: contract.WithdrawalRequest) =>
      json<contract.WithdrawalResult>("POST", "/v1/withdrawals", { json: input }),
    lookUpSubscriber: (input: contract.SubscriberLookupRequest) =>
      json<contract.SubscriberView>("POST", "/v1/subscribers/lookup", { json: input }),
    eraseSubscribers: (input: contract.SubscriberErasureRequest) =>
      json<contract.SubscriberErasureResult>("POST", "/v1/subscribers/erase", { json: input }),
    previewCampaign: (
      input: contract.CampaignRequest,
      query: { readonly at?: string; readonly explain?: boolean } = {},
    ) => {
      const search = new URLSearchParams();
      if (query.at !== undefined) search.set("at", query.at);
      if (query.explain === true) search.set("explain", "true");
      const suffix = search.size === 0 ? "" : `?${search.toString()}`;
      return json<contract.CampaignPreview>("POST", `/v1/campaigns/preview${suffix}`, { json: input });
    },
    submitCampaign: (input: contract.CampaignRequest, idempotencyKey: string) =>
      json<contract.CampaignCreated>("POST", "/v1/campaigns", {
        json: input,
        headers: { "Idempotency-Key": idempotencyKey },
      }),
    getCampaign: (campaignId: string) =>
      json<contract.CampaignView>("GET", `/v1/campaigns/${id(campaignId)}`),
    cancelCampaign: (campaignId: string) =>
      json<contract.CampaignView>("POST", `/v1/campaigns/${id(campaignId)}/cancel`),
    scanContent: (input: contract.ContentScanItem) =>
      json<contract.ContentScanResult>("POST", "/v1/content/scan", { json: input }),
    searchSharingLog: (input: contract.SharingLogSearchRequest, reason: string) =>
      json<contract.SharingLogPage>("POST", "/v1/sharing-log/search", {
        json: input,
        headers: { "X-Lookup-Reason": reason },
      }),
    sharingLogReceipt: async (index: number, reason: string) =>
      (
        await send("GET", `/v1/sharing-log/${index}/receipt`, { headers: { "X-Lookup-Reason": reason } })
      ).text(),
    sharingLogProof: async (index: number) => (await send("GET", `/v1/sharing-log/${index}/proof`)).text(),
  };
}
