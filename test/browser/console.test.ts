import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ConsoleService,
  canary,
  inviteByPage,
  printedLink,
  seriousFaults,
  signIn,
  startConsoleService,
} from "./console-fixture.ts";
import { launchChromium } from "./launch-chromium.ts";

const screenshots = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
let running: ConsoleService;
let browser: Browser;
let admin: Page;
const outside: string[] = [];
const visited: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  [running, browser] = await Promise.all([startConsoleService(), launchChromium()]);
  admin = await signIn(browser, printedLink(running.service));
  watch(admin);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await running?.service.stop();
});

/** Keeps what a page asks for and complains about; each test file ends by judging it. */
function watch(page: Page): void {
  page.on("request", (request) => {
    visited.push(request.url());
    if (!request.url().startsWith(running.service.base)) outside.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
}

const at = (path: string): string => `${running.service.base}/console${path}`;

async function lookUp(page: Page, phone: string): Promise<void> {
  await page.goto(at("/look-up"));
  await page.locator("#phone").fill(phone);
  await page.locator("#reason").fill("Ticket 4711: the subscriber asks who has the number");
  await page.getByRole("button", { name: /Look up|Tra cứu/ }).click();
  await page.waitForSelector("#results");
}

describe("the console in Chromium", () => {
  test("a look-up by phone ends in proofs that the browser itself has verified", async () => {
    await lookUp(admin, canary);
    const badges = admin.locator("[data-badge]");
    await expect.poll(() => badges.allTextContents(), { timeout: 30_000 }).not.toContain("Checking…");
    const texts = await badges.allTextContents();
    expect(texts.length).toBeGreaterThanOrEqual(2);
    expect(new Set(texts)).toEqual(new Set(["Verified in this browser"]));
    expect(await admin.locator("table").textContent()).toContain("Handed to a processor");
    const source = await admin.content();
    for (const form of [canary, canary.slice(1), "+84987654321"]) expect(source).not.toContain(form);
    expect(source).toContain("+84 98 *** ** 21");
  });

  test("a proof that does not fit is not called verified", async () => {
    const page = await admin.context().newPage();
    await page.route("**/console/proofs/*?form=json", async (route) => {
      const answer = await route.fetch();
      const found = (await answer.json()) as { proof: string };
      const lines = found.proof.split("\n");
      // Another sibling hash: the path leads to another root.
      lines[2] = Buffer.alloc(32, 7).toString("base64");
      await route.fulfill({ json: { ...found, proof: lines.join("\n") } });
    });
    await lookUp(page, canary);
    await expect
      .poll(() => page.locator("[data-badge]").first().textContent(), { timeout: 30_000 })
      .toBe("Proof failed");
    await page.close();
  });

  test("a campaign leads to one recipient's explanation", async () => {
    await admin.goto(at("/campaigns"));
    await admin.getByRole("link", { name: "Thang 11" }).click();
    await admin.locator("#verdict").selectOption("deny");
    await admin.getByRole("button", { name: "Filter" }).click();
    await admin.locator("#recipients tbody a").first().click();
    const page = await admin.locator("main").textContent();
    expect(page).toContain("Deny");
    expect(page).toContain("the subscriber");
    expect(page).toContain("Nothing of this recipient was handed to anybody.");
  });

  test("a review is released, with its reason kept", async () => {
    await admin.goto(at(`/reviews/${running.reviewIds[0]}`));
    expect(await admin.locator("blockquote").textContent()).toContain("Vu Lan");
    await admin.locator("#reason").fill("An invitation to a public festival");
    await admin.getByRole("button", { name: "Release" }).click();
    await admin.waitForSelector("text=Decided at");
    const page = await admin.locator("main").textContent();
    expect(page).toContain("Released");
    expect(page).toContain("An invitation to a public festival");
  });

  test("a review is refused by a compliance officer, who cannot reach the staff", async () => {
    const officer = await signIn(browser, await inviteByPage(admin, "compliance"));
    watch(officer);
    await officer.goto(at(`/reviews/${running.reviewIds[1]}`));
    await officer.locator("#reason").fill("Addresses people by their belief");
    await officer.getByRole("button", { name: "Refuse" }).click();
    await officer.waitForSelector("text=Decided at");
    expect(await officer.locator("main").textContent()).toContain("Refused");
    expect((await officer.request.get(at("/staff"))).status()).toBe(403);
    await officer.context().close();
  });

  test("support sees neither reviews nor processors nor staff, in the navigation or by address", async () => {
    const support = await signIn(browser, await inviteByPage(admin, "support"));
    const entries = await support.locator("nav a").allTextContents();
    expect(entries).toEqual(["Overview", "Look-up", "Campaigns", "Imports", "Ledger"]);
    for (const path of [
      "/reviews",
      `/reviews/${running.reviewIds[0]}`,
      "/processors",
      "/registers",
      "/staff",
    ]) {
      const answer = await support.goto(at(path));
      expect(answer?.status()).toBe(403);
      expect(await support.locator("h1").textContent()).toBe("Not for your role");
    }
    await support.context().close();
  });

  test("it speaks Vietnamese to a browser that asks for it, and remembers a choice", async () => {
    const page = await signIn(browser, await inviteByPage(admin, "support"), { locale: "vi-VN" });
    expect(await page.locator("html").getAttribute("lang")).toBe("vi");
    expect(await page.locator("h1").textContent()).toBe("Tổng quan");
    await lookUp(page, canary);
    await expect
      .poll(() => page.locator("[data-badge]").first().textContent(), { timeout: 30_000 })
      .toBe("Đã xác minh trên trình duyệt này");
    await page.getByRole("link", { name: "English" }).click();
    await page.goto(at(""));
    expect(await page.locator("h1").textContent()).toBe("Overview");
    await page.context().close();
  });

  test("a look-up works by keyboard alone, from the skip link to the result", async () => {
    await admin.goto(at("/look-up"));
    await admin.keyboard.press("Tab");
    expect(await admin.evaluate("document.activeElement.className")).toBe("skip");
    await admin.keyboard.press("Enter");
    await admin.keyboard.press("Tab");
    expect(await admin.evaluate("document.activeElement.id")).toBe("phone");
    // The focus can be seen.
    expect(await admin.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await admin.keyboard.type(canary);
    const focused = (): Promise<unknown> => admin.evaluate("document.activeElement.id");
    // A field for a day has several stops of its own.
    for (let tabs = 0; tabs < 16 && (await focused()) !== "reason"; tabs++) await admin.keyboard.press("Tab");
    await admin.keyboard.type("Ticket 4712: asked by phone");
    await admin.keyboard.press("Enter");
    await admin.waitForSelector("#results table");
  });

  test("a look-up by processor and day finds the hand-offs, and saves them as CSV", async () => {
    await admin.goto(at("/look-up?processorId=sandbox-sms"));
    await admin.locator("#from").fill("2020-01-01");
    await admin.locator("#reason").fill("Audit 17: everything this processor got");
    const [file] = await Promise.all([
      admin.waitForEvent("download"),
      admin.getByRole("button", { name: "Save as CSV" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("sharing-log.csv");
    const csv = readFileSync(await file.path(), "utf8");
    expect(csv).toContain("hand_off");
    expect(csv).not.toContain("987654321");
    await admin.getByRole("button", { name: "Look up" }).click();
    await admin.waitForSelector("#results table");
    expect(await admin.locator("#results table").textContent()).toContain("Handed to a processor");
    await admin.goto(at("/look-up"));
    await admin.locator("#to").fill("2020-01-01");
    await admin.locator("#reason").fill("Audit 17: before the service began");
    await admin.getByRole("button", { name: "Look up" }).click();
    await admin.waitForSelector("#results");
    expect(await admin.locator("#results").textContent()).toContain("No record");
  });

  test("a number is shown in full only to a role that may see it, with a reason that the ledger keeps", async () => {
    const officer = await signIn(browser, await inviteByPage(admin, "compliance"));
    await lookUp(officer, canary);
    await officer.locator("#reveal-reason").fill("The subscriber is on the line and asks");
    await officer.getByRole("button", { name: "Show the number in full" }).click();
    expect(await officer.locator("#revealed").textContent()).toBe("+84987654321");
    await lookUp(officer, canary);
    expect(await officer.locator("#results").textContent()).toContain("Look-up");
    await officer.context().close();
    const support = await signIn(browser, await inviteByPage(admin, "support"));
    await lookUp(support, canary);
    expect(await support.locator("#reveal-reason").count()).toBe(0);
    await support.context().close();
  });

  test("registers count by processor and purpose, and a processor shows its history", async () => {
    await admin.goto(at("/registers"));
    expect(await admin.locator("main svg.columns").count()).toBeGreaterThanOrEqual(1);
    expect(await admin.locator("main").textContent()).toContain("Advertising");
    await admin.getByRole("link", { name: "sandbox-sms" }).first().click();
    expect(await admin.locator("main").textContent()).toContain("registered");
  });

  test("the state on the overview renews itself", async () => {
    await admin.goto(at(""));
    await admin.evaluate('document.getElementById("state").setAttribute("data-old", "yes")');
    await admin.waitForSelector("#state:not([data-old])", { timeout: 20_000 });
  });

  test("an import shows how it ended", async () => {
    await admin.goto(at(`/imports/${running.importId}`));
    await admin.waitForSelector("#progress .badge.good", { timeout: 30_000 });
    expect(await admin.locator("#progress").textContent()).toContain("Accepted");
  });
});

async function widthOf(page: Page): Promise<number> {
  return Number(await page.evaluate("document.documentElement.scrollWidth"));
}

describe("every page", () => {
  const pages = (): readonly (readonly [name: string, path: string])[] => [
    ["overview", ""],
    ["look-up", "/look-up"],
    ["campaigns", "/campaigns"],
    ["campaign", `/campaigns/${running.campaignId}`],
    ["recipient", `/campaigns/${running.campaignId}/recipients/1`],
    ["reviews", "/reviews"],
    ["review", `/reviews/${running.reviewIds[0]}`],
    ["imports", "/imports"],
    ["import", `/imports/${running.importId}`],
    ["processors", "/processors"],
    ["processor", "/processors/sandbox-sms"],
    ["registers", "/registers"],
    ["ledger", "/ledger"],
    ["proof", "/proofs/0"],
    ["staff", "/staff"],
  ];

  test("has no serious fault of accessibility, in light and in dark, and fits a phone of 360 px", async () => {
    mkdirSync(screenshots, { recursive: true });
    const faults: Record<string, readonly string[]> = {};
    const tooWide: string[] = [];
    for (const [name, path] of pages()) {
      for (const scheme of ["light", "dark"] as const) {
        await admin.setViewportSize({ width: 1280, height: 800 });
        await admin.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await admin.goto(at(path));
        // Only colours differ in the dark.
        const found = await seriousFaults(admin, scheme === "dark" ? ["color-contrast"] : null);
        if (found.length > 0) faults[`${name} ${scheme}`] = found;
        await admin.screenshot({ path: `${screenshots}/${name}-${scheme}.png` });
      }
      await admin.emulateMedia({ colorScheme: "light" });
      await admin.setViewportSize({ width: 360, height: 740 });
      const wide = await widthOf(admin);
      if (wide > 360) tooWide.push(`${name} ${wide}`);
      await admin.screenshot({ path: `${screenshots}/${name}-phone.png` });
    }
    await admin.setViewportSize({ width: 1280, height: 900 });
    await lookUp(admin, canary);
    await admin.waitForSelector("[data-badge].good");
    const found = await seriousFaults(admin);
    if (found.length > 0) faults["look-up result"] = found;
    await admin.screenshot({ path: `${screenshots}/look-up-result-light.png`, fullPage: true });
    await admin.setViewportSize({ width: 360, height: 740 });
    const wide = await widthOf(admin);
    if (wide > 360) tooWide.push(`look-up result ${wide}`);
    await admin.screenshot({ path: `${screenshots}/look-up-result-phone.png` });
    await admin.setViewportSize({ width: 1280, height: 800 });
    expect(faults).toEqual({});
    expect(tooWide).toEqual([]);
  }, 600_000);

  test("asks nobody outside, breaks no content security policy and puts no number into an address", () => {
    expect(outside).toEqual([]);
    expect(complaints.filter((text) => !text.includes("403"))).toEqual([]);
    expect(visited.length).toBeGreaterThan(20);
    for (const url of visited) expect(url).not.toMatch(/987654321|912000/);
    expect(running.service.output()).not.toMatch(/987654321/);
  });
});

describe("leaving", () => {
  test("signing out everywhere ends the sessions of the account on all devices", async () => {
    const link = await inviteByPage(admin, "support");
    const page = await signIn(browser, link);
    await page.locator("summary").first().click();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.waitForURL("**/console/sign-in");
    await page.goto(at("/campaigns"));
    expect(page.url()).toBe(at("/sign-in"));
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("This link is not valid");
    await page.context().close();
  });
});
