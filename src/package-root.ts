import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's root: schemas, migrations and data lie beside dist and src alike. */
export const packageRoot = fileURLToPath(new URL("..", import.meta.url));

/** Of this package, as its package.json says. */
export function packageVersion(): string {
  const described: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  return typeof described === "object" && described !== null && "version" in described
    ? String(described.version)
    : "unknown";
}
