import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { readConfig } from "../../src/config.ts";
import { createConsole } from "../../src/console/create-console.ts";
import type { OpenIdProvider } from "../../src/console/openid.ts";
import type { StaffRole } from "../../src/guard/ports/staff-records.ts";
import { inviteStaff } from "../../src/guard/staff.ts";
import { signInByLink } from "../../src/guard/staff-sessions.ts";
import type { World } from "../../src/guard/world.ts";
import { createLogger } from "../../src/http/log.ts";
import { formatSignerKey, generateSignerKey } from "../../src/ledger/note-key.ts";
import { openService } from "../../src/serve.ts";
import { createTestDatabase } from "../support/test-database.ts";

export type PageAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly cookies: readonly string[];
};

export type ConsoleFixture = {
  readonly base: string;
  readonly world: World;
  /** Moves the console's clock on. */
  pass(ms: number): void;
  /** A session of that role, as a Cookie header. */
  sessionOf(role: StaffRole): Promise<string>;
  get(path: string, cookie?: string, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>;
  /** A form as a browser sends it from a page of the console, unless the headers say otherwise. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    cookie?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PageAnswer>;
  close(): Promise<void>;
};

/** The console on a real store, without workers, under a clock that tests can move. */
export async function openConsole(provider?: OpenIdProvider): Promise<ConsoleFixture> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "sg-console-"));
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ROLE: "api",
    LOG_LEVEL: "silent",
    ADMIN_API_KEY: randomBytes(24).toString("hex"),
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LEDGER_KEY: formatSignerKey(
      generateSignerKey("subscriber-guard.local/ledger", (count) => randomBytes(count)),
    ),
  });
  const { house } = await openService(config, createLogger("silent"));
  let passedMs = 0;
  const { clock } = house.world;
  const now = (): Date => new Date(clock.now().getTime() + passedMs);
  const world: World = { ...house.world, clock: { ...clock, now } };
  const app = express();
  app.use("/console", createConsole({ world, ...(provider === undefined ? {} : { provider }) }));
  const server = createServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const ask = async (path: string, init: RequestInit): Promise<PageAnswer> => {
    const answer = await fetch(base + path, { ...init, redirect: "manual" });
    const { status, headers } = answer;
    return { status, headers, text: await answer.text(), cookies: headers.getSetCookie() };
  };
  let invited = 0;
  return {
    base,
    world,
    pass: (ms) => {
      passedMs += ms;
    },
    async sessionOf(role) {
      const input = { email: `person${++invited}@utop.example`, name: `Person ${invited}`, role };
      const link = await inviteStaff(world, world.platformId, input);
      return `session=${(await signInByLink(world, link, "192.0.2.1")).token}`;
    },
    get: (path, cookie, headers) =>
      ask(path, { headers: { ...(cookie === undefined ? {} : { Cookie: cookie }), ...headers } }),
    post: (path, form, cookie, headers) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(form).toString(),
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          Origin: base,
          ...(cookie === undefined ? {} : { Cookie: cookie }),
          ...headers,
        },
      }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await house.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
