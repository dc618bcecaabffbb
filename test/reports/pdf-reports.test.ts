import { expect, test } from "vitest";
import type { SharingLogItem } from "../../src/domain/contract.gen.ts";
import { pdfReports } from "../../src/reports/pdf-reports.ts";

const item: SharingLogItem = {
  index: 7,
  kind: "hand_off",
  recordedAt: "2026-11-24T03:04:05.000Z",
  customer: "c",
  subscriber: { id: "s", phone: "+84 90 *** ** 01" },
  processor: { id: "esms", name: "eSMS", country: "VN" },
  channel: "sms",
  purpose: "advertising",
  basis: "consent",
  consentId: null,
  evidenceIds: [],
  fields: ["phone", "text"],
  campaignId: null,
  decisionId: null,
  policyDigest: null,
  proof: "/v1/sharing-log/7/proof",
};

for (const language of ["vi", "en"] as const) {
  test(`the ${language} report is a tagged PDF in that language`, async () => {
    const bytes = Buffer.from(
      await pdfReports().sharingLog({
        items: Array.from({ length: 40 }, () => item),
        language,
        madeAt: new Date("2026-11-24T00:00:00Z"),
        ledgerOrigin: "example.com/ledger",
      }),
    );
    expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(bytes.toString("latin1")).toContain(`/Lang (${language})`);
    expect(bytes.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(2);
  });
}

test("a report without records says so instead of failing", async () => {
  const bytes = await pdfReports().sharingLog({
    items: [],
    language: "vi",
    madeAt: new Date(0),
    ledgerOrigin: "x",
  });
  expect(bytes.length).toBeGreaterThan(1_000);
});
