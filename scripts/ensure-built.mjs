// Builds only when a source is newer than the last build, so that a warm start costs nothing.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
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
  // The compiler leaves this file alone where nothing came out differently; the next start must not build again.
  utimesSync(join(root, "dist/.tsbuildinfo"), new Date(), new Date());
}
// What was made of a source that is gone must not be started, tested or packed.
const removeStale = (dir) => {
  for (const entry of readdirSync(join(root, "dist", dir), { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      if (existsSync(join(root, "src", path))) removeStale(path);
      else rmSync(join(root, "dist", path), { recursive: true });
      continue;
    }
    const stem = /^(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
    if (stem !== undefined && !existsSync(join(root, "src", `${stem}.ts`))) rmSync(join(root, "dist", path));
  }
};
removeStale("");
// The compiler writes plain files; `npx subscriber-guard` runs them as programs.
for (const name of readdirSync(join(root, "dist/bin"))) {
  if (name.endsWith(".js")) chmodSync(join(root, "dist/bin", name), 0o755);
}
