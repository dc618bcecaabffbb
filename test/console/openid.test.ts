import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openIdProvider } from "../../src/console/openid.ts";
import { type ConsoleFixture, openConsole } from "./console-fixture.ts";

/** People at the provider, and what it says of them. */
const groups: Readonly<Record<string, readonly string[] | string>> = {
  an: ["everybody", "guard-compliance", "guard-support"],
  binh: "guard-admins",
  chi: ["everybody"],
};
const clientSecret = "a-secret-of-the-test-and-of-nothing-else";

let fixture: ConsoleFixture;
let issuer = "";
let handle: RequestListener = (_req, res) => void res.writeHead(503).end();
const server = createServer((req, res) => handle(req, res));

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fixture = await openConsole(
    openIdProvider({
      issuer,
      clientId: "console",
      clientSecret,
      roleClaim: "groups",
      roles: { admin: ["guard-admins"], compliance: ["guard-compliance"], support: ["guard-support"] },
    }),
  );
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "console",
        client_secret: clientSecret,
        redirect_uris: [`${fixture.base}/console/sign-in/return`],
      },
    ],
    claims: { openid: ["sub", "groups"], profile: ["name"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["of the test"] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `Person ${sub}`, groups: groups[sub] }),
    }),
  });
  const callback = provider.callback();
  handle = (req, res) => void callback(req, res);
}, 120_000);
afterAll(async () => {
  await fixture?.close();
  server.closeAllConnections();
  server.close();
});

/** A browser's way through redirects and the provider's own forms, with its cookies. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async ask(
    url: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ url: string; status: number; text: string }> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const answer = await fetch(url, {
      redirect: "manual",
      method: form === undefined ? "GET" : "POST",
      headers: {
        Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=", 2);
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const to = answer.headers.get("Location");
    if (to !== null && answer.status >= 300 && answer.status < 400) return this.ask(new URL(to, url).href);
    return { url, status: answer.status, text: await answer.text() };
  }

  cookies(base: string): string {
    return [...(this.#cookies.get(new URL(base).host) ?? [])]
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
  }
}

/** From the console's link through log-in and consent at the provider, back to the console. */
async function signIn(person: string, browser = new Browser()) {
  let page = await browser.ask(`${fixture.base}/console/sign-in/provider`);
  for (const prompt of ["login", "consent"] as const) {
    if (page.url.startsWith(fixture.base)) break;
    const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? "";
    page = await browser.ask(new URL(action, page.url).href, { prompt, login: person, password: "any" });
  }
  return { ...page, cookie: browser.cookies(fixture.base) };
}

describe("signing in at a real OpenID provider", () => {
  test("the widest role that the claim gives is the role in the console", async () => {
    const an = await signIn("an");
    expect([an.status, an.url.startsWith(`${fixture.base}/console/sign-in/return?`)]).toEqual([200, true]);
    expect((await fixture.get("/console/reviews", an.cookie)).status).toBe(200);
    expect((await fixture.get("/console/staff", an.cookie)).status).toBe(403);
    expect((await fixture.get("/console", an.cookie)).text).toContain("Person an");
    const binh = await signIn("binh");
    const staff = await fixture.get("/console/staff", binh.cookie);
    expect(staff.status).toBe(200);
    expect(staff.text.match(/Person an/g)?.length).toBeGreaterThanOrEqual(1);
  });

  test("somebody without any of the roles gets no session, and the refusal is recorded", async () => {
    const chi = await signIn("chi");
    expect(chi.status).toBe(401);
    expect((await fixture.get("/console", chi.cookie)).status).toBe(303);
    const events = await fixture.world.store.transaction("*", (tx) => tx.staff.events(1));
    expect(events[0]?.event).toBe("sign_in_refused");
  });

  test("a disabled account stays out, whatever the provider says", async () => {
    const accounts = await fixture.world.store.transaction("*", (tx) => tx.staff.list(100));
    const an = accounts.find(({ name }) => name === "Person an");
    await fixture.world.store.transaction("*", (tx) =>
      tx.staff.disable(an?.id ?? "", fixture.world.clock.now()),
    );
    expect((await signIn("an")).status).toBe(401);
  });

  test("an answer that this browser did not ask for, was asked for long ago, or was altered is refused", async () => {
    const stranger = await signIn("binh");
    const browser = new Browser();
    expect((await browser.ask(stranger.url)).status).toBe(401);
    expect((await browser.ask(`${fixture.base}/console/sign-in/return?code=x&state=y`)).status).toBe(401);
    const forged = await fixture.get("/console/sign-in/return?code=x&state=y", `sign-in=${"A".repeat(200)}`);
    expect(forged.status).toBe(401);
  });

  test("the sign-in page offers it beside the link", async () => {
    const page = await fixture.get("/console/sign-in");
    expect(page.text).toContain('href="/console/sign-in/provider"');
    expect(page.text).toContain('name="link"');
  });
});
