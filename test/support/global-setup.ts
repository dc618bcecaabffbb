import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Answers with the URL of this run's PostgreSQL, which it starts when it is first asked. */
    postgresLauncherUrl: string;
  }
}

/**
 * One PostgreSQL for a whole run, started by the first test that needs a database: a run of pure tests does
 * not wait for it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<TestPostgres> | undefined;
  let folder: string | undefined;
  const start = async () => {
    folder = await mkdtemp(join(tmpdir(), "sg-run-"));
    return startTestPostgres(folder);
  };
  const server = createServer((_req, res) => {
    started ??= start();
    started.then(
      ({ url }) => res.end(url),
      (err: unknown) => res.writeHead(500).end(String(err)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The launcher has no port");
  project.provide("postgresLauncherUrl", `http://127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    await (await started?.catch(() => undefined))?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
}
