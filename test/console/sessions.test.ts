import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstSignInToken, inviteStaff } from "../../src/guard/staff.ts";
import { type ConsoleFixture, openConsole, type PageAnswer } from "./console-fixture.ts";

let fixture: ConsoleFixture;
let invited = 0;
const minuteMs = 60_000;

beforeAll(async () => {
  fixture = await openConsole();
});
afterAll(() => fixture.close());

const invitation = (role = "support") =>
  inviteStaff(fixture.world, fixture.world.platformId, {
    email: `guest${++invited}@utop.example`,
    name: "Guest",
    role,
  });
const useLink = (link: string, cookie?: string): Promise<PageAnswer> =>
  fixture.post("/console/sign-in", { link }, cookie);
const sessionIn = (answer: PageAnswer): string =>
  answer.cookies.find((each) => each.startsWith("session=")) ?? "";
const isSignedIn = async (cookie: string): Promise<boolean> =>
  (await fixture.get("/console", cookie.split(";")[0])).status === 200;

describe("a one-time link", () => {
  test("is not used up by looking at it, signs in once, and never again", async () => {
    const link = await invitation();
    expect((await fixture.get(`/console/sign-in?link=${link}`)).text).toContain(link);
    const first = await useLink(link);
    expect(first.status).toBe(303);
    expect(await isSignedIn(sessionIn(first))).toBe(true);
    expect((await useLink(link)).status).toBe(401);
  });

  test("of the start works for 15 minutes, an invitation for 72 hours", async () => {
    const printed = await firstSignInToken(fixture.world, true);
    fixture.pass(15 * minuteMs + 1);
    expect((await useLink(printed ?? "")).status).toBe(401);
    const link = await invitation();
    fixture.pass(72 * 60 * minuteMs + 1);
    expect((await useLink(link)).status).toBe(401);
    expect((await useLink((await firstSignInToken(fixture.world, true)) ?? "")).status).toBe(303);
  });

  test("is replaced by the next one for the same account", async () => {
    const input = { email: "twice@utop.example", name: "Twice", role: "support" };
    const first = await inviteStaff(fixture.world, fixture.world.platformId, input);
    const second = await inviteStaff(fixture.world, fixture.world.platformId, input);
    expect((await useLink(first)).status).toBe(401);
    expect((await useLink(second)).status).toBe(303);
  });
});

describe("a session", () => {
  test("has a fresh token: one from before the sign-in is worth nothing", async () => {
    const planted = `session=${"A".repeat(43)}`;
    const answer = await useLink(await invitation(), planted);
    expect(sessionIn(answer)).not.toContain("A".repeat(43));
    expect(await isSignedIn(planted)).toBe(false);
  });

  test("has a cookie that scripts and other sites cannot use", async () => {
    const cookie = sessionIn(await useLink(await invitation()));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).not.toMatch(/Domain|Max-Age|Expires/);
  });

  test("ends after 8 hours without a request, and timers of an open page do not keep it alive", async () => {
    const cookie = sessionIn(await useLink(await invitation())).split(";")[0] ?? "";
    fixture.pass(5 * 60 * minuteMs);
    expect((await fixture.get("/console/state", cookie)).status).toBe(200);
    fixture.pass(4 * 60 * minuteMs);
    expect(await isSignedIn(cookie)).toBe(false);
    const busy = sessionIn(await useLink(await invitation()));
    for (let hours = 0; hours < 3; hours++) {
      fixture.pass(5 * 60 * minuteMs);
      expect(await isSignedIn(busy)).toBe(true);
    }
  });

  test("ends for all devices of the account by signing out everywhere, and for no other account", async () => {
    const input = { email: "devices@utop.example", name: "Devices", role: "support" };
    const enter = async () =>
      sessionIn(await useLink(await inviteStaff(fixture.world, fixture.world.platformId, input)));
    const [phone, desk, other] = [await enter(), await enter(), sessionIn(await useLink(await invitation()))];
    await fixture.post("/console/sign-out-everywhere", {}, phone.split(";")[0]);
    expect([await isSignedIn(phone), await isSignedIn(desk), await isSignedIn(other)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("ends with its account", async () => {
    const admin = await fixture.sessionOf("admin");
    const cookie = sessionIn(await useLink(await invitation()));
    const page = await fixture.get("/console/staff", admin);
    // Accounts stand in the order of their making; one's own has no such button.
    const disable = [...page.text.matchAll(/action="(\/console\/staff\/[^"]+\/disable)"/g)].at(-1)?.[1] ?? "";
    expect(await isSignedIn(cookie)).toBe(true);
    expect((await fixture.post(disable, {}, admin)).status).toBe(303);
    expect(await isSignedIn(cookie)).toBe(false);
    expect(await isSignedIn(admin)).toBe(true);
  });
});

describe("a form from elsewhere", () => {
  const refused = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fixture.post("/console/sign-out", {}, await fixture.sessionOf("support"), headers)).status;

  test("is refused by Fetch Metadata and by Origin", async () => {
    expect(await refused({ "Sec-Fetch-Site": "cross-site" })).toBe(403);
    expect(await refused({ "Sec-Fetch-Site": "same-site" })).toBe(403);
    expect(await refused({ Origin: "https://evil.example" })).toBe(403);
    expect(await refused({ Origin: "null" })).toBe(403);
    expect(await refused({ Origin: "https://evil.example", "Sec-Fetch-Site": "same-origin" })).toBe(403);
  });

  test("does nothing where it is refused, not even a sign-in", async () => {
    const link = await invitation();
    const answer = await fixture.post("/console/sign-in", { link }, undefined, {
      Origin: "https://evil.example",
    });
    expect(answer.status).toBe(403);
    expect((await useLink(link)).status).toBe(303);
  });
});

describe("an address with ten refused attempts", () => {
  test("is locked out for 15 minutes, even with a right link, which it does not use up", async () => {
    const link = await invitation();
    fixture.pass(16 * minuteMs);
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await useLink(`${attempt}`.padEnd(43, "x"))).status).toBe(401);
    }
    const locked = await useLink(link);
    expect(locked.status).toBe(429);
    expect(locked.headers.get("Retry-After")).toBe("900");
    fixture.pass(15 * minuteMs + 1);
    expect((await useLink(link)).status).toBe(303);
  });
});

describe("a look-up", () => {
  const canary = "0987654321";

  test("needs one question and a reason, and never shows the number again", async () => {
    const cookie = await fixture.sessionOf("support");
    const ask = (form: Readonly<Record<string, string>>) => fixture.post("/console/look-up", form, cookie);
    const answers = [
      await ask({ phone: canary, reason: "short" }),
      await ask({ phone: canary, subscriberId: "x", reason: "Ticket 4711: asked" }),
      await ask({ reason: "Ticket 4711: asked" }),
      await ask({ phone: `${canary}000000`, reason: "Ticket 4711: asked" }),
      await ask({ phone: canary, reason: "Ticket 4711: asked" }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 400, 200]);
    for (const answer of answers) expect(answer.text).not.toContain(canary.slice(1));
  });

  test("is recorded with its reason in the ledger and with its person in the staff's log", async () => {
    const cookie = await fixture.sessionOf("compliance");
    const count = () =>
      fixture.world.store.transaction("*", async (tx) => ({
        ledger: (
          await tx.ledger.search({
            customerId: null,
            subscriberIds: null,
            campaignId: null,
            processorId: null,
            kinds: ["lookup"],
            from: null,
            to: null,
            before: null,
            limit: 100,
          })
        ).length,
        log: (await tx.staff.events(100)).filter((event) => event.event === "looked_up").length,
      }));
    const before = await count();
    await fixture.post("/console/look-up", { phone: canary, reason: "Ticket 4712: asked" }, cookie);
    expect(await count()).toEqual({ ledger: before.ledger + 1, log: before.log + 1 });
  });

  test("by one person more often than 30 times a minute is refused", async () => {
    const cookie = await fixture.sessionOf("support");
    const statuses: number[] = [];
    for (let at = 0; at < 31; at++) {
      statuses.push((await fixture.post("/console/look-up", { phone: canary, reason: "no" }, cookie)).status);
    }
    expect(statuses).toEqual([...Array<number>(30).fill(400), 429]);
  });
});

describe("every answer", () => {
  test("forbids foreign scripts, styles, frames and forms, with a nonce of its own", async () => {
    const policies = [await fixture.get("/console/sign-in"), await fixture.get("/console/sign-in")].map(
      (answer) => answer.headers.get("Content-Security-Policy") ?? "",
    );
    expect(policies[0]).toContain("default-src 'none'");
    expect(policies[0]).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}';/);
    expect(policies[0]).toContain("style-src 'self';");
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).not.toMatch(/unsafe|\*/);
    expect(policies[0]).not.toBe(policies[1]);
  });
});
