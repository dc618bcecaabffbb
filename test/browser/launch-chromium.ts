import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const paths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the Chromium of this machine; as root on Debian it is installed first. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium() ?? installChromium();
  return chromium.launch({ executablePath, args: flags });
}

function findChromium(): string | undefined {
  const told = process.env["CHROMIUM_PATH"];
  return told !== undefined && existsSync(told) ? told : paths.find((path) => existsSync(path));
}

function installChromium(): string {
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    const quiet = { stdio: "ignore", timeout: 300_000 } as const;
    try {
      execFileSync("apt-get", ["update", "-qq"], quiet);
      execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet);
    } catch {
      // The line below says what to do.
    }
  }
  const path = findChromium();
  if (path === undefined) throw new Error("no Chromium: install the package chromium, or set CHROMIUM_PATH");
  return path;
}
