import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/domain/guard-error.ts";
import { reasonCodes, rowCodes } from "../../src/domain/vocabulary.ts";
import { documentedCodes, errorPage, errorPageMarkdown } from "../../src/http/error-page.ts";
import { customerKey, testApi } from "./fake-guard.ts";

type Operation = {
  readonly operationId?: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
};

const { api } = testApi();
const document = async () => (await request(api).get("/openapi.json")).body as Document;

/** The operations of contract.md, version 1, by hand: the routes are written down a second time only here. */
const contract = `
post /v1/customers
patch /v1/customers/{customerId}
post /v1/customers/{customerId}/keys
delete /v1/customers/{customerId}/keys/{keyId}
get /v1/customers/{customerId}/category-agreements
put /v1/customers/{customerId}/category-agreements/{category}
delete /v1/customers/{customerId}/category-agreements/{category}
get /v1/platform-keys
post /v1/platform-keys
delete /v1/platform-keys/{keyId}
get /v1/policy
post /v1/policy-versions
post /v1/policy-acceptances
put /v1/processors/{processorId}
get /v1/processors
put /v1/do-not-call
get /v1/do-not-call
post /v1/contacts
post /v1/contact-imports
get /v1/contact-imports/{importId}
get /v1/contact-imports/{importId}/events
get /v1/contact-imports/{importId}/errors
post /v1/contact-imports/{importId}/cancel
post /v1/evidence
post /v1/consents
post /v1/withdrawals
get /v1/withdrawals/{withdrawalId}
post /v1/subscribers/lookup
post /v1/subscribers/consent-records
post /v1/subscribers/erase
post /v1/campaigns/preview
post /v1/campaigns
get /v1/campaigns/{campaignId}
get /v1/campaigns/{campaignId}/recipients
post /v1/campaigns/{campaignId}/cancel
post /v1/content/scan
post /v1/landing-pages/preview
post /v1/landing-pages/publish
post /v1/sharing-log/search
get /v1/sharing-log/{index}/proof
get /v1/sharing-log/{index}/receipt
get /v1/reviews
post /v1/reviews/{reviewId}/evidence
post /v1/reviews/{reviewId}/decision
post /v1/webhook-endpoints
get /v1/webhook-endpoints
patch /v1/webhook-endpoints/{endpointId}
delete /v1/webhook-endpoints/{endpointId}
post /v1/webhook-endpoints/{endpointId}/secret
get /v1/webhook-endpoints/{endpointId}/deliveries
post /v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}/resend
get /v1/inbound/{processorId}/messages
post /v1/inbound/{processorId}/messages
get /v1/inbound/{processorId}/receipts
post /v1/inbound/{processorId}/receipts
get /ledger/checkpoint
get /ledger/key
get /ledger/tile/{path}
get /docs/policy/{version}
get /healthz
get /readyz
get /metrics
get /docs
get /docs/errors
get /docs/errors/{code}
`
  .trim()
  .split("\n");

describe("/openapi.json", () => {
  it("lists the operations of the contract, all of them and no others", async () => {
    const { paths } = await document();
    const listed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual([...contract].sort());
  });

  it("lists nothing that is not mounted: no documented operation is unknown to the service", async () => {
    const { paths } = await document();
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations) as ("get" | "post")[]) {
        const address = path.replace(/\{\w+\}/g, "x");
        const res = await request(api)[method](address);
        const missing = res.status === 405 || (res.status === 404 && !/^\/(ledger|docs)\//.test(path));
        expect(missing, `${method} ${path} → ${res.status}`).toBe(false);
      }
    }
  });

  it("is OpenAPI 3.1 whose every reference leads somewhere and whose schemas all compile", async () => {
    const openapi = await document();
    expect(openapi.openapi).toBe("3.1.0");
    const references = [...JSON.stringify(openapi).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    for (const [, title] of references) expect(openapi.components.schemas).toHaveProperty(title ?? "");
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "https://guard.example/openapi", components: openapi.components });
    for (const title of Object.keys(openapi.components.schemas)) {
      const reference = `https://guard.example/openapi#/components/schemas/${title}`;
      expect(ajv.getSchema(reference), title).toBeTypeOf("function");
    }
  });

  it("names each operation once, its path parameters and its problems", async () => {
    const { paths } = await document();
    const ids: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const operation of Object.values(operations)) {
        if (operation.operationId !== undefined) ids.push(operation.operationId);
        const named = operation.parameters.filter((one) => one.in === "path").map((one) => `{${one.name}}`);
        expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
        if (path.startsWith("/v1/")) expect(operation.responses).toHaveProperty("401");
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("maps each discriminator value to its schema", async () => {
    const { components } = await document();
    expect(components.schemas["CampaignRequest"]?.["discriminator"]).toEqual({
      propertyName: "channel",
      mapping: {
        sms: "#/components/schemas/SmsCampaign",
        viber: "#/components/schemas/ViberCampaign",
        zns: "#/components/schemas/ZnsCampaign",
      },
    });
  });
});

describe("codes", () => {
  it("have a page each, on disk and served, that says the same as the code list", async () => {
    const folder = new URL("../../docs/errors/", import.meta.url);
    const expected = [...new Set([...Object.keys(errorCodes), ...reasonCodes, ...rowCodes])].sort();
    expect(documentedCodes).toEqual(expected);
    const onDisk = readdirSync(folder).filter((name) => name.endsWith(".md"));
    expect(onDisk.sort()).toEqual(expected.map((code) => `${code}.md`).sort());
    for (const code of documentedCodes) {
      const page = errorPage(code);
      if (page === null) throw new Error(`${code} has no page`);
      expect(readFileSync(new URL(`${code}.md`, folder), "utf8"), code).toBe(errorPageMarkdown(page));
    }
  });

  it("are explained in both languages", () => {
    for (const code of documentedCodes) {
      for (const section of errorPage(code)?.sections ?? []) {
        expect(section.meaning.length, code).toBeGreaterThan(10);
        expect(section.next.length, code).toBeGreaterThan(5);
        const vietnamese = /[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]/i;
        if (section.language === "vi") expect(section.meaning + section.next, code).toMatch(vietnamese);
      }
    }
  });
});

describe("/docs", () => {
  it("is one page without scripts, forms or anything from elsewhere", async () => {
    for (const path of ["/docs", "/docs/errors", "/docs/errors/opted_out"]) {
      const res = await request(api).get(path);
      expect(res.status).toBe(200);
      expect(res.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(res.text).not.toMatch(/<script|<form|(src|href)="https?:/);
      expect(res.headers["content-security-policy"]).toMatch(/default-src 'none'.*style-src 'sha256-/);
    }
    expect((await request(api).get("/docs")).text).toContain("POST /v1/campaigns/preview");
  });

  it("shows a code with its status, in both languages", async () => {
    const res = await request(api).get("/docs/errors/idempotency_key_reused");
    expect(res.text).toContain("422");
    expect(res.text).toContain('lang="vi"');
    const none = await request(api).get("/docs/errors/constructor");
    expect([none.status, none.body.code]).toEqual([404, "not_found"]);
  });

  it("is public, while the API is not", async () => {
    expect((await request(api).get("/v1/policy")).status).toBe(401);
    expect((await request(api).get("/v1/policy").set("Authorization", `Bearer ${customerKey}`)).status).toBe(
      500,
    );
  });
});
