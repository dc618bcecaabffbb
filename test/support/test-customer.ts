import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { textAt } from "./api-client.ts";
import type { TestService } from "./test-service.ts";

/** As much of a running installation as setting it up needs. */
type Installed = Pick<TestService, "api" | "adminKey" | "provider">;

export type TestCustomer = { readonly id: string; readonly key: string };

export const advertisingText = "[QC] Sach Viet: Giam 30% sach thieu nhi den 30/11. Tu choi: soan TC gui 8079";
export const allScopes = ["contacts", "consents", "campaigns", "pages", "ledger"] as const;

/** Consent for advertising by SMS, as the contract asks for it. */
export const declaration = {
  basis: "consent",
  purposes: ["advertising"],
  channels: ["sms"],
  consent: {
    method: "web_form",
    collectedAt: "2026-05-01T09:00:00+07:00",
    noticeVersion: "2026-04",
    contentClass: "books",
    frequency: { max: 3, per: "day" },
    source: "https://sachviet.example/dang-ky",
    evidence: [{ kind: "form_submission", sha256: "a".repeat(64) }],
  },
} as const;

/** A customer with a registered sender that has accepted the policy (unless told) and may do everything. */
export async function addCustomer(
  service: Installed,
  options: { readonly name?: string; readonly accepts?: boolean } = {},
): Promise<TestCustomer> {
  const { api, adminKey } = service;
  const created = await api("POST", "/v1/customers", {
    key: adminKey,
    body: {
      name: options.name ?? "Sach Viet",
      legalName: "Cong ty Sach Viet",
      country: "VN",
      taxCode: "0100109106",
      senders: [{ channel: "sms", id: "SACHVIET" }],
    },
  });
  const id = textAt(created.json, "id");
  const key = await addKey(service, id);
  if (options.accepts !== false) await acceptPolicy(service, key);
  return { id, key };
}

export async function addKey(
  service: Installed,
  customerId: string,
  options: { readonly scopes?: readonly string[]; readonly mode?: "live" | "test" } = {},
): Promise<string> {
  const { scopes = allScopes, mode = "live" } = options;
  const answer = await service.api("POST", `/v1/customers/${customerId}/keys`, {
    key: service.adminKey,
    body: { scopes, mode },
  });
  return textAt(answer.json, "key");
}

export async function acceptPolicy(service: Installed, key: string): Promise<void> {
  const policy = await service.api("GET", "/v1/policy", { key });
  const version = textAt(policy.json, "version");
  await service.api("POST", "/v1/policy-acceptances", { key, body: { version, acceptedBy: "Nguyen Van A" } });
}

/** Registers the test's own simulator of eSMS as a processor. */
export async function addProcessor(service: Installed, id: string): Promise<void> {
  const answer = await service.api("PUT", `/v1/processors/${id}`, {
    key: service.adminKey,
    body: {
      name: "Test SMS",
      legalName: "Cong ty SMS",
      country: "VN",
      channel: "sms",
      connector: { kind: "esms", url: service.provider.urls.esms, ...sandboxCredentials.esms },
      contract: { reference: "HD-01", validFrom: "2026-01-01", validUntil: "2027-12-31" },
      purposes: ["advertising", "customer_care", "transaction"],
      fields: ["phone", "name", "text"],
    },
  });
  if (answer.status !== 201) throw new Error(`the processor was not registered: ${answer.text}`);
}

export function campaignTo(
  phones: readonly string[],
  processor: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    name: "Thang 11",
    channel: "sms",
    purpose: "advertising",
    processor,
    sender: "SACHVIET",
    content: { text: advertisingText },
    recipients: { list: phones.map((phone) => ({ phone })) },
    ...more,
  };
}

/** As many different numbers as asked for, of one block of a thousand. */
export function numbers(block: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${block}${String(at).padStart(10 - block.length, "0")}`);
}
