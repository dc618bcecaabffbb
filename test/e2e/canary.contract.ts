import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pick, textAt } from "../support/api-client.ts";
import { addCustomer, addProcessor, campaignTo, declaration } from "../support/test-customer.ts";
import { query, type TestBackend, type TestService } from "../support/test-service.ts";
import { until } from "../support/until.ts";

/** Numbers that stand nowhere else, so that a single trace of them is a leak. */
const canaries = ["912345671", "987654302", "938271605"];

// However people and programs group them.
const written = canaries.flatMap((digits) => {
  const grouped = [digits.slice(0, 2), digits.slice(2, 5), digits.slice(5)];
  return [
    digits,
    grouped.join(" "),
    grouped.join("."),
    grouped.join("-"),
    `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
    `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6)}`,
    encodeURIComponent(grouped.join(" ")),
    Buffer.from(`+84${digits}`).toString("base64").replace(/=+$/, ""),
    Buffer.from(`0${digits}`).toString("base64").replace(/=+$/, ""),
    Buffer.from(`+84${digits}`).toString("hex"),
  ];
});

/** No number of a person stands in a log line, a job, a metric, an address, or a table in the clear. */
export function canaryContract(backend: TestBackend): void {
  describe(`Canary numbers on ${backend.name}`, { timeout: 180_000 }, () => {
    let service: TestService;
    let metrics = "";
    let jobs = "";

    beforeAll(async () => {
      service = await backend.start();
      await walk();
    }, 300_000);
    afterAll(async () => {
      await service?.stop();
    }, 120_000);

    /** The whole path with them, in every spelling, good and bad. */
    async function walk(): Promise<void> {
      const { api } = service;
      await addProcessor(service, "test-sms");
      const { key } = await addCustomer(service);
      const [first = "", second = "", third = ""] = canaries;
      const dumpJobs = async (): Promise<void> => {
        jobs += await service.dumpJobs();
      };
      await api("POST", "/v1/contacts", {
        key,
        body: {
          declaration,
          contacts: [
            { phone: `0${first}`, name: "An", correlationId: "c1" },
            { phone: `+84 ${second.slice(0, 2)} ${second.slice(2, 5)} ${second.slice(5)}` },
            { phone: `84${third}`, birthDate: "2018-01-01" },
            { phone: `0${first}9999999` },
          ],
        },
      });
      const list = [`0${first}`, `+84${second}`, `0${third}`, `0${first}00000000`];
      await api("POST", "/v1/campaigns/preview?explain=true", { key, body: campaignTo(list, "test-sms") });
      const submit = async (more: object) => {
        const created = await api("POST", "/v1/campaigns", {
          key,
          body: campaignTo(list, "test-sms", { ...more }),
          headers: { "Idempotency-Key": JSON.stringify(more) },
        });
        await dumpJobs();
        return textAt(created.json, "id");
      };
      await submit({ sendAt: "2026-11-25T20:00:00+07:00" });
      const id = await submit({ name: "now" });
      await until(
        "the campaign has ended",
        async () => {
          await dumpJobs();
          return pick((await api("GET", `/v1/campaigns/${id}`, { key })).json, "status") === "completed";
        },
        90_000,
      );
      await api("GET", `/v1/campaigns/${id}/recipients`, { key });
      await api("POST", "/v1/subscribers/lookup", { key, body: { phone: `0${second}` } });
      await api("POST", "/v1/sharing-log/search", {
        key,
        body: { phone: `0${second}` },
        headers: { "X-Lookup-Reason": "subscriber asks who" },
      });
      await api("POST", "/v1/withdrawals", { key, body: { phone: `0${first}`, source: "hotline" } });
      // Mistakes of callers: a number where none belongs.
      await api("POST", "/v1/withdrawals", {
        key,
        raw: `{"phone":"0${first}"`,
        headers: { "Content-Type": "application/json" },
      });
      await api("POST", "/v1/withdrawals", { key, body: { phone: `0${first}`, [`0${second}`]: 1 } });
      await api("GET", `/v1/campaigns/0${first}`, { key });
      await api("GET", `/v1/nowhere/0${first}?phone=%2B84${second}`, { key });
      await api("GET", "/v1/policy", { key: `0${third}`, headers: { "X-Request-Id": `0${first}` } });
      await service.provider.records.calls("esms");
      metrics = (await api("GET", "/metrics")).text;
      await dumpJobs();
      await service.end("SIGTERM");
    }

    const traces = (text: string): readonly string[] => written.filter((form) => text.includes(form));

    it("the path was walked with them", () => {
      const phones = service.provider.records.calls("esms").map((call) => call.phone);
      expect(phones).toEqual(expect.arrayContaining([`0${canaries[0]}`, `0${canaries[1]}`]));
    });

    it("no log line holds one", () => {
      expect(
        service
          .output()
          .split("\n")
          .filter((line) => traces(line).length > 0),
      ).toEqual([]);
      expect(service.output()).toContain('"route":"/v1/withdrawals"');
    });

    it("no job holds one", () => {
      expect(jobs).toContain("batchId");
      expect(traces(jobs)).toEqual([]);
    });

    it("no metric holds one", () => {
      expect(metrics).toContain("subscriber_guard");
      expect(traces(metrics)).toEqual([]);
    });

    it("no table holds one in the clear", async () => {
      await service.startAgain();
      const found = await query(service.databaseUrl, async (client) => {
        const tables = await client.query<{ name: string }>(
          `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
           from information_schema.tables where table_schema = 'guard' and table_type = 'BASE TABLE'`,
        );
        const hits: string[] = [];
        for (const { name } of tables.rows) {
          const rows = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
          if (rows.rows.some(({ row }) => traces(row).length > 0)) hits.push(name);
        }
        return hits;
      });
      expect(found).toEqual([]);
    });
  });
}
