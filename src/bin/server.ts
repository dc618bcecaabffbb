#!/usr/bin/env node
import { ConfigError, readConfig } from "../config.ts";
import { createLogger } from "../http/log.ts";
import { EmbeddedPostgresError } from "../postgres/embedded/embedded-postgres-error.ts";
import { serve } from "../serve.ts";
import { welcome } from "./welcome.ts";

try {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const service = await serve(config, log);
  process.stdout.write(welcome(config, service.address, service.house, service.signInLink));
  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
    log.info({ signal }, "draining");
    service.close().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, "the service did not end cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
} catch (err) {
  if (err instanceof ConfigError || err instanceof EmbeddedPostgresError)
    process.stderr.write(`${err.message}\n`);
  else
    process.stderr.write(
      `subscriber-guard could not start: ${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`,
    );
  process.exit(1);
}
