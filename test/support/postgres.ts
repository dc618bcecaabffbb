import { chmod } from "node:fs/promises";
import { startEmbeddedPostgres } from "../../src/postgres/embedded.ts";

export type TestPostgres = { readonly url: string; readonly pid: number; stop(): Promise<void> };

/** A server for tests in that folder. It trades durability for speed: what it holds is thrown away. */
export async function startTestPostgres(folder: string): Promise<TestPostgres> {
  // mkdtemp closes the folder to the account that the server runs as when tests run as root.
  if (process.geteuid?.() === 0) await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" },
  });
  return { url: server.connectionString, pid: server.pid, stop: () => server.stop() };
}
