import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compile,
  installPackedPackage,
  type PackedPackage,
  runApplication,
  versionOf,
} from "./packed-package.ts";

// Installing a package with its embedded PostgreSQL and starting one for each application takes its time.
const slowMs = 600_000;
let packed: PackedPackage;
beforeAll(async () => {
  packed = await installPackedPackage();
}, 480_000);
afterAll(() => packed?.remove());

/** What every application must see, whatever mounts the guard. */
function expectGuarded(result: unknown): void {
  expect(result).toMatchObject({
    withoutKey: { status: 401, body: { code: "unauthenticated" } },
    sent: {
      status: 200,
      body: {
        verdict: "partial",
        counts: { allow: 1, deny: 1 },
        reasons: [{ code: "contact_unknown", verdict: "deny", count: 1 }],
      },
    },
    unmapped: {
      status: 400,
      body: { code: "invalid_request", errors: [{ pointer: "/recipients/list/0/phone" }] },
    },
    published: { status: 200, body: { digest: expect.stringMatching(/^sha-256:[0-9a-f]{64}$/) } },
    denied: { status: 422, body: { code: "page_denied" } },
  });
}

describe("the packed package", () => {
  it("holds what the service reads at run time and nothing of its workshop", () => {
    for (const needed of [
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/client/create-client.js",
      "dist/bin/server.js",
      "dist/bin/cli.js",
      "migrations/0001_foundation.sql",
      "schemas/campaigns.json",
      "views/assets/console.css",
      "data/policy/1.0.txt",
      "examples/contacts-1000.csv",
    ])
      expect(packed.files).toContain(needed);
    const outside =
      /^(dist|schemas|views|migrations|data\/policy|docs\/(errors|policy)|examples)\/|^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/;
    expect(packed.files.filter((path) => !outside.test(path))).toEqual([]);
    expect(
      packed.files.filter((path) => /(^|\/)(test|bench|corpus|\.data|\.env)|\.(key|pem|log)$/.test(path)),
    ).toEqual([]);
    expect(packed.unpackedBytes).toBeLessThan(15_000_000);
  });

  it("holds no key, whatever lies in the working tree", () => {
    const text = execFileSync("tar", ["-xOzf", packed.tarball], { maxBuffer: 256 * 1024 * 1024 }).toString(
      "latin1",
    );
    expect(text).not.toMatch(/PRIVATE\+KEY\+[^<\s`"$]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40}/);
    expect(text).not.toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY-----/);
    expect(text).not.toMatch(/sg_live_[A-Za-z0-9]{40}/);
  });
});

describe("createGuard from the packed package", () => {
  it("guards an Express 5 application of ES modules", { timeout: slowMs }, async () => {
    expect(versionOf(packed.express5, "express")).toMatch(/^5\./);
    expectGuarded(await runApplication(packed.express5, [process.execPath, "app.mjs"]));
  });

  it("guards an Express 5 application that requires it", { timeout: slowMs }, async () => {
    expectGuarded(await runApplication(packed.express5, [process.execPath, "app.cjs"]));
  });

  it("guards an Express 4 application, by import and by require", { timeout: slowMs }, async () => {
    expect(versionOf(packed.express4, "express")).toMatch(/^4\./);
    expectGuarded(await runApplication(packed.express4, [process.execPath, "app.mjs"]));
    expectGuarded(await runApplication(packed.express4, [process.execPath, "app.cjs"]));
  });

  it("has types that a strict TypeScript application of Node modules compiles against", {
    timeout: slowMs,
  }, async () => {
    await compile(packed.express5, "typed.mts");
    expectGuarded(await runApplication(packed.express5, [process.execPath, "typed.mjs"]));
  });

  // Other versions of Node are fetched from the registry, so only when asked for: EMBED_NODES=1.
  for (const major of process.env["EMBED_NODES"] === "1" ? [22, 24] : []) {
    it(`guards on Node ${major}`, { timeout: slowMs }, async () => {
      const node = ["npx", "-y", "-p", `node@${major}`, "node"] as const;
      expectGuarded(await runApplication(packed.express5, [...node, "app.cjs"]));
    });
  }
});
