import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Access, type ConsoleRoute, consoleRoutes } from "../../src/console/access.ts";
import type { StaffRole } from "../../src/guard/ports/staff-records.ts";
import { type ConsoleFixture, openConsole } from "./console-fixture.ts";

let fixture: ConsoleFixture;
const cookies: Partial<Record<StaffRole, string>> = {};

beforeAll(async () => {
  fixture = await openConsole();
  for (const role of ["support", "compliance", "admin"] as const)
    cookies[role] = await fixture.sessionOf(role);
});
afterAll(() => fixture.close());

// Written out a second time, so that a slip in the table is seen here.
const expected: Readonly<
  Record<string, readonly [signedOut: Access, support: Access, compliance: Access, admin: Access]>
> = {
  signInPage: ["open", "open", "open", "open"],
  signIn: ["open", "open", "open", "open"],
  beginElsewhere: ["open", "open", "open", "open"],
  returnFromElsewhere: ["open", "open", "open", "open"],
  asset: ["open", "open", "open", "open"],
  signOut: ["sign_in", "open", "open", "open"],
  signOutEverywhere: ["sign_in", "open", "open", "open"],
  overview: ["sign_in", "open", "open", "open"],
  workState: ["sign_in", "open", "open", "open"],
  lookUpForm: ["sign_in", "open", "open", "open"],
  lookUp: ["sign_in", "open", "open", "open"],
  exportLookUp: ["sign_in", "open", "open", "open"],
  reveal: ["sign_in", "forbidden", "open", "open"],
  proof: ["sign_in", "open", "open", "open"],
  campaigns: ["sign_in", "open", "open", "open"],
  campaign: ["sign_in", "open", "open", "open"],
  recipient: ["sign_in", "open", "open", "open"],
  reviews: ["sign_in", "forbidden", "open", "open"],
  review: ["sign_in", "forbidden", "open", "open"],
  decideReview: ["sign_in", "forbidden", "open", "open"],
  imports: ["sign_in", "open", "open", "open"],
  import: ["sign_in", "open", "open", "open"],
  importProgress: ["sign_in", "open", "open", "open"],
  processors: ["sign_in", "forbidden", "open", "open"],
  processor: ["sign_in", "forbidden", "open", "open"],
  registers: ["sign_in", "forbidden", "open", "open"],
  ledger: ["sign_in", "open", "open", "open"],
  staff: ["sign_in", "forbidden", "forbidden", "open"],
  invite: ["sign_in", "forbidden", "forbidden", "open"],
  disable: ["sign_in", "forbidden", "forbidden", "open"],
};

const unknownId = "01980000-0000-7000-8000-000000000000";
const parameters: Readonly<Record<string, string>> = {
  ":id": unknownId,
  ":position": "0",
  ":index": "7",
  ":name": "none",
};
const pathOf = (route: ConsoleRoute): string =>
  `/console${route.path.replace(/:[a-z]+/g, (name) => parameters[name] ?? name)}`;

async function accessAt(route: ConsoleRoute, cookie: string | undefined): Promise<Access> {
  const path = pathOf(route);
  const { status, headers } =
    route.method === "get" ? await fixture.get(path, cookie) : await fixture.post(path, {}, cookie);
  if (status === 403) return "forbidden";
  const toSignIn = status === 303 && headers.get("Location") === "/console/sign-in" && cookie === undefined;
  if (toSignIn || (status === 401 && !route.path.startsWith("/sign-in"))) return "sign_in";
  return "open";
}

describe("the table of routes and roles", () => {
  test("is the one written here", () => {
    expect(Object.keys(consoleRoutes).sort()).toEqual(Object.keys(expected).sort());
  });

  const roles = [null, "support", "compliance", "admin"] as const;
  for (const [at, role] of roles.entries()) {
    test(`holds on every route for ${role ?? "somebody who is signed out"}`, async () => {
      const found: Record<string, Access> = {};
      const wanted: Record<string, Access | undefined> = {};
      for (const [name, route] of Object.entries(consoleRoutes)) {
        wanted[name] = expected[name]?.[at];
        // Signing out would end the session that the other routes are asked with.
        if (role !== null && name.startsWith("signOut")) continue;
        found[name] = await accessAt(route, role === null ? undefined : cookies[role]);
      }
      for (const name of ["signOut", "signOutEverywhere"] as const) {
        if (role === null) continue;
        found[name] = await accessAt(consoleRoutes[name], await fixture.sessionOf(role));
      }
      expect(found).toEqual(wanted);
    });
  }

  test("what is not in it is not there, and says so without a stack", async () => {
    const answer = await fixture.get("/console/wp-admin", cookies.admin);
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("not_found");
    expect(answer.text).not.toContain("node_modules");
  });
});
