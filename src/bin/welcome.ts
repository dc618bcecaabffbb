import type { House } from "../compose.ts";
import type { Config } from "../config.ts";

/** What a person needs after the start; the key is shown the first time only. */
export function welcome(
  config: Config,
  address: string,
  house: Pick<House, "newAdminKey" | "sandbox">,
  signInLink: string | null,
): string {
  const lines = [
    "",
    `subscriber-guard is ready at ${address}`,
    `  console   ${address}/console`,
    `  contract  ${address}/openapi.json   docs ${address}/docs`,
    `  store     ${config.databaseUrl === null ? `embedded PostgreSQL in ${config.dataDir}` : "PostgreSQL"}`,
    `  queue     BullMQ on ${config.redisUrl === null ? "PostgreSQL" : "Redis"}`,
    ...(house.sandbox === null ? [] : ["  sandbox   on: messages go to simulators on this machine only"]),
  ];
  if (house.newAdminKey !== null) {
    lines.push(
      "",
      "Administrator's key (shown once, keep it):",
      `  ${house.newAdminKey}`,
      "",
      "Three commands to try:",
      `  curl -s ${address}/readyz`,
      `  curl -s ${address}/v1/policy -H "Authorization: Bearer ${house.newAdminKey}"`,
      `  ADMIN_API_KEY=${house.newAdminKey} npm run demo`,
    );
  }
  if (signInLink !== null) {
    lines.push("", "Sign in to the console (once, within 15 minutes):", `  ${signInLink}`);
  }
  return `${lines.join("\n")}\n\n`;
}
