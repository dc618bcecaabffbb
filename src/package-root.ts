import { fileURLToPath } from "node:url";

/** The package's root: schemas, migrations and data lie beside dist and src alike. */
export const packageRoot = fileURLToPath(new URL("..", import.meta.url));
