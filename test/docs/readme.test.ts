import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { blocksOf, root } from "./markdown-blocks.ts";
import { linesOfSection, linksOf, pages } from "./pages.ts";
import { type RunningService, startService } from "./running-service.ts";

const execute = promisify(execFile);
const tourSection = "A five-minute tour";

describe("the tour of the README", () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  }, 180_000);
  afterAll(() => service?.stop());

  it("runs as written against a fresh service", { timeout: 180_000 }, async () => {
    const steps = blocksOf("README.md").filter(
      (block) => block.section === tourSection && block.language === "sh",
    );
    expect(steps.length).toBeGreaterThanOrEqual(7);
    const marked = steps.map((step, at) => `echo "=== step ${at + 1}"\n${step.text}\necho`).join("\n");
    const { stdout } = await execute("bash", ["-eu", "-c", marked], {
      cwd: root,
      env: {
        ...process.env,
        GUARD: service.url,
        ADMIN_API_KEY: service.adminKey,
        DATA_DIR: service.dataDir, // a checkout may hold another service's .data with another key
        NO_COLOR: "1",
      },
      timeout: 150_000,
      maxBuffer: 16 * 1024 * 1024,
    }).catch((err: unknown) => {
      // Its message would be the whole script; what was said last tells which command failed.
      const { stdout: out, stderr } = err as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`the tour broke off after: ${out?.slice(-1_500)}\n${stderr?.slice(-1_500)}`);
    });
    const said = stdout.split(/^=== step \d+$/m).slice(1);
    expect(said).toHaveLength(steps.length);
    const [setUp, upload, preview, send, withdraw, lookUp, proof, page] = said;
    expect(setUp).toContain('"acceptedBy":"Nguyễn Thị Hoa"');
    expect(upload).toContain('"accepted":920');
    expect(upload).toMatch(/,row,code,fix/);
    expect(preview).toMatch(/allow: [1-9]\d*/);
    expect(preview).toMatch(/remedy: \[/);
    expect(send).toMatch(/queued: \d+/);
    expect(send).not.toMatch(/handedOff: 0,[\s\S]*delivered: 0,/);
    expect(withdraw).toContain('"status":"effective"');
    expect(withdraw).toContain("code: 'opted_out'");
    for (const kind of ["hand_off", "outcome", "withdrawal"]) expect(lookUp).toContain(`kind: '${kind}'`);
    expect(proof).toContain("c2sp.org/tlog-proof@v1");
    expect(proof).toContain("The ledger is whole.");
    expect(page).toContain("rule: 'page_");
  });
});

describe("the pages", () => {
  it("name no file that does not exist", () => {
    const broken = pages().flatMap((page) =>
      linksOf(page)
        .filter((link) => !existsSync(join(root, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("hold TypeScript that compiles against the package", { timeout: 180_000 }, async () => {
    // The sandbox's page shows pieces of this repository's own tests.
    const read = pages().filter((page) => !page.endsWith("/sandbox.md"));
    const snippets = read.flatMap((page) =>
      blocksOf(page)
        .filter((block) => block.language === "ts")
        .map((block) => ({ page, ...block })),
    );
    expect(snippets.length).toBeGreaterThanOrEqual(3);
    mkdirSync(join(root, ".tmp"), { recursive: true });
    // Inside the repository, so that the package is found by its own name.
    const folder = mkdtempSync(join(root, ".tmp/docs-"));
    try {
      const files = snippets.map(({ page, line, text }) => {
        const file = join(folder, `${page.replaceAll(/[^a-z]/gi, "-")}-${line}.mts`);
        writeFileSync(file, `${text}\nexport {};\n`);
        return file;
      });
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const options = ["--ignoreConfig", "--noEmit", "--strict", "--noPropertyAccessFromIndexSignature"];
      const target = ["--module", "nodenext", "--target", "es2023", "--types", "node", "--skipLibCheck"];
      const said = await execute(process.execPath, [tsc, ...options, ...target, ...files], {
        cwd: root,
      }).then(
        () => "",
        (err: unknown) =>
          typeof err === "object" && err !== null && "stdout" in err ? String(err.stdout) : String(err),
      );
      expect(said).toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the settings table of the README", () => {
  const named = new Set(
    blocksOfTable().flatMap((row) => [...row.matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1] ?? "")),
  );

  it("names every setting that is read", () => {
    const read = new Set<string>();
    readConfig(
      new Proxy({} as Record<string, string | undefined>, {
        get: (_target, name) => {
          read.add(String(name));
          return undefined;
        },
      }),
    );
    expect([...read].filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !read.has(name))).toEqual([]);
  });
});

/** The first cells of the rows. */
function blocksOfTable(): readonly string[] {
  return linesOfSection("README.md", "Settings")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|")[1] ?? "");
}
