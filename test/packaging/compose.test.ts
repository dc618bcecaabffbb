import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}docker-compose.yml`, "utf8");

type Service = {
  readonly image?: string;
  readonly hostname?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
};
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const guards = Object.entries(compose.services).filter(
  ([, service]) => service.environment?.["ROLE"] !== undefined,
);
const role = (name: string): Service[] =>
  guards.flatMap(([, service]) => (service.environment?.["ROLE"] === name ? [service] : []));

describe("docker-compose.yml", () => {
  it("runs two API processes and two workers on PostgreSQL 16 and Redis 7", () => {
    expect(role("api")).toHaveLength(2);
    expect(role("worker")).toHaveLength(2);
    expect(compose.services["postgres"]?.image).toBe("postgres:16");
    expect(compose.services["redis"]?.image).toBe("redis:7");
  });

  it("lets Redis evict nothing and write everything down", () => {
    const command = compose.services["redis"]?.command?.join(" ") ?? "";
    expect(command).toContain("--appendonly yes");
    expect(command).toContain("--maxmemory-policy noeviction");
  });

  it("waits for a healthy database and queue", () => {
    for (const name of ["postgres", "redis"]) expect(compose.services[name]?.healthcheck?.test).toBeDefined();
    for (const [, service] of guards) {
      expect(service.depends_on?.["postgres"]?.condition).toBe("service_healthy");
      expect(service.depends_on?.["redis"]?.condition).toBe("service_healthy");
    }
  });

  it("gives workers fixed names and one second checkpoint, so that a dead one can be recognised and replaced", () => {
    const workers = role("worker");
    expect(new Set(workers.map((worker) => worker.hostname)).size).toBe(2);
    expect(workers.every((worker) => worker.hostname !== undefined)).toBe(true);
    expect(workers.map((worker) => worker.volumes)).toEqual([["ledger:/data"], ["ledger:/data"]]);
    for (const [, service] of guards) expect(service.stop_grace_period).toBe("60s");
  });

  it("names volumes that it declares", () => {
    const named = Object.values(compose.services).flatMap((service) =>
      (service.volumes ?? []).map((volume) => volume.split(":")[0] ?? ""),
    );
    expect(named.filter((name) => !Object.hasOwn(compose.volumes, name))).toEqual([]);
  });

  it("publishes on loopback only and holds no secret", () => {
    for (const service of Object.values(compose.services))
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ["POSTGRES_PASSWORD", "ENCRYPTION_KEY", "LEDGER_KEY", "ADMIN_API_KEY"]) {
      const values = Object.values(compose.services).flatMap((service) => service.environment?.[name] ?? []);
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?[^}]+\\}$`));
    }
  });

  it("sets what the service reads, to values that it takes", () => {
    const key = "PRIVATE+KEY+example.org/ledger+2ecc1f2b+";
    for (const [, service] of guards) {
      const set = Object.fromEntries(
        Object.entries(service.environment ?? {}).map(([name, value]) => [
          name,
          String(value).replaceAll(
            /\$\{[A-Z_0-9]+(?::-([^}]*)|:\?[^}]*)?\}/g,
            (_all, unset?: string) => unset ?? "x",
          ),
        ]),
      );
      const filled = {
        ...set,
        ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"),
        ADMIN_API_KEY: "k".repeat(32),
      };
      // The signer key alone is no example that could be used; everything else must be right.
      expect(() => readConfig({ ...filled, LEDGER_KEY: key })).toThrow(
        /^The settings cannot be used:\n {2}- LEDGER_KEY must be a note signer key[^\n]*$/,
      );
    }
  });

  const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;
  it.skipIf(!hasCompose)("is what Docker's own client reads (needs Docker with its compose plugin)", () => {
    const secrets = { POSTGRES_PASSWORD: "x", ENCRYPTION_KEY: "x", LEDGER_KEY: "x", ADMIN_API_KEY: "x" };
    const run = spawnSync("docker", ["compose", "-f", `${root}docker-compose.yml`, "config", "--quiet"], {
      env: { ...process.env, ...secrets },
    });
    expect(run.stderr.toString()).toBe("");
    expect(run.status).toBe(0);
  });
});

describe("the Dockerfile", () => {
  const lines = readFileSync(`${root}Dockerfile`, "utf8").split("\n");
  const ignored = readFileSync(`${root}.dockerignore`, "utf8").split("\n");

  it("runs without root, with the step that .ci/run begins with", () => {
    const step = "npm ci --no-audit --no-fund";
    expect(readFileSync(`${root}.ci/run`, "utf8")).toContain(step);
    expect(lines).toContain(`RUN ${step}`);
    expect(lines.filter((line) => line.startsWith("USER "))).toEqual(["USER node"]);
    expect(lines.findIndex((line) => line.startsWith("USER "))).toBeLessThan(
      lines.findIndex((line) => line.startsWith("CMD [")),
    );
  });

  it("copies only what its context lets in", () => {
    const copied = lines
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(copied.filter((path) => !ignored.includes(`!${path}`))).toEqual([]);
    expect(ignored[0]).toBe("*");
  });

  it("has all that the packed package has at run time", () => {
    const { files } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
      readonly files: readonly string[];
    };
    const folders = files.filter((path) => !path.startsWith("!") && !path.endsWith(".md"));
    for (const folder of folders) expect(lines.some((line) => line.endsWith(` ./${folder}`))).toBe(true);
  });
});
