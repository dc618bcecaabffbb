// Runs the suite and closes with one line that counts, also for suites that could not even be loaded.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const report = `${root}reports/tests.json`;
mkdirSync(`${root}reports`, { recursive: true });
rmSync(report, { force: true });
const run = spawnSync(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: "inherit", cwd: root },
);
let passed = 0;
let failed = 0;
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  passed = result.numPassedTests;
  const unloaded = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  failed = result.numFailedTests + unloaded.length;
  const skipped = result.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== "passed" && status !== "failed");
  for (const { fullName } of skipped) console.log(`not run: ${fullName}`);
} catch {
  failed = 1;
}
if (run.status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
