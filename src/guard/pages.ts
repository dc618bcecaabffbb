import { inspectPage, type PageInspection } from "../content/page.ts";
import type { LandingPageApproval, LandingPagePreview, LandingPageRequest } from "../domain/contract.gen.ts";
import type { Category, Finding } from "../domain/finding.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { ReasonCode, Verdict } from "../domain/vocabulary.ts";
import { appendRecords, type RecordDraft } from "./append-record.ts";
import { agreedCategories } from "./category-agreements.ts";
import { customerOf, type OpenCustomer, openCustomer, requireActive } from "./customer-access.ts";
import { processorFacts } from "./gather-facts.ts";
import type { Caller } from "./guard.ts";
import { latest } from "./latest.ts";
import { writeNoticeToken } from "./notice-token.ts";
import type { HandOffOutcome } from "./ports/connector.ts";
import type { PageRow } from "./ports/page-records.ts";
import type { ProcessorRow } from "./ports/processor-records.ts";
import type { ReviewFile } from "./ports/review-records.ts";
import type { Tx } from "./ports/store.ts";
import { tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

type Judged = {
  readonly verdict: Exclude<Verdict, "hold">;
  /** Of the processor or the page as a whole. */
  readonly reasons: readonly {
    readonly code: ReasonCode;
    readonly verdict: Verdict;
    readonly count: number;
  }[];
  readonly inspection: PageInspection;
  readonly digest: string;
  readonly processor: ProcessorRow | null;
};

const attemptsMax = 8;

/** `POST /v1/landing-pages/preview`: the same judgement as publishing, without any effect. */
export async function previewPage(
  world: World,
  caller: Caller,
  input: LandingPageRequest,
): Promise<LandingPagePreview> {
  const customerId = customerOf(caller);
  const judged = await world.store.transaction(customerId, async (tx) => {
    await requireActive(world, tx, customerId);
    return judge(world, tx, customerId, input);
  });
  return {
    verdict: judged.verdict,
    digest: judged.digest,
    reasons: judged.reasons,
    findings: judged.inspection.findings,
  };
}

/** `POST /v1/landing-pages/publish`: the approval is bound to the SHA-256 of exactly these bytes. */
export async function publishPage(
  world: World,
  caller: Caller,
  input: LandingPageRequest,
): Promise<LandingPageApproval> {
  const customerId = customerOf(caller);
  const published = await world.store.transaction(customerId, async (tx) => {
    const customer = await requireActive(world, tx, customerId);
    const judged = await judge(world, tx, customerId, input);
    const { findings } = judged.inspection;
    if (judged.verdict === "deny") return { denied: judged } as const;
    const row = pageRow(world, caller, customer, input, judged);
    await tx.pages.insert(row);
    if (judged.verdict === "review") {
      const reviewId = world.entropy.id(row.createdAt);
      await tx.reviews.open({
        id: reviewId,
        customerId,
        kind: "landing_page",
        subjectId: row.id,
        code: judged.reasons[0]?.code ?? "sensitive_content",
        decidedBy: "policy",
        canBeOverruled: true,
        reasons: judged.reasons,
        findings,
        openedAt: row.createdAt,
        status: "open",
      });
      const code = judged.reasons[0]?.code ?? "sensitive_content";
      await tellEvents(world, tx, customerId, [
        { type: "review.opened", data: { reviewId, kind: "landing_page", subjectId: row.id, code } },
      ]);
      return { review: judged, reviewId } as const;
    }
    await announce(world, tx, row);
    return { approved: row, token: tokenOf(world, row), findings } as const;
  });
  if ("denied" in published) {
    const { reasons, inspection } = published.denied;
    throw new GuardError("page_denied", "the page may not be published", {
      extensions: { reasons, findings: inspection.findings },
    });
  }
  if ("review" in published) {
    const { reasons, inspection } = published.review;
    throw new GuardError("review_needed", "a person must look at this page", {
      extensions: { reasons, findings: inspection.findings, reviewId: published.reviewId },
    });
  }
  return {
    approvalId: published.approved.id,
    digest: published.approved.digest,
    noticeToken: published.token,
    findings: published.findings,
  };
}

async function judge(world: World, tx: Tx, customerId: string, input: LandingPageRequest): Promise<Judged> {
  const now = world.clock.now();
  const processor = await tx.processors.get(input.processor, now);
  const processors = await tx.processors.list(now);
  const inspection = inspectPage(world.scanner, input.html, {
    url: input.url,
    purposes: input.purposes ?? [],
    advertiser: input.advertiser,
    processorHosts: processors.flatMap((row) => hostOf(row.body.connector["url"])),
  });
  const agreed = await agreedCategories(tx, customerId, processor, now, latest);
  const severityOf = (finding: Finding): Finding["severity"] =>
    finding.severity === "block" && isAgreed(finding, agreed) ? "review" : finding.severity;
  const reasons = [
    ...processorReasons(processor, now),
    ...findingReasons(inspection.findings.map((finding) => ({ ...finding, severity: severityOf(finding) }))),
  ];
  const verdict = reasons.some((reason) => reason.verdict === "deny")
    ? "deny"
    : reasons.some((reason) => reason.verdict === "review")
      ? "review"
      : "allow";
  return {
    verdict,
    reasons,
    inspection,
    digest: `sha-256:${world.sha256(input.html).toString("hex")}`,
    processor,
  };
}

/** Only for what the page says or asks of a category; how it asks (consent, targets, trackers) nobody agrees away. */
function isAgreed({ rule, category }: Finding, agreed: readonly Category[]): boolean {
  const ofCategory = rule === "page_sensitive_content" || rule === "page_sensitive_field";
  return ofCategory && category !== null && agreed.includes(category);
}

function hostOf(url: unknown): string[] {
  if (typeof url !== "string") return [];
  try {
    return [new URL(url).host];
  } catch {
    return [];
  }
}

/** Policy IV.1: a publisher is a processor like any other. */
function processorReasons(processor: ProcessorRow | null, now: Date): Judged["reasons"] {
  const deny = (code: ReasonCode): Judged["reasons"] => [{ code, verdict: "deny", count: 1 }];
  if (processor === null || processor.body.channel !== "page") return deny("processor_unknown");
  const { contract, fields } = processorFacts(processor);
  const end = contract.validUntil.getTime();
  if (now.getTime() < contract.validFrom.getTime() || now.getTime() > end)
    return deny("processor_contract_expired");
  return fields.includes("html") ? [] : deny("processor_field_not_allowed");
}

function findingReasons(findings: readonly Finding[]): Judged["reasons"] {
  const codeOf = (finding: Finding): ReasonCode =>
    finding.category === "card"
      ? "card_number"
      : finding.category === "national_id"
        ? "national_id"
        : finding.category === "child"
          ? "child_data"
          : finding.category === null
            ? "forbidden_content"
            : "sensitive_content";
  const reasons = new Map<string, { code: ReasonCode; verdict: Verdict; count: number }>();
  for (const finding of findings) {
    if (finding.severity === "notice") continue;
    const verdict = finding.severity === "block" ? "deny" : "review";
    const code = codeOf(finding);
    const reason = reasons.get(`${code} ${verdict}`) ?? { code, verdict, count: 0 };
    reason.count++;
    reasons.set(`${code} ${verdict}`, reason);
  }
  return [...reasons.values()];
}

function pageRow(
  world: World,
  caller: Caller,
  customer: OpenCustomer,
  input: LandingPageRequest,
  judged: Judged,
): PageRow {
  const now = world.clock.now();
  const id = world.entropy.id(now);
  return {
    id,
    customerId: customer.row.id,
    pageId: input.pageId,
    url: input.url,
    processorId: input.processor,
    advertiser: input.advertiser,
    purposes: input.purposes ?? [],
    digest: judged.digest,
    html: Buffer.from(input.html),
    notice: judged.inspection.notice ?? {},
    findings: judged.inspection.findings,
    mode: caller.mode,
    state: judged.verdict === "review" ? "review" : "waiting",
    holder: null,
    batchId: judged.verdict === "review" ? null : id,
    attempts: 0,
    createdAt: now,
  };
}

/** null: the page asks for no consent. */
function tokenOf(world: World, row: PageRow): string | null {
  if (!("text" in row.notice) || typeof row.notice.text !== "string") return null;
  return writeNoticeToken(world, {
    customerId: row.customerId,
    approvalId: row.id,
    pageDigest: row.digest,
    textDigest: world.sha256(row.notice.text).toString("hex"),
    issuedAt: row.createdAt,
  });
}

async function announce(world: World, tx: Tx, row: PageRow): Promise<void> {
  const now = world.clock.now();
  await tx.outbox.add(
    [
      {
        id: row.batchId ?? row.id,
        customerId: row.customerId,
        name: "publish",
        data: { batchId: row.batchId ?? row.id, customerId: row.customerId },
        lane: row.processorId,
        dueAt: now,
      },
    ],
    now,
  );
}

export async function releasePage(world: World, tx: Tx, review: ReviewFile): Promise<void> {
  const batchId = world.entropy.id(world.clock.now());
  if (!(await tx.pages.requeue(review.subjectId, "review", batchId))) return;
  const row = await tx.pages.get(review.customerId, review.subjectId);
  if (row !== null) await announce(world, tx, row);
}

export async function refusePage(world: World, tx: Tx, review: ReviewFile): Promise<void> {
  await tx.pages.refuse(review.subjectId, world.clock.now());
}

/** The job `publish`: the same order as for messages: committed record, then the publisher, then the outcome. */
export async function deliverPages(world: World, customerId: string, batchId: string): Promise<void> {
  const opened = await world.store.transaction(customerId, async (tx) => {
    const customer = await openCustomer(world, tx, customerId);
    const pages = await tx.pages.takeBatch(batchId);
    const ready: { readonly row: PageRow; readonly processor: ProcessorRow; readonly record: RecordDraft }[] =
      [];
    for (const row of pages) {
      const processor = await tx.processors.get(row.processorId, world.clock.now());
      if (processor === null || processorReasons(processor, world.clock.now()).length > 0) {
        await tx.pages.open([row.id], world.holderId);
        await tx.pages.close([{ id: row.id, state: "failed" }], world.clock.now());
        continue;
      }
      ready.push({ row, processor, record: publication(world, row, processor) });
    }
    const claimed = await tx.pages.open(
      ready.map(({ row }) => row.id),
      world.holderId,
    );
    const mine = ready.filter(({ row }) => claimed.has(row.id));
    await appendRecords(
      world,
      tx,
      { id: customer.row.id, vault: customer.vault },
      mine.map(({ record }) => ({ salt: null, draft: record })),
    );
    if (mine.length === 0) await tx.outbox.done([batchId], world.clock.now());
    return { customer, mine };
  });
  for (const { row, processor, record } of opened.mine) {
    const connector = row.mode === "test" ? world.connectors.sandbox("page") : world.connectors.of(processor);
    const [outcome] = await connector.handOff([
      {
        intentId: row.id,
        providerKey: row.id.replaceAll("-", ""),
        phone: "",
        purpose: row.purposes[0] ?? "advertising",
        sender: "",
        content: {
          channel: "page",
          approvalId: row.id,
          pageId: row.pageId,
          url: row.url,
          digest: row.digest,
          html: row.html.toString("utf8"),
        },
      },
    ]);
    await closePage(world, opened.customer, row, record, batchId, outcome);
  }
}

function publication(world: World, row: PageRow, processor: ProcessorRow): RecordDraft {
  return {
    kind: "publication",
    processor: { id: processor.id, name: processor.body.name, country: processor.body.country },
    channel: "page",
    purpose: row.purposes[0] ?? null,
    fields: ["html"],
    decisionId: row.id,
    policyDigest: world.policyDigest,
    note: row.digest,
  };
}

async function closePage(
  world: World,
  customer: OpenCustomer,
  row: PageRow,
  record: RecordDraft,
  batchId: string,
  outcome: HandOffOutcome | undefined,
): Promise<void> {
  const state: "handed_off" | "failed" | "unknown" =
    outcome?.state === "sent" ? "handed_off" : outcome?.state === "rejected" ? "failed" : "unknown";
  // A publisher drops a repeated webhook-id, so that an unclear answer may be asked for again.
  const retry = state !== "handed_off" && row.attempts + 1 < attemptsMax && outcome?.action !== "dead";
  await world.store.transaction(row.customerId, async (tx) => {
    const now = world.clock.now();
    await tx.pages.close([{ id: row.id, state }], now);
    await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, [
      {
        salt: null,
        draft: {
          ...record,
          kind: "outcome",
          outcome: outcome?.state ?? "unknown",
          note: outcome?.code ?? "no_outcome",
        },
      },
    ]);
    if (retry) {
      const next = world.entropy.id(now);
      const dueAt =
        outcome?.retryAt ?? new Date(now.getTime() + Math.min(5_000 * 2 ** row.attempts, 3_600_000));
      if (await tx.pages.requeue(row.id, state, next)) {
        await tx.outbox.add(
          [
            {
              id: next,
              customerId: row.customerId,
              name: "publish",
              data: { batchId: next, customerId: row.customerId },
              lane: row.processorId,
              dueAt,
            },
          ],
          now,
        );
      }
    }
    await tx.outbox.done([batchId], now);
  });
}
