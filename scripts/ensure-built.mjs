// Builds only when a source is newer than the last build, so that a warm start costs nothing.
import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const newest = (dir) =>
  readdirSync(dir, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(dir, entry.name);
    return Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }, 0);
let built = 0;
try {
  built = statSync(join(root, "dist/.tsbuildinfo")).mtimeMs;
} catch {}
if (newest(join(root, "src")) > built) {
  execFileSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")],
    { stdio: "inherit" },
  );
}
// The compiler writes plain files; `npx subscriber-guard` runs them as programs.
for (const name of readdirSync(join(root, "dist/bin"))) {
  if (name.endsWith(".js")) chmodSync(join(root, "dist/bin", name), 0o755);
}
