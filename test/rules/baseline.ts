import type { ScanResult } from "../../src/domain/finding.ts";
import type { Channel, Purpose } from "../../src/domain/vocabulary.ts";
import type { CampaignFacts, MessageFacts, PermissionFacts, RecipientFacts } from "../../src/rules/facts.ts";

/** A campaign and one recipient of it. */
export type Question = { readonly campaign: CampaignFacts; readonly recipient: RecipientFacts };

export const clean: ScanResult = { verdict: "pass", language: "vi", findings: [] };

/** Tuesday, 10:00 in Viet Nam. */
const noon = new Date("2026-11-24T03:00:00Z");

const senderOf = { sms: "PHOLAN", zns: "oa-100", viber: "svc-7", page: "pholan.example" } as const;

const textOf: Readonly<Record<Purpose, string>> = {
  advertising: "[QC] Pho Lan: giam 20% banh mi hom nay. Tu choi: soan TC gui 199",
  registration: "DKQC Pho Lan xin phep gui tin khuyen mai. Dong y: soan DY gui 199",
  transaction: "Pho Lan: don hang 8841 cua ban dang duoc giao, du kien 18h hom nay.",
  customer_care: "Pho Lan: cam on ban. Mon an co gi chua vua y, ban goi 1900 0001 nhe.",
  survey: "Pho Lan: ban hai long voi bua toi qua o muc nao, tu 1 den 5?",
};

export function permission(
  channel: Channel,
  purpose: Purpose,
  change: Partial<PermissionFacts> = {},
): PermissionFacts {
  return {
    channel,
    purpose,
    state: "granted",
    basis: "consent",
    method: "web_form",
    collectedAt: new Date("2026-05-01T02:00:00Z"),
    epoch: 1,
    evidenceCount: 1,
    hasNotice: true,
    contentClass: "banh mi",
    frequency: { max: 30, per: "month" },
    ...change,
  };
}

/** Facts under which everything is in order, so that a case changes only what it is about. */
export function inOrder(channel: Channel, purpose: Purpose): Question {
  const message: MessageFacts = {
    text: textOf[purpose],
    scan: clean,
    agreedCategories: [],
    tag: channel === "zns" ? (purpose === "advertising" ? 3 : purpose === "transaction" ? 1 : 2) : null,
  };
  const abroad = channel === "viber";
  return {
    campaign: {
      now: noon,
      sendMoment: noon,
      customer: {
        id: "cus_1",
        status: "active",
        isPlatform: false,
        country: "VN",
        policy: { requiredVersion: "2026-01", accepted: true },
        senders: [
          { channel: "sms", id: senderOf.sms },
          { channel: "zns", id: senderOf.zns },
          { channel: "viber", id: senderOf.viber },
        ],
      },
      processor: {
        id: `prc_${channel}`,
        name: abroad ? "Viber" : "Nha mang A",
        country: abroad ? "LU" : "VN",
        channel,
        contract: {
          reference: "HD-2026-01",
          validFrom: new Date("2026-01-01T00:00:00Z"),
          validUntil: new Date("2027-01-01T00:00:00Z"),
        },
        purposes: ["advertising", "customer_care", "transaction", "registration", "survey"],
        fields: ["phone", "name", "text", "templateData"],
        transferDossier: abroad
          ? {
              firstTransferAt: new Date("2026-01-05T00:00:00Z"),
              filedAt: new Date("2026-02-01T00:00:00Z"),
            }
          : null,
      },
      purpose,
      channel,
      sender: senderOf[channel],
      template: message,
      fields: channel === "zns" ? ["phone", "templateData"] : ["phone", "text"],
      doNotCall: { snapshotAt: new Date("2026-11-24T00:00:00Z") },
      cancelled: false,
    },
    recipient: {
      phone: { ok: true, e164: "+84901234521" },
      contact: {
        country: null,
        restrictedAt: null,
        erasedAt: null,
        objectedAt: null,
        adultAt: null,
        guardianConsented: false,
      },
      permissions: purpose === "registration" ? [] : [permission(channel, purpose)],
      refusals: [],
      listed: false,
      handOffs: [],
      registrationSentAt: null,
      message,
    },
  };
}
