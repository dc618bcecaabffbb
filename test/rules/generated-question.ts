import fc from "fast-check";
import type { Finding } from "../../src/domain/finding.ts";
import { categories } from "../../src/domain/finding.ts";
import { bases, type Channel, type Purpose, purposes } from "../../src/domain/vocabulary.ts";
import type { HandOffFacts, PermissionFacts, RecipientFacts, RefusalFacts } from "../../src/rules/facts.ts";
import { inOrder, type Question } from "./baseline.ts";

const messageChannels = ["sms", "zns", "viber"] as const satisfies readonly Channel[];
const start = Date.UTC(2026, 10, 20);
const day = 86_400_000;

const channel = fc.constantFrom(...messageChannels);
const purpose = fc.constantFrom(...purposes);
/** Mostly in order, so that several rules get to speak in a run and not only the first. */
function seldom<T>(usual: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 24, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: otherwise });
}
const instant = fc.integer({ min: start - 60 * day, max: start + 20 * day }).map((ms) => new Date(ms));
const known: fc.Arbitrary<Date | null> = seldom<Date | null>(null, instant);

export const permissions: fc.Arbitrary<readonly PermissionFacts[]> = fc.uniqueArray(
  fc.record<PermissionFacts>({
    channel,
    purpose,
    state: fc.constantFrom("granted", "granted", "withdrawn"),
    basis: fc.constantFrom("consent", "consent", ...bases),
    method: seldom<PermissionFacts["method"]>("web_form", fc.constant(null)),
    collectedAt: seldom<Date | null>(new Date(start - 30 * day), fc.constant(null)),
    epoch: fc.nat(5),
    evidenceCount: fc.constantFrom(1, 1, 0),
    hasNotice: seldom(true, fc.constant(false)),
    contentClass: seldom<string | null>("banh mi", fc.constantFrom(null, "")),
    frequency: seldom<PermissionFacts["frequency"]>(
      { max: 10, per: "month" },
      fc.option(
        fc.record({ max: fc.integer({ min: 0, max: 5 }), per: fc.constantFrom("day", "week", "month") }),
      ),
    ),
  }),
  { maxLength: 6, selector: (item) => `${item.channel} ${item.purpose}` },
);

const refusals: fc.Arbitrary<readonly RefusalFacts[]> = seldom<readonly RefusalFacts[]>(
  [],
  fc.array(
    fc.record<RefusalFacts>({
      channels: fc.option(fc.array(channel, { minLength: 1, maxLength: 2 })),
      purposes: fc.option(fc.array(purpose, { minLength: 1, maxLength: 2 })),
      receivedAt: instant,
      by: fc.constantFrom("subject", "processor"),
    }),
    { maxLength: 3 },
  ),
);

export const handOffs: fc.Arbitrary<readonly HandOffFacts[]> = fc.array(
  fc.record<HandOffFacts>({
    at: fc.integer({ min: start - 30 * day, max: start + 3 * day }).map((ms) => new Date(ms)),
    channel,
    purpose: fc.constantFrom("advertising", "advertising", "registration"),
    sender: fc.constantFrom("PHOLAN", "oa-100"),
    tag: fc.constant(null),
  }),
  { maxLength: 6 },
);

const text = fc.constantFrom(
  "[QC] Pho Lan: giam 20%. Tu choi: soan TC gui 199",
  "Pho Lan: giam 20% hom nay",
  "DKQC Pho Lan. Dong y soan DY gui 199",
  "Don 8841 dang giao",
  "Casino Pho Lan",
  "Danh sach cu tri",
  "ế".repeat(1100),
);

const findings = fc.array(
  fc.record<Finding>({
    rule: fc.constant("x"),
    category: fc.constantFrom(...categories, null),
    severity: fc.constantFrom("block", "review", "notice"),
    field: fc.constant("content.text"),
    span: fc.constant<readonly [number, number]>([0, 1]),
    messages: fc.constant({ vi: "a", en: "a" }),
    fix: fc.constant({ vi: "b", en: "b" }),
    citation: fc.constant("c"),
  }),
  { maxLength: 3 },
);

/** Any campaign and recipient that the types allow, most of them nearly in order. */
export const question: fc.Arbitrary<Question> = fc
  .record({
    given: fc.tuple(channel, purpose),
    now: fc.integer({ min: start + 4 * day, max: start + 11 * day }),
    laterMs: fc.constantFrom(0, 0, 3_600_000, 2 * day),
    cancelled: seldom(false, fc.constant(true)),
    closed: seldom(false, fc.constant(true)),
    isPlatform: seldom(false, fc.constant(true)),
    accepted: seldom(true, fc.constant(false)),
    noProcessor: seldom(false, fc.constant(true)),
    expired: seldom(false, fc.constant(true)),
    country: seldom("VN", fc.constantFrom("LU", "SG")),
    dossier: fc.constantFrom("none", "grace", "filed"),
    processorPurposes: seldom<readonly Purpose[]>(purposes, fc.subarray([...purposes])),
    fields: seldom<readonly string[] | null>(null, fc.constantFrom(["phone", "email"], ["phone", "cccd"])),
    sender: seldom<string | null>(null, fc.constantFrom("NOBODY", "0901234567", "FARTOOLONGNAME")),
    listAgeMs: seldom<number | null>(3_600_000, fc.constantFrom(null, 2 * day, -1000)),
    phone: seldom<RecipientFacts["phone"] | null>(
      null,
      fc.constantFrom<RecipientFacts["phone"]>(
        { ok: false, fault: "number_invalid" },
        { ok: true, e164: "+33612345678" },
        { ok: true, e164: "+12125550123" },
        { ok: true, e164: "+819012345678" },
      ),
    ),
    noContact: seldom(false, fc.constant(true)),
    contactCountry: seldom<string | null>(null, fc.constantFrom("VN", "FR", "US", "ZZ")),
    restrictedAt: known,
    erasedAt: known,
    objectedAt: known,
    adultAt: seldom<Date | null>(null, fc.constantFrom(new Date(start), new Date(start + 900 * day))),
    guardianConsented: fc.boolean(),
    permissions: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: permissions }),
    refusals,
    listed: seldom(false, fc.constant(true)),
    handOffs: fc.oneof(fc.constant<readonly HandOffFacts[]>([]), handOffs),
    registrationSentAt: known,
    text: seldom<string | null>(null, text),
    findings: seldom<readonly Finding[]>([], findings),
    agreedCategories: fc.subarray([...categories]),
    blockedUnexplained: seldom(false, fc.constant(true)),
    tag: seldom<1 | 2 | 3 | null | "usual">("usual", fc.constantFrom(1, 2, 3, null)),
  })
  .map((made) => {
    const { campaign, recipient } = inOrder(...made.given);
    const { processor } = campaign;
    const blocked = made.blockedUnexplained || made.findings.some(({ severity }) => severity === "block");
    const message = {
      ...recipient.message,
      ...(made.text === null ? {} : { text: made.text }),
      ...(made.tag === "usual" ? {} : { tag: made.tag }),
      agreedCategories: made.agreedCategories,
      scan: { verdict: blocked ? "block" : "pass", language: "vi", findings: made.findings } as const,
    };
    const now = new Date(made.now);
    return {
      campaign: {
        ...campaign,
        now,
        sendMoment: new Date(made.now + made.laterMs),
        cancelled: made.cancelled,
        customer: {
          ...campaign.customer,
          status: made.closed ? "closed" : "active",
          isPlatform: made.isPlatform,
          policy: { requiredVersion: "2026-01", accepted: made.accepted },
          senders: [...campaign.customer.senders, { channel: "sms", id: "FARTOOLONGNAME" }],
        },
        processor:
          processor === null || made.noProcessor
            ? null
            : {
                ...processor,
                country: made.country,
                purposes: made.processorPurposes,
                contract: {
                  ...processor.contract,
                  validUntil: made.expired ? now : new Date("2030-01-01T00:00:00Z"),
                },
                transferDossier:
                  made.dossier === "none"
                    ? null
                    : {
                        firstTransferAt: new Date(made.now - (made.dossier === "grace" ? day : 90 * day)),
                        filedAt: made.dossier === "filed" ? new Date(made.now - day) : null,
                      },
              },
        sender: made.sender ?? campaign.sender,
        fields: made.fields ?? campaign.fields,
        template: message,
        doNotCall: made.listAgeMs === null ? null : { snapshotAt: new Date(made.now - made.listAgeMs) },
      },
      recipient: {
        ...recipient,
        phone: made.phone ?? recipient.phone,
        contact: made.noContact
          ? null
          : {
              country: made.contactCountry,
              restrictedAt: made.restrictedAt,
              erasedAt: made.erasedAt,
              objectedAt: made.objectedAt,
              adultAt: made.adultAt,
              guardianConsented: made.guardianConsented,
            },
        permissions: made.permissions ?? recipient.permissions,
        refusals: made.refusals,
        listed: made.listed,
        handOffs: made.handOffs,
        registrationSentAt: made.registrationSentAt,
        message,
      },
    };
  });
