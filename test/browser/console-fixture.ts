import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { pick, textAt } from "../support/api-client.ts";
import { addCustomer, campaignTo, declaration, type TestCustomer } from "../support/test-customer.ts";
import { embeddedBackend, type TestService } from "../support/test-service.ts";
import { until } from "../support/until.ts";

/** A subscriber whose number must appear nowhere but masked. */
export const canary = "0987654321";

export type ConsoleService = {
  readonly service: TestService;
  readonly customer: TestCustomer;
  readonly campaignId: string;
  readonly importId: string;
  /** Two campaigns that wait for a person. */
  readonly reviewIds: readonly [string, string];
};

const phones = [canary, "0912000001", "0912000002", "0912000003", "0912000004", "0912000005"];
/** Tells the recipient's belief: only a person may judge it. */
export const sensitiveText =
  "[QC] Chua Phuoc Lam kinh moi Phat tu du le Vu Lan ngay ram. Tu choi: soan TC gui 8079";

/** A running installation with one of everything that the console shows. */
export async function startConsoleService(): Promise<ConsoleService> {
  const service = await embeddedBackend.start();
  const customer = await addCustomer(service, { name: "Sách Việt" });
  const call = (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => service.api(method, path, { key: customer.key, body, headers });
  await call("POST", "/v1/contacts", { declaration, contacts: phones.map((phone) => ({ phone })) });
  await call("POST", "/v1/withdrawals", { phone: "0912000001", source: "hotline" });
  const created = await call("POST", "/v1/campaigns", campaignTo([...phones, "0912999999"], "sandbox-sms"), {
    "Idempotency-Key": "first",
  });
  const campaignId = textAt(created.json, "id");
  await until(
    "the campaign is completed",
    async () => {
      const view = await service.api("GET", `/v1/campaigns/${campaignId}`, { key: customer.key });
      return pick(view.json, "status") === "completed";
    },
    120_000,
  );
  const reviewIds: string[] = [];
  for (const name of ["Lễ Vu Lan", "Mời dự lễ"]) {
    const answer = await call(
      "POST",
      "/v1/campaigns",
      campaignTo(phones.slice(2), "sandbox-sms", { name, content: { text: sensitiveText } }),
      { "Idempotency-Key": `review ${reviewIds.length}` },
    );
    reviewIds.push(textAt(answer.json, "reviewId"));
  }
  return {
    service,
    customer,
    campaignId,
    importId: await startImport(service, customer),
    reviewIds: [reviewIds[0] ?? "", reviewIds[1] ?? ""],
  };
}

async function startImport(service: TestService, customer: TestCustomer): Promise<string> {
  const form = new FormData();
  const rows = ["phone,name", "0913000001,An", "0913000002,Binh", "12,Chi"].join("\n");
  form.set("declaration", new Blob([JSON.stringify(declaration)], { type: "application/json" }));
  form.set("file", new Blob([rows], { type: "text/csv" }), "contacts.csv");
  const answer = await service.api("POST", "/v1/contact-imports", { key: customer.key, raw: form });
  return textAt(answer.json, "id");
}

/** The one-time link that the start has printed. */
export function printedLink(service: TestService): string {
  const link = /http:\S+\/console\/sign-in\?link=\S+/.exec(service.output())?.[0];
  if (link === undefined) throw new Error("the start printed no link");
  return link;
}

/** Signs a new page in by a link. */
export async function signIn(
  browser: Browser,
  link: string,
  options: { readonly locale?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: options.locale ?? "en" });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: /Sign in|Đăng nhập/ }).click();
  await page.waitForURL("**/console");
  return page;
}

/** A link for a new account of that role, made by an administrator on the staff page. */
export async function inviteByPage(admin: Page, role: string): Promise<string> {
  await admin.goto(new URL("/console/staff", admin.url()).href);
  await admin.getByLabel("E-mail").fill(`${role}-${Date.now()}@utop.example`);
  await admin.getByLabel("Name", { exact: true }).fill(`Person of ${role}`);
  await admin.getByLabel("Role").selectOption(role);
  await admin.getByRole("button", { name: "Make the link" }).click();
  return (await admin.locator("#invitation").textContent()) ?? "";
}

/** Serious and critical faults of accessibility on the page as it stands, of some rules or of all. */
export async function seriousFaults(page: Page, rules: string[] | null = null): Promise<readonly string[]> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (rules === null ? builder : builder.withRules(rules)).analyze();
  return violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .map(
      (violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`,
    );
}
